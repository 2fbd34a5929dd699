/** What a failed request means for a kind, as a table of questions. The answers are client-go's where it has one. */
import { errorFromAnswer, KubeError } from '../types.ts';

/** What was under way: finding the path, a list's first page, a later page, WatchList's beginning, a watch. */
export type Stage = 'resolve' | 'list' | 'page' | 'initial' | 'watch';

export interface Verdict {
  /** What the kind is from now on. `stale` where nothing is held means: still waiting. */
  phase: 'stale' | 'auth' | 'forbidden' | 'absent';
  /**
   * `same`: the same again. `list`: a new list, not older than what is held. `quorum`: a new list of the newest state.
   * `whole`: the same in one piece, for the pages of a slow list expire. `plain`: a list instead of a WatchList.
   */
  next: 'same' | 'list' | 'quorum' | 'whole' | 'plain';
  /** The next step is another request than the one that failed: no reason to wait before the first one. */
  quick: boolean;
}

/** Judges a failure. `error` may be anything that was thrown. */
export function judge(error: unknown, stage: Stage): Verdict {
  if (!(error instanceof KubeError)) return { phase: 'stale', next: 'list', quick: false };
  if (error.code === 401 || error.reason === 'Credentials') return { phase: 'auth', next: 'same', quick: false };
  if (error.code === 403) return { phase: 'forbidden', next: 'list', quick: false };
  if (error.code === 404) return { phase: 'absent', next: 'list', quick: false };
  if (error.reason === WENT_BACK) return { phase: 'stale', next: 'quorum', quick: true };
  if (isExpired(error)) {
    const next = stage === 'watch' ? 'list' : stage === 'page' ? 'whole' : 'quorum';
    return { phase: 'stale', next, quick: true };
  }
  if (isRevisionTooLarge(error) && stage !== 'watch') return { phase: 'stale', next: 'quorum', quick: true };
  if (stage === 'initial' && isNotUnderstood(error)) return { phase: 'stale', next: 'plain', quick: true };
  if (stage === 'watch' && error.reason === 'Malformed') return { phase: 'stale', next: 'list', quick: false };
  // A revision this server cannot read, for instance after the API moved to another storage.
  if (error.code === 400 && stage !== 'resolve') return { phase: 'stale', next: 'quorum', quick: false };
  return { phase: 'stale', next: 'same', quick: false };
}

/** The server went back in time: what we hold is of a state it does not know (etcd restored from a backup). */
export const WENT_BACK = 'WentBack';

/** WatchList was answered with an ordinary watch that never said that the initial events are complete. */
export const NO_INITIAL_END = 'NoInitialEventsEnd';

/**
 * The connection broke. A watch goes on at once from where it was, as client-go's does: a proxy may
 * cut every connection after some seconds, and waiting longer each time would leave nothing live behind it.
 */
export function isCut(error: unknown): error is KubeError {
  return error instanceof KubeError && error.code === 0 && error.reason === 'Network';
}

function isExpired(error: KubeError): boolean {
  return error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone';
}

/** `Timeout: Too large resource version`: the server that answered is behind what we hold. */
function isRevisionTooLarge(error: KubeError): boolean {
  if (error.code !== 504 && error.reason !== 'Timeout') return false;
  const status = error.status as { details?: { causes?: unknown } } | undefined;
  const causes = status?.details?.causes;
  if (Array.isArray(causes) && causes.some((cause) => cause?.reason === 'ResourceVersionTooLarge')) return true;
  return /too large resource version/i.test(error.message);
}

/** Servers without WatchList call `sendInitialEvents` invalid (422), or do not know it (400, 405). */
function isNotUnderstood(error: KubeError): boolean {
  return [400, 405, 422].includes(error.code) || error.reason === NO_INITIAL_END;
}

/** The KubeError of an ERROR event; `object` is the Status it carries, or whatever was sent instead. */
export function errorOfEvent(object: unknown): KubeError {
  const code = (object as { code?: unknown } | null | undefined)?.code;
  const text = JSON.stringify(object) ?? '';
  return errorFromAnswer(typeof code === 'number' && code >= 400 ? code : 500, text);
}

/** A failure in one line of printable text; what servers send is not to be trusted on a terminal. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const printable = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ').trim();
  return printable.length > 300 ? `${printable.slice(0, 299)}…` : printable;
}
