/** What goes in and out of the runner. */
import type { Duration } from '../domain/durations/spread.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Answered, Began, Ended, Rehearsal } from '../journal/entries.ts';
import type { OperationRecord } from '../journal/replay.ts';
import type { Transport } from '../kube/types.ts';
import type { Operation, Plan, Progress, Raw, Request, Sent, World } from '../operations/contract.ts';

/** The present picture of the fleet, and word of every new one. */
export interface Sight {
  picture(): Omit<World, 'raw'>;
  /** Returns a function that stops it. */
  subscribe(listener: () => void): () => void;
}

/** Time, as the runner needs it. */
export interface RunnerClock {
  /** Epoch ms. */
  now(): number;
  /** Calls `then` after so many ms; returns a function that calls it off. */
  after(ms: number, then: () => void): () => void;
}

/** The way to the cluster. */
export interface Door {
  transport: Pick<Transport, 'json'>;
  namespace: string;
  clock: RunnerClock;
  /** The version of a kind that is served and in use. */
  versionOf(kind: Kind): string;
}

/** Why something is not done, as one sentence. */
export interface Refused {
  refused: string;
  /** What `needs` asked for, where it was read before it was refused. */
  raw?: World['raw'];
}

/** A plan against the present fleet, with the objects it would write as the server has them. */
export interface Prepared {
  request: Request;
  operation: Operation;
  plan: Plan;
  /** What the operator is shown, under `kind/name`; null where nothing is there yet. */
  objects: ReadonlyMap<string, Raw | null>;
  /** What `needs` asked for. */
  raw: World['raw'];
  /** The half done operation it goes on with, and which of that one's steps stand already. */
  continues?: Began['continues'];
  already: readonly string[];
  /** The session it is a part of. */
  session?: Began['session'];
}

/** A permission that is missing. */
export interface Missing {
  verb: string;
  /** `machinedeployments.cluster.x-k8s.io` */
  resource: string;
  name?: string;
  /** The authorizer's words. */
  reason?: string;
}

/** What the server says to a plan before anything is written. */
export interface Rehearsed {
  steps: readonly Rehearsal[];
  missing: readonly Missing[];
  /** The first reason why it cannot be run, as one sentence. */
  refused?: string;
}

export type StepResult = Omit<Answered, 'type'>;

/** What happens while a plan is run. */
export interface RunEvent {
  step: string;
  /** Place among the steps, from 0. */
  index: number;
  /** `waiting`: the server asked for patience. `looking`: an answer was lost; the object is read again. */
  state: 'sending' | 'waiting' | 'looking' | StepResult['result'];
  detail?: string;
}

export interface RunResult {
  /** Id in the journal; absent where it was refused before it began. */
  id?: string;
  result: Ended['result'] | 'refused';
  steps: readonly StepResult[];
  /** Why it did not come to its end, as one sentence. */
  why?: string;
}

/** An operation whose writes were sent and whose effect is awaited. */
export interface Underway {
  id: string;
  title: string;
  sent: Sent;
  targets: readonly ObjectRef[];
  progress: Progress;
  /** What `progress` is read from is live now; otherwise it is what was seen last. */
  live: boolean;
  /** It takes longer than such operations do. */
  overdue: boolean;
  /** How long such operations took before. */
  usual?: Duration;
}

/** An operation that was left with some of its steps written, or with one that may have been. */
export interface HalfDone {
  id: string;
  record: OperationRecord;
  written: readonly string[];
  remaining: readonly string[];
  /** Steps of which nobody can tell whether they were written. */
  inDoubt: readonly string[];
  /** The rest of it, planned against the present fleet. */
  finish: Prepared | Refused;
  takeBack: Prepared | Refused;
}

export function isRefused<T extends object>(answer: T | Refused): answer is Refused {
  return 'refused' in answer && !('plan' in answer);
}
