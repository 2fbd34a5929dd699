/** What an explanation is. Plain data: the dashboard draws it, and `metaldeck explain -o json` prints it. */
import type { Usual } from '../durations/learnt.ts';
import type { ObjectRef, Severity } from '../fleet/rows.ts';

/** One fact an explanation rests on, in the words of the object that states it. */
export interface Evidence {
  sort: 'condition' | 'plan' | 'annotation' | 'event' | 'field';
  /** The object that says it. */
  of: ObjectRef;
  /** `InventoryAllocated False PoolExhausted`, `clean plan failed, try 3 of 3`, ... */
  says: string;
  message?: string;
  /** When it became so, epoch ms, where that is known. */
  at?: number;
}

/** Something to look at or to do next. */
export interface Step {
  text: string;
  /** A command for a shell; it reads, unless the text says otherwise. */
  command?: string;
  /** An object to open in metaldeck. */
  place?: ObjectRef;
}

/** An operation of metaldeck that helps, and on what. */
export interface Remedy {
  /** Id of an operation, as in `metaldeck run`. */
  operation: string;
  target: ObjectRef;
}

/** What follows from the cause, so that it need not be explained again. */
export interface Consequence {
  /** `2 machines wait for this: w1, w2` */
  text: string;
  refs: readonly ObjectRef[];
}

/** Why an object is not as it should be. */
export interface Explanation {
  /** Name of the failure, stable: `clean-failed`. */
  id: string;
  /** The number of the provider's documented failure mode, as `F10`; absent where it has none. */
  mode?: string;
  severity: Severity;
  /** The object that was asked about. */
  asked: ObjectRef;
  /** The object where the cause is; all that is said is about it. */
  root: ObjectRef;
  /** A short phrase without the root's name. */
  short: string;
  /** How long it takes otherwise, for what is late. */
  usual?: Usual;
  /** One sentence: what waits on what. */
  what: string;
  /** Epoch ms. */
  since?: number;
  evidence: readonly Evidence[];
  /** The likeliest first. */
  causes: readonly string[];
  next: readonly Step[];
  remedies: readonly Remedy[];
  consequences: readonly Consequence[];
}

/** That a failure is there: cheap to find out, since it is asked of many rows. */
export interface Match {
  severity: Severity;
  /** A short phrase without the row's name or an age in it. */
  text: string;
  since?: number;
  /** How long it takes otherwise, for what is late. */
  usual?: Usual;
  /** These words decide what to do, and count for more in a list than the row's own. */
  decisive?: boolean;
  /** Somebody is at it already: it is no news. */
  expected?: boolean;
}

/** What is told of a failure that was found. */
export interface Told {
  what: string;
  evidence: readonly (Evidence | undefined)[];
  causes: readonly string[];
  next: readonly (Step | undefined)[];
  remedies?: readonly (Remedy | undefined)[];
}

/** One failure: how it is recognised, and what is told of it. `F` is what is known of the object it is looked for in. */
export interface Failure<F> {
  id: string;
  mode?: string;
  /** Nothing around it waits for this to end: it tells of what will happen. */
  holdsNothing?: boolean;
  test(facts: F): Match | undefined;
  tell(facts: F, match: Match): Told;
}

/** Where the cause of an object's trouble may be another object: the first of these that has one is gone on with. */
export interface Follow<F> {
  follow(facts: F): readonly (ObjectRef | undefined)[];
}

/** What is gone through from top to bottom: the first that holds is the cause. */
export type Table<F> = readonly (Failure<F> | Follow<F>)[];
