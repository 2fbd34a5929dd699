/** What goes in and out of the driver. */
import type { Learnt } from '../domain/durations/learnt.ts';
import type { Seen } from '../domain/explain/facts.ts';
import type { Ask, Course, Guide, Note, Session } from '../guides/contract.ts';
import type { MatrixRow } from '../guides/matrix.ts';
import type { Journal } from '../journal/journal.ts';
import type { Processes } from '../journal/process.ts';
import type { Sessions } from '../journal/sessions.ts';
import type { Transport } from '../kube/types.ts';
import type { Runner, Sight } from '../runner/api.ts';
import type { Lock } from '../runner/lease.ts';
import type { Who } from '../runner/run.ts';
import type { RunnerClock } from '../runner/types.ts';

export interface DriverOptions {
  transport: Pick<Transport, 'json'>;
  sight: Sight;
  runner: Runner;
  journal: Journal;
  sessions: Sessions;
  guides: readonly Guide[];
  matrix: readonly MatrixRow[];
  /** What was learnt of durations by now. */
  learnt(): Learnt;
  /** What else was seen in the course of time; absent: nobody has looked. */
  seen?(): Omit<Seen, 'learnt'>;
  who: Who;
  /** Names of the clusters that are to be asked themselves. */
  wanted?(clusters: readonly string[]): void;
  processes?: Processes;
  clock?: RunnerClock;
  /** Something happened that somebody should look at: a gate shut, a stage done. */
  bell?(): void;
  onError?(error: unknown): void;
}

/** Where a session stands, as it is told. */
export interface Standing {
  /** Id of the session; absent: only planned. */
  id?: string;
  guide: Guide;
  session: Session;
  title: string;
  /** Absent: there is none, and `refused` or `why` says why. */
  course?: Course;
  /** Why there is no course for this at all. */
  refused?: string;
  /** What the course was read from is live now; otherwise it is what was seen last, and `why` says more. */
  live: boolean;
  why?: string;
  /** When the course was told, epoch ms. */
  at: number;
  lock: Lock | { state: 'none' };
  /** What went wrong here: the journal cannot be written. */
  problem?: string;
  /** It is over: done, or left. */
  closed?: 'done' | 'left';
}

/**
 * Which write is meant: what the course says is next, the hold or its end; taking the present stage back; or what mends
 * the trouble at it.
 */
export type Wish = 'next' | 'take back' | 'repair';

/** A session that was found: in the journal here, or in the cluster. */
export interface Found {
  id: string;
  title: string;
  ask: Ask;
  by: string;
  /** Epoch ms. */
  began: number;
  notes: readonly Note[];
  /** Who drives it now. */
  holder?: string;
  /** It is in the journal of this account on this host. */
  here: boolean;
  /** So many notes of it did not fit where it was found. */
  missing?: number;
}
