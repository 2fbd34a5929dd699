/**
 * What a guide is: a procedure of many operations, over hours and shifts. Pure: it reads a picture of the fleet and what
 * the session's journal adds, and says which stages there are, how far each is, what stands in the way, and which
 * operation does the next write. It sends nothing itself and remembers nothing: whoever drives it asks again after every
 * change. State comes from the cluster; the journal only tells what the cluster cannot: words, exceptions, wishes, and
 * what is no longer there.
 */
import type { Learnt } from '../domain/durations/learnt.ts';
import type { Duration } from '../domain/durations/spread.ts';
import type { Seen } from '../domain/explain/facts.ts';
import type { Explanation } from '../domain/explain/types.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Kind } from '../domain/kinds.ts';
import type { MatrixRow } from '../domain/matrix.ts';
import type { Field, Memo, Need, Progress, Request, Sent, Step, World } from '../operations/contract.ts';
import type { Gate } from './gate.ts';

export type { Gate, GateEvidence, GateRemedy } from './gate.ts';

/** What somebody wants done. Plain data: it goes to the session's journal as it is. */
export interface Ask {
  /** Id of the guide. */
  guide: string;
  /** What it is done to. Empty where it makes something new. */
  targets: readonly ObjectRef[];
  /** What was entered, by field name, as text. */
  values: Readonly<Record<string, string>>;
}

/** All a guide may know: what an operation may, with what is learnt and published. Workload clusters tell of themselves in `fleet.workloads`, where they are asked. */
export interface Known extends World {
  /** The published rows, and those of the user's file. */
  matrix: readonly MatrixRow[];
  /** How long things took here; a guide has guesses of its own for what was never seen. */
  learnt: Learnt;
  /** What else was seen in the course of time, by which trouble is judged. */
  seen?: Omit<Seen, 'learnt'>;
  /** What the server said to a dry run of a stage's write, by id of the stage; absent: it was not asked. */
  rehearsed?: ReadonlyMap<string, Rehearsed>;
}

/** The answer to a dry run. */
export interface Rehearsed {
  at: number;
  /** In the server's words; absent: it would take the write. */
  refused?: string;
}

/** A session: what was asked, and what was said and done since. Without a beginning it is a plan and nothing more. */
export interface Session {
  ask: Ask;
  /** Epoch ms; absent: only planned. */
  began?: number;
  /** In the order in which they were noted. */
  notes: readonly Note[];
  /** The operations that the notes name, by id, as their own journal has them. */
  operations: ReadonlyMap<string, SessionOperation>;
  /** Somebody with another journal began it: who, and when, and how many notes of it are only there. */
  from?: { by: string; began: number; missing?: number };
}

/** An operation sent by a session. */
export interface SessionOperation {
  id: string;
  sent: Sent;
  /** As the journal has it; absent: under way, or broken off. */
  outcome?: 'done' | 'failed' | 'overtaken' | 'abandoned';
  /** When it ended, epoch ms. */
  ended?: number;
  /** Its own journal is not here: whose it is. */
  journalOf?: string;
}

/** One line of a session's journal. Append-only: a later note supersedes an earlier one about the same thing. */
export type Note = Noted &
  (
    | { note: 'confirmed'; gate: string; words: string }
    /** The gate's name was typed although it stood in the way. `figure`: what it showed then. */
    | { note: 'overrode'; gate: string; figure: string }
    /** Written by operation `operation` (id in the journal of operations) for a stage; `sent`: for those who have another journal. */
    | { note: 'sent'; stage: string; operation: string; how: How; sent?: Sent }
    /** Hold on: `stage` begins no further stage, `machine` lets no further machine go either. */
    | { note: 'held'; how: 'stage' | 'machine'; why?: string }
    | { note: 'went on' }
    /** The rest is to go another way: replaces those values of the ask that it names. */
    | { note: 'chose'; values: Readonly<Record<string, string>> }
    /** A fact that the cluster will not tell later, as the guide asked to have it kept. */
    | Fact
  );

/** What a write is to its stage: its own, a hold, the end of one, its way back, or one that mends what went wrong at it. */
export type How = 'forward' | 'hold' | 'go on' | 'take back' | 'repair';

export interface Noted {
  /** Epoch ms. */
  at: number;
  /** Who, as the journal names people. */
  by: string;
}

/** Something to keep: `key` is unique in the session, and a fact is kept once. */
export interface Fact {
  note: 'saw';
  key: string;
  /** As a sentence, for the report. */
  text: string;
  data: Memo;
}

/** A note before somebody has said it. */
export type Unsigned<T extends Note = Note> = T extends Note ? Omit<T, keyof Noted> : never;

/** Where the whole procedure stands: derived anew each time, kept nowhere. */
export interface Course {
  /** `Upgrade prod from v1.33.7-3 to v1.34.5-3`. */
  title: string;
  /** In their order. Never empty: what is there already is a stage that is done. */
  stages: readonly Stage[];
  /** Gates of the whole, looked at before every stage. */
  gates: readonly Gate[];
  /** Behind it nothing can be taken back. Absent: there is no such line. */
  line?: Line;
  /** Facts that are to be kept now and are not in the notes yet. */
  keep: readonly Fact[];
  /** What is left of it. */
  estimate: Estimate;
  /** `done`: everything was seen. `failed`: it will not come by itself. Absent: under way or not begun. */
  outcome?: 'done' | 'failed';
  /** What is to happen now. */
  next: Next;
}

/** What is to happen now. Writes always wait for somebody's confirmation. */
export type Next =
  /** Everything stands open: this request may be prepared, read, confirmed and sent. */
  | { what: 'send'; stage: string; request: Request; how: 'forward' | 'hold' | 'go on' }
  /** Gates stand in the way: a remedy, words, or their names are wanted. */
  | { what: 'answer'; stage: string; gates: readonly Gate[] }
  /** A stage is under way. */
  | { what: 'wait'; stage: string; for: string }
  /** Held by somebody; nothing further begins. */
  | { what: 'held'; stage: string; why: string }
  /** It failed: what can be done. */
  | { what: 'repair'; stage: string; why: string; takeBack?: Request }
  /** There is nothing left to do. */
  | { what: 'end' };

/** From here on: forward only. */
export interface Line {
  /** Stage whose first effect crosses it. */
  stage: string;
  /** `the first control-plane machine of v1.34.5-3`. */
  text: string;
  /** Whether it is crossed, and by what. */
  crossed: boolean;
  by?: ObjectRef;
  at?: number;
}

/** One stage: at most one write, and what follows from it. */
export interface Stage {
  /** Stable for the whole session: `v1.34.5-3/control-plane`, `v1.34.5-3/workers/prod-workers`. */
  id: string;
  /** Heading it stands under: `Hop 1: v1.33.7-3 to v1.34.5-3`. */
  part: string;
  /** `Control plane to v1.34.5-3`. */
  title: string;
  /** What it is about. */
  about?: ObjectRef;
  /**
   * `done`: seen in the cluster. `running`: written, and not seen to its end. `failed`: will not come by itself.
   * `next`: the first of those to do. `todo`: comes later.
   */
  state: 'done' | 'running' | 'failed' | 'next' | 'todo';
  /** All that is looked at before it begins. */
  gates: readonly Gate[];
  /** Does its write. Absent: it writes nothing and only waits to be true, or what to write is not known before its turn. */
  request?: Request;
  /** Writes of later stages that the server can judge already: where it refuses one of them, this one is not to be made. */
  ahead?: readonly Request[];
  /** How its write may look before its turn has come: for plans on paper. */
  outline: readonly Outline[];
  progress: Progress;
  /** Machine by machine, in the order in which they go; empty where the stage replaces none. */
  turns: readonly Turn[];
  /** What waits on what, where it is under way and does not go on as it should: the worst of its turns, or its own. */
  trouble?: Explanation;
  estimate: Estimate;
  /** When it began and ended, epoch ms, where that is known. */
  began?: number;
  ended?: number;
  /** Takes its write back, where that may be done now. */
  takeBack?: Request;
  /** Lets no further machine go. Absent while that would do harm, or there is nothing to hold. */
  hold?: Request;
  /** Ends such a hold. Present while one stands. */
  goOn?: Request;
}

/** A write as it is foreseen: bound to no state of its object yet. Shown, never sent. */
export type Outline = Pick<Step, 'title' | 'write' | 'diff'>;

/** A machine's turn: one goes, one comes. */
export interface Turn {
  /** The machine that goes; absent where it is gone and was never noted. */
  old?: { name: string; host?: string; ref?: ObjectRef };
  fresh?: { name: string; host?: string; ref?: ObjectRef };
  state: 'done' | 'now' | 'todo' | 'bad';
  /** What it is at: `draining`, `cleaning rack3-u12`, `reprovisioning`, `joining`. */
  doing: string;
  /** What is wrong or late with it now. */
  trouble?: Explanation;
  /** Since when it is at that, epoch ms. */
  since?: number;
  /** When the turn began and ended. */
  began?: number;
  ended?: number;
  /** How long a turn usually takes; learnt from 0 samples: a guess. */
  usual: Duration;
  /** After how long it is late, ms: by what was learnt, or by a limit where that is too little. */
  lateAfter: number;
}

export interface Estimate {
  /** Hosts that are reprovisioned. */
  hosts: number;
  /** ms, with usual durations. */
  usual: number;
  /** ms, with the longest nineteen in twenty take. */
  longest: number;
  /** What it is made of, and how often that was seen here. */
  rests: readonly Part[];
}

/** A part of an estimate. */
export interface Part {
  what: 'machine-gone' | 'machine-running' | 'kube-ovn';
  /** Learnt from so many; of 0: a guess. */
  count: number;
}

/** One guided procedure. One folder each, and a line in `index.ts`. */
export interface Guide {
  id: string;
  title: string;
  about: string;
  /** Kinds of target; empty where it makes something new. */
  on: readonly Kind[];
  /** What is entered before it begins. */
  fields: readonly Field[];
  /** Kinds whose truth must be live for a course to be told. */
  kinds: readonly Kind[];
  /** Objects to read whole before `refuse` and `course`. Cheap to ask again: the answer grows as objects appear. */
  needs(known: Known, session: Session): readonly Need[];
  /**
   * The ask with everything filled in that it left open, as it stands now: a session begins with that, so that it does
   * not choose anew when the fleet has moved. Only for what was not refused; throws RangeError otherwise.
   */
  settle(known: Known, ask: Ask): Ask;
  /** Why there is no course for this at all, as one sentence. */
  refuse(known: Known, session: Session): string | undefined;
  /**
   * What somebody wants otherwise from now on, settled; or `refused`, why not, as a sentence. Only for what was not
   * refused. Absent: nothing can be chosen once it has begun.
   */
  choose?(
    known: Known,
    session: Session,
    values: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> | { refused: string };
  /** Where it stands. Only for what was not refused; throws RangeError otherwise. */
  course(known: Known, session: Session): Course;
}
