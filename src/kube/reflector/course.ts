import { KubeError } from '../types.ts';
import { Backoff } from './backoff.ts';
import { between, type Clock } from './clock.ts';
import { judge, type Stage, type Verdict, WENT_BACK } from './failure.ts';
import type { Settings } from './settings.ts';

/** Quick second tries in a row; after that even they wait, for a server that refuses every variant. */
const QUICK_TRIES = 3;

/** What a reflector does next, and after how long. Sends nothing and holds no objects. */
export class Course {
  readonly #settings: Settings;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  /** `quorum`: a list of the newest state, read from etcd. */
  next: 'list' | 'quorum' | 'watch' = 'list';
  /** The pages of the last list expired: ask for all at once. */
  #whole = false;
  /** The server does not know WatchList. */
  #plain = false;
  /** Trust in what is held was shaken: see whether the server still is where it was before the watch goes on. */
  suspect = false;

  constructor(settings: Settings, clock: Clock, random: () => number) {
    this.#settings = settings;
    this.#random = random;
    this.#backoff = new Backoff(settings.backoff, clock, random);
  }

  get watchList(): boolean {
    return this.#settings.strategy === 'watchlist' && !this.#plain;
  }

  /** Items per page of the next list; the watch cache gives everything at once, and ignores a limit. */
  get pageSize(): number | undefined {
    return this.next === 'quorum' && !this.#whole ? this.#settings.pageSize : undefined;
  }

  /** After how many seconds the server should end the next watch: spread, so that not all kinds return at once. */
  get timeoutSeconds(): number {
    return Math.ceil(between(this.#settings.watchTimeoutMs, this.#random) / 1000);
  }

  /** A complete list is held. */
  listed(): void {
    this.next = 'watch';
    this.#whole = false;
    this.suspect = false;
  }

  /**
   * Takes in a failure; gives what it means and how many ms to wait before going on. `fromList`: no watch
   * has stood since the last list. Where that list's own revision is expired, the watch cache is too old to list from.
   */
  failed(error: unknown, stage: Stage, fromList: boolean): Verdict & { waitMs: number } {
    const verdict = judge(error, stage);
    if (verdict.next === 'list' && verdict.quick && fromList) verdict.next = 'quorum';
    this.suspect = true;
    if (verdict.next === 'list' || verdict.next === 'quorum') this.next = verdict.next;
    if (verdict.next === 'whole') {
      this.next = 'quorum';
      this.#whole = true;
    }
    if (verdict.next === 'plain') this.#plain = true;
    return { ...verdict, waitMs: this.#wait(verdict, error) };
  }

  /** Something changed for the better: the next failure is again a first one. */
  refresh(): void {
    this.#backoff.reset();
  }

  #wait(verdict: Verdict, error: unknown): number {
    if (verdict.phase === 'forbidden' || verdict.phase === 'absent') {
      return between(this.#settings.deniedRetryMs, this.#random);
    }
    const backoff = this.#backoff.next();
    const asked = error instanceof KubeError ? (error.retryAfter ?? 0) * 1000 : 0;
    if (verdict.quick && this.#backoff.failures <= QUICK_TRIES) return Math.min(asked, this.#settings.retryAfterCapMs);
    return Math.max(backoff, Math.min(asked, this.#settings.retryAfterCapMs));
  }
}

/** Whether the server went back in time, so that a resourceVersion may stand for another state than it did. */
export function wentBack(error: unknown): boolean {
  return error instanceof KubeError && error.reason === WENT_BACK;
}
