/** The operation on screen, and those that are followed: plain data, put here by whoever prepares and runs them. */
import type { Duration } from '../domain/durations/spread.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Choice, Field, Plan, Progress, Request } from '../operations/contract.ts';

/** One operation as it is offered for some targets. */
export interface Offer {
  id: string;
  title: string;
  about: string;
  /** What it would be about. */
  targets: readonly ObjectRef[];
  /** `machine prod-workers-abc12`, where that is not the row itself but what it is joined to. */
  of?: string;
  /** What is wrong with the row is mended by it, by what explains that. */
  helps?: boolean;
  /** Why not; absent: it can be begun. */
  refusal?: string;
}

/** One thing to enter, as it stands. */
export interface Entry {
  name: string;
  title: string;
  kind: Field['kind'];
  value: string;
  /** May be left empty. */
  optional?: boolean;
  /** What it is, and how an answer looks, in a sentence or two. */
  about?: string;
  choices: readonly Choice[];
}

/** What the server said to the dry run of one step. */
export interface Answer {
  /** Id of the step. */
  step: string;
  /** `later`: cannot be tried before an earlier step is written. */
  result: 'accepted' | 'refused' | 'later';
  /** The server's own words where it refused. */
  text: string;
}

/** How far the operation on screen is. */
export type Stage =
  /** Objects are being read. */
  | 'reading'
  /** Something is still to be entered: `missing` says what. */
  | 'entering'
  /** `refusal` says why not. */
  | 'refused'
  /** The plan is shown, and the server is being asked. */
  | 'asking'
  /** All steps were accepted: it may be confirmed. */
  | 'ready'
  /** The server refused a step, or could not be asked. */
  | 'rejected'
  | 'sending'
  /** It stopped between or before writes: `problem` says where and why. */
  | 'stopped'
  | 'sent';

export interface Operating {
  request: Request;
  title: string;
  about: string;
  stage: Stage;
  entries: readonly Entry[];
  /** Something was entered by hand: who leaves loses it. */
  entered?: boolean;
  refusal?: string;
  /** Titles of what is still to be entered. */
  missing?: readonly string[];
  plan?: Plan;
  /** The same writes for a shell. */
  kubectl: readonly string[];
  answers: readonly Answer[];
  /** When the server answered, epoch ms. */
  answeredAt?: number;
  /** What moved in the fleet since the plan was first shown, so that it is read again. */
  moved: readonly string[];
  problem?: string;
  /** Why an attempt to write it wrote nothing, as a sentence. */
  notWritten?: string;
  /** What it goes on with, where an earlier one was broken off: `finish`, `take back`. */
  continues?: 'finish' | 'take back';
  /** Id in the journal, once it was sent. */
  id?: string;
  /** When the first write was sent, epoch ms. */
  sentAt?: number;
  /** How long such operations took here before; absent: never seen. */
  usual?: Duration;
  overdue?: boolean;
  /** Ids of the steps that are written. */
  written: readonly string[];
  progress?: Progress;
  /** Why nothing takes it back. */
  final?: string;
}

/** An operation whose writes were sent, or stopped half way. */
export interface Followed {
  id: string;
  title: string;
  /** Epoch ms. */
  at: number;
  state: 'running' | 'done' | 'failed' | 'overtaken' | 'half done' | 'over';
  /** It was over before this start: the journal tells of it. */
  past?: boolean;
  progress: Progress;
  target?: ObjectRef;
  /** How long such operations took here before; absent: never seen. */
  usual?: Duration;
  /** It takes longer than such operations do. */
  overdue?: boolean;
  /** Why nothing takes it back. */
  final?: string;
}
