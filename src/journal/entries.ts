/**
 * What one line of the journal says. One file an operation, one JSON object a line, only ever appended. Read by people,
 * by other versions of metaldeck and by auditors: entries and fields are added, never renamed.
 */
import type { Plan, Progress, Request } from '../operations/contract.ts';

/** A process, told apart from a later one of the same number. */
export interface ProcessId {
  host: string;
  pid: number;
  /** When it began, in a form that only the same host can compare. */
  started?: string;
  /** Which boot of that host. */
  boot?: string;
}

/** What the server said to a step sent as a dry run. */
export interface Rehearsal {
  step: string;
  /** `depends`: it cannot be told before an earlier step is written. `unknown`: the server could not say. */
  result: 'accepted' | 'refused' | 'depends' | 'unknown';
  /** The server's words. */
  message?: string;
  /** Id of the earlier step whose effect the dry run did not see. */
  after?: string;
  /** Of an apply: fields that another manager owns and has otherwise. */
  conflicts?: readonly FieldConflict[];
}

/** A field of an object that somebody else owns: `spec.replicas`. */
export interface FieldConflict {
  manager: string;
  field: string;
}

/** Who began something, and where: the first line of every file. */
export interface Beginning {
  type: 'began';
  id: string;
  /** Token of the first claim: its writer holds the file. */
  token: string;
  process: ProcessId;
  user: { os: string; kubernetes?: string };
  context: string;
  /** `api.dc1.example:6443` */
  server: string;
  namespace: string;
  /** What is not kept as it was, because a secret was in it: names of entered values; of an operation also `memo`, `steps`. */
  withheld: readonly string[];
}

/** An operation: what was asked, and what was seen of it before it was written. */
export interface Began extends Beginning {
  request: Request;
  plan: Plan;
  rehearsed: readonly Rehearsal[];
  /** The half done operation this one goes on with. */
  continues?: { id: string; how: 'finish' | 'take back' };
  /** Steps that stand from the operation it goes on with, and are not in `plan`. */
  already?: readonly string[];
  /** The session it is a part of: known before anything is written, so that no write is ever lost to its session. */
  session?: PartOf;
}

/** What an operation is to a session. */
export interface PartOf {
  /** Id of the session. */
  id: string;
  stage: string;
  how: 'forward' | 'hold' | 'go on' | 'take back' | 'repair';
}

/** Written, and flushed to the disk, before a step is sent. */
export interface Sending {
  type: 'sending';
  step: string;
  /** The state it is to be written upon; absent for a create. */
  resourceVersion?: string;
}

export interface Answered {
  type: 'answered';
  step: string;
  /** `unknown`: the answer was lost, and looking again did not tell. */
  result: 'written' | 'refused' | 'unknown';
  /** How it is known: from the answer, or from reading the object again. */
  from: 'answer' | 're-read';
  resourceVersion?: string;
  /** HTTP status; 0 where no answer came. */
  code?: number;
  message?: string;
}

/** Nothing more will be written. */
export interface Ended {
  type: 'ended';
  result: 'written' | 'half done' | 'nothing written' | 'in doubt';
  why?: string;
}

/** What was seen of it in the fleet, in the end. */
export interface Outcome {
  type: 'outcome';
  outcome: Exclude<Progress['outcome'], undefined>;
  detail?: string;
  /** From the first write to what was seen, ms. */
  took: number;
  /** Nobody looked on: it had come to this before it was looked at, and how long it took is not known. */
  late?: boolean;
}

/** What was seen to come of it while it was under way. */
export interface Made {
  type: 'made';
  objects: readonly { uid: string; name: string }[];
}

/** A half done operation was dealt with. */
export interface Resolved {
  type: 'resolved';
  how: 'finished' | 'taken back' | 'left';
  /** Id of the operation that did it. */
  by?: string;
  /** Why it was left, in the words of whoever did so. */
  why?: string;
}

/**
 * Somebody wants to go on with an operation. The first claim in the file whose process lives and that was not released
 * holds it: the order of lines decides between two processes that claim at once.
 */
export interface Claimed {
  type: 'claimed';
  token: string;
  process: ProcessId;
  /** Token of a claim that a person declared dead: its process is on a host that cannot be asked. */
  over?: string;
}

export interface Released {
  type: 'released';
  token: string;
}

export type Event = Began | Sending | Answered | Ended | Made | Outcome | Resolved | Claimed | Released;

/** One line: `at` is RFC 3339 in UTC. */
export type Entry = { v: 1; at: string } & Event;
