/**
 * What an operation is. Pure: it reads a picture of the fleet and says what it refuses, what it would write and why,
 * and what must be seen before it counts as done. The same steps are shown, sent as a dry run, journaled and written.
 */
import type { Learnt } from '../domain/durations/learnt.ts';
import type { Seen as SeenBefore } from '../domain/explain/facts.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import type { Freshness } from '../domain/freshness.ts';
import type { Kind } from '../domain/kinds.ts';
import type { MatrixRow } from '../domain/matrix.ts';

/** An object as the server sent it. */
export type Raw = Readonly<Record<string, unknown>>;

/** One object an operation must read whole, beyond what is watched. */
export interface Need {
  kind: Kind;
  name: string;
  /** The `apiVersion` it is to be read in; absent: the one the kind is watched in. The server converts. */
  apiVersion?: string;
}

/** All an operation may know. */
export interface World {
  fleet: Fleet;
  freshness: Readonly<Record<Kind, Freshness>>;
  namespace: string;
  /** Epoch ms. */
  now: number;
  /** How long things take here; absent: nobody has looked on. */
  learnt?: Learnt;
  /** What else was seen in the course of time, by which trouble is judged. */
  seen?: Omit<SeenBefore, 'learnt'>;
  /** Which versions belong together; absent: as published. */
  matrix?: readonly MatrixRow[];
  /** The objects asked for by `needs`, under `keyOf`; null: the server says it does not exist. */
  raw: ReadonlyMap<string, Raw | null>;
}

/** The key of a need in `World.raw`. */
export function keyOf({ kind, name }: Need): string {
  return `${kind}/${name}`;
}

/** What somebody asks for. Plain data: it goes to the journal as it is. */
export interface Request {
  /** Id of the operation. */
  operation: string;
  /** At least one. Several where an operation takes several: all of them are shown, counted and written. */
  targets: readonly ObjectRef[];
  /** What was entered, by field name, as text. */
  values: Readonly<Record<string, string>>;
}

/** One thing to enter. */
export interface Field {
  name: string;
  title: string;
  /** `lines`: several, in an order that counts. `editor`: a document, edited in $EDITOR. */
  kind: 'number' | 'text' | 'choice' | 'lines' | 'editor';
  /** What stands there at first. */
  initial(world: World, targets: readonly ObjectRef[]): string;
  /** What there is to choose from, of a `text` what fits; one with `disabled` says why it cannot be. */
  choices?(world: World, targets: readonly ObjectRef[]): readonly Choice[];
  /** Flag of `metaldeck run`, without dashes; default: `name`. */
  flag?: string;
  /** May be left empty. */
  optional?: boolean;
  /** What a command has to say of one that may be left empty, where what stands there at first is refused. */
  said?(world: World, targets: readonly ObjectRef[]): string | undefined;
  /** Nobody is asked for it: only what takes an operation back fills it in. */
  unasked?: boolean;
}

export interface Choice {
  value: string;
  title: string;
  disabled?: string;
}

/** A check, with the figure behind it. A `block` refuses. */
export interface Check {
  result: 'pass' | 'warn' | 'block';
  /** What was looked at: `spare hosts in prod-pool`. */
  title: string;
  /** What was found: `1 free, 2 needed`. */
  figure: string;
}

/**
 * One write, exactly as it is sent. What exists already is written only with the uid and resourceVersion that were
 * seen: in a merge patch as `metadata`, in a JSON patch as `test`s, in a delete as preconditions.
 */
export type Write =
  | { verb: 'create'; kind: Kind; name: string; body: Raw }
  | { verb: 'patch'; kind: Kind; name: string; type: 'merge'; body: Raw; seen: Seen }
  | { verb: 'patch'; kind: Kind; name: string; type: 'json'; body: readonly JsonPatch[]; seen: Seen }
  | { verb: 'delete'; kind: Kind; name: string; seen: Seen }
  | Apply;

/**
 * A server-side apply with metaldeck as field manager: makes the object, or makes it so. What another manager owns and
 * has otherwise is a conflict, and is refused unless `force`. `seen`: absent where the object was not there.
 */
export interface Apply {
  verb: 'apply';
  kind: Kind;
  name: string;
  /** The whole of what metaldeck wants, with `apiVersion` and `kind`. */
  body: Raw;
  /** Takes the fields of others over. Only in a plan that asks for a typed word. */
  force: boolean;
  seen?: Seen;
}

/** Which object, in which state, the operator saw. */
export interface Seen {
  uid: string;
  resourceVersion: string;
}

export type JsonPatch =
  | { op: 'test' | 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** One write of an operation, in its order. */
export interface Step {
  /** Unique in its plan: `mark prod-workers-abc12`. */
  id: string;
  /** What it does, as a sentence without a full stop. */
  title: string;
  why: string;
  write: Write;
  /** Field by field, for the eye: absent `from`: it was not there; absent `to`: it will not be. */
  diff: readonly { path: string; from?: unknown; to?: unknown }[];
}

/** Something that will happen when the controllers see the writes. */
export interface Expectation {
  /** `prod-workers-abc12 goes: marked for deletion`. */
  text: string;
  tone: 'info' | 'warn' | 'bad';
  about?: ObjectRef;
}

/** Plain data an operation notes when it is planned, and needs to tell when it is done. */
export type Memo = Readonly<Record<string, unknown>>;

/** What is shown, dry-run, journaled and sent. */
export interface Plan {
  /** `Scale prod-workers from 3 to 2`. */
  title: string;
  checks: readonly Check[];
  steps: readonly Step[];
  /** Which machines go and why, which hosts serve, what cannot be undone. */
  expected: readonly Expectation[];
  /** Reversible: one key. Destructive: the words in `confirm` are typed, one after the other. */
  severity: 'reversible' | 'destructive';
  /** Empty for a reversible operation. */
  confirm: readonly string[];
  /** Whether and how it can be taken back, as a sentence. */
  undo: string;
  /** Only one process at a time, of whatever account, may write this: `{ what: 'create', of: 'depot' }`. */
  alone?: { what: string; of: string };
  memo: Memo;
}

/** One line of the checklist of an operation under way. */
export interface Milestone {
  title: string;
  /** `overtaken`: a later change took the place of what was written. */
  state: 'done' | 'now' | 'todo' | 'bad' | 'overtaken';
  /** What it waits for, what went wrong, or what stands there now. */
  detail?: string;
  since?: number;
}

export interface Progress {
  milestones: readonly Milestone[];
  /**
   * `done`: everything was seen. `failed`: it will not come by itself. `overtaken`: somebody changed it again before it
   * was seen to its end, and what was asked for is no longer wanted. Absent: under way.
   */
  outcome?: 'done' | 'failed' | 'overtaken';
  /** What it brought about by now and may be deleted again: it is kept, for nothing tells of it afterwards. */
  made?: readonly Made[];
}

/** Something that came of an operation. */
export interface Made {
  uid: string;
  name: string;
}

/** What is known of an operation whose writes were sent. */
export interface Sent {
  request: Request;
  memo: Memo;
  /** When the first write was sent, epoch ms. */
  at: number;
  /** Ids of the steps that were answered with success. */
  written: readonly string[];
  /** The resourceVersion that a step left its object with, by step, where the answer told it. */
  left?: Readonly<Record<string, string>>;
  /** What was seen to come of it. */
  made?: readonly Made[];
}

/** One procedure. One file each, and a line in `index.ts`. */
export interface Operation {
  id: string;
  /** `Scale`. */
  title: string;
  /** One line for the list of operations. */
  about: string;
  /** The same for one kind of target, where that says more: two in one list must be told apart. */
  aboutOf?: Partial<Readonly<Record<Kind, string>>>;
  /** Kinds of target it takes. */
  on: readonly Kind[];
  /** Takes several targets at once. */
  many: boolean;
  fields: readonly Field[];
  /** Kinds whose truth must be live at the moment of writing; the targets' kinds always are. */
  kinds: readonly Kind[];
  /** Objects to read whole before `refuse` and `plan`. */
  needs?(world: World, request: Request): readonly Need[];
  /**
   * The first reason not to do it, as one sentence, or undefined. With no values entered it answers whether the
   * operation can be offered for these targets at all.
   */
  refuse(world: World, request: Request): string | undefined;
  /** Only for a request that was not refused. Throws RangeError for one that was. */
  plan(world: World, request: Request): Plan;
  /** What of it was seen. */
  done(world: World, sent: Sent): Progress;
  /**
   * Which sort of it a plan was, by its memo, where they take differently long: `up`, `down`. Only the same sort tells how
   * long one usually takes.
   */
  sort?(memo: Memo): string;
  /**
   * How many turns it takes one after the other, by the memo of its plan; absent: one. A group of thirty machines takes
   * ten times what one of three takes.
   */
  turns?(memo: Memo): number;
  /**
   * The request for what is left of it, where what was entered may not be kept: it does without that. Undefined where
   * there is none.
   */
  rest?(world: World, sent: Sent): Request | undefined;
  /** The request that takes it back, where that is true now; its own `refuse` still decides. */
  takeBack?(world: World, sent: Sent): Request | undefined;
}
