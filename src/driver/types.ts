/** What goes in and out of the driver. */
import type { Learnt } from '../domain/durations/learnt.ts';
import type { Seen } from '../domain/explain/facts.ts';
import type { MatrixRow } from '../domain/matrix.ts';
import type { Ask, Course, Guide, Note, Session } from '../guides/contract.ts';
import type { Journal } from '../journal/journal.ts';
import type { Processes } from '../journal/process.ts';
import type { OpenSession, SessionRecord, Sessions } from '../journal/sessions.ts';
import type { Transport } from '../kube/types.ts';
import type { Prepared, Refused, Rehearsed, Runner, RunResult, Sight } from '../runner/api.ts';
import type { Lease, Lock } from '../runner/lease.ts';
import type { RunOptions, Who } from '../runner/run.ts';
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
  /** Its journal is not here: it is told by the Lease, and nothing can be noted. */
  apart?: true;
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

export interface Drive {
  readonly id: string;
  standing(): Standing;
  subscribe(listener: () => void): () => void;
  /** Tells anew, now. */
  look(): Promise<Standing>;
  /** The words a gate asks for were said. Gives why not, as a sentence. */
  confirm(gate: string, words: string): Promise<string | undefined>;
  /** The gate's name was typed: it is gone through all the same. */
  override(gate: string, typed: string): Promise<string | undefined>;
  hold(how: 'stage' | 'machine', why?: string): Promise<string | undefined>;
  goOn(): Promise<string | undefined>;
  choose(values: Readonly<Record<string, string>>): Promise<string | undefined>;
  /** The write that is meant, bound to this moment; or why there is none. */
  prepare(wish: Wish): Promise<Prepared | Refused>;
  /** The server's word on it, and on those that must follow and that it can judge already. */
  dryRun(prepared: Prepared): Promise<Rehearsed>;
  /** Sends what was prepared, while this process still drives. Never throws. */
  run(prepared: Prepared, rehearsed: Rehearsed, options?: RunOptions): Promise<RunResult>;
  /** It is not to be gone on with. */
  abandon(why: string): Promise<string | undefined>;
  /** Lets go of it: others may go on. */
  leave(): Promise<void>;
}

export interface DriveParts {
  options: DriverOptions;
  guide: Guide;
  /** Held by this process; absent: somebody else drives, and this only looks on. */
  held?: OpenSession;
  record: SessionRecord;
  lease?: Lease;
  lock: Lock | { state: 'none' };
  /** Where its journal is not here: what is told of it elsewhere by now. */
  reread?(): Promise<SessionRecord | undefined>;
}
