/**
 * Every time and size the list+watch engine lives by, with the arithmetic. Backoff, watch timeout and page size are
 * those of client-go's reflector (tools/cache/reflector.go); the rest bounds how long a lie can last.
 */
export interface Settings {
  /** `watchlist` asks for the first state through the watch itself and falls back to `list` where it is not served. */
  strategy: 'list' | 'watchlist';
  backoff: BackoffSettings;
  /** A server may ask for at most this much patience: a hostile Retry-After must not blind a dashboard for a day. */
  retryAfterCapMs: number;
  /** How long to leave a forbidden or absent kind alone, drawn evenly between the two. */
  deniedRetryMs: readonly [number, number];
  /**
   * After how long the server is asked to end a watch, drawn evenly. The next begins on the same connection where this one
   * left off, and so proves that the server still heard us: 17 kinds make 1.7 small requests a second. A watch that
   * may be long can be dead for long, behind a proxy that keeps our end of it alive.
   */
  watchTimeoutMs: readonly [number, number];
  /** The longest wait for the headers of a watch; a server sends them at once. */
  openMs: number;
  /**
   * The longest silence of a watch: longer than the server was asked to let it last, so that a healthy one never meets it.
   * So long can a single dead connection go unseen while fresh connections still get through.
   */
  idleMs: number;
  /** The longest silence of a list, headers included: a large list may take the server a while to begin. */
  listIdleMs: number;
  /** How long a watch must have stood without an ERROR event: an expired revision can come as one, inside a 200. */
  standMs: number;
  /** After an outage the backlog arrives first. We have caught up when nothing came for this long. */
  quietMs: number;
  /** A kind that is never quiet counts as caught up after this long. */
  catchUpMs: number;
  /** A watch that the server ended cleanly may be reopened within this time without being called stale. */
  graceMs: number;
  /** Objects per page where paging is chosen: only lists from etcd; the watch cache ignores a limit. */
  pageSize: number;
  /** WatchList only: a server that ignores `sendInitialEvents` never says that the initial events are complete. */
  watchList: { silenceMs: number; totalMs: number };
  probe: ProbeSettings;
  /** The wall clock is compared with the timers this often; see `clockJumpMs`. */
  clockTickMs: number;
  /** A wall clock that moved this much more or less than the timers: the machine slept, or somebody set the time. */
  clockJumpMs: number;
  /** Changes are handed on at most this often. */
  flushMs: number;
  /** Lists in flight at once. A list that has shown itself big gives its place up, so that it starves no small one. */
  lists: number;
  /** Objects after which a list counts as big. */
  bigList: number;
  /** Work done before the event loop gets its turn. One turn serves one kind, so 17 kinds at once stall it no longer. */
  turnMs: number;
}

export interface BackoffSettings {
  baseMs: number;
  factor: number;
  capMs: number;
  /** 1 means: wait between one and two times the computed delay. */
  jitter: number;
  /** Healthy for this long: the next failure starts from the base again. */
  resetMs: number;
}

export interface ProbeSettings {
  everyMs: number;
  /** While the API does not answer: how long after one failure the next attempt begins. */
  retryMs: number;
  timeoutMs: number;
}

export const DEFAULTS: Settings = {
  strategy: 'list',
  backoff: { baseMs: 800, factor: 2, capMs: 30_000, jitter: 1, resetMs: 120_000 },
  retryAfterCapMs: 120_000,
  deniedRetryMs: [30_000, 60_000],
  watchTimeoutMs: [9_000, 11_000],
  openMs: 10_000,
  idleMs: 14_000,
  listIdleMs: 30_000,
  standMs: 1_000,
  quietMs: 100,
  catchUpMs: 5_000,
  graceMs: 1_000,
  pageSize: 500,
  watchList: { silenceMs: 10_000, totalMs: 60_000 },
  probe: { everyMs: 10_000, retryMs: 2_000, timeoutMs: 5_000 },
  clockTickMs: 1_000,
  clockJumpMs: 5_000,
  flushMs: 100,
  lists: 6,
  bigList: 1_000,
  turnMs: 8,
};

/**
 * How old, in ms, what is held can be while it is still called live, when the way to the API is cut: the way breaks just
 * after one probe succeeded, the next begins `everyMs` later and gives up after `timeoutMs`. 10 + 5 = 15 s.
 */
export function boundMs(settings: Settings): number {
  return settings.probe.everyMs + settings.probe.timeoutMs;
}
