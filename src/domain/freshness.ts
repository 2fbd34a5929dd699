/**
 * What is known of a kind's truth, in two answers: what we hold and since when (`synced`, `verifiedAt`, `count`), and
 * what its watch is doing now (`phase`). An error never erases what was held, nor leaves it looking fresh.
 */
export type Phase =
  /** Not begun. */
  | 'waiting'
  /** The first list is arriving. */
  | 'syncing'
  | 'live'
  /** Data is held, and not verified at the moment. */
  | 'stale'
  | 'forbidden'
  /** The server does not serve this kind. */
  | 'absent'
  /** Credentials were refused; signing in again. */
  | 'auth';

export interface Freshness {
  phase: Phase;
  /** A complete list is held. */
  synced: boolean;
  /** When this phase began, epoch ms. */
  since: number;
  /** The last evidence that what we hold is the server's truth, epoch ms. */
  verifiedAt?: number;
  /** Objects held. */
  count: number;
  /** While syncing: how many there will be, where the server says so. */
  expected?: number;
  /** Why it is not live, in the server's or our words. */
  error?: string;
  resourceVersion?: string;
  /** When the next attempt is due, epoch ms. */
  retryAt?: number;
  /** The API version served and used. */
  version?: string;
  /** Objects the server has that could not be read: they are in no other figure. Absent means none. */
  broken?: number;
  /** Only the newest are held, and the server has more. */
  capped?: boolean;
}
