/** The session on the board, and those that can be gone on with: plain data, put here by whoever drives them. */
import type { Ask, Course, Note, Session } from '../guides/contract.ts';
import type { Choice, Request } from '../operations/contract.ts';

/** Where the session on the board stands. */
export interface Guiding {
  /** Id of the session; absent: only planned. */
  id?: string;
  guide: string;
  ask: Ask;
  title: string;
  course?: Course;
  /** What takes the present stage back, where that may be done now. */
  back?: Request;
  /** What mends the trouble at the present stage, where an operation does. */
  repair?: Request;
  /** Which part of the record is in somebody else's journal. */
  record?: string;
  /** Who began it, where that was with another journal. */
  from?: Session['from'];
  /** The order of the groups, where that can be chosen anew. */
  order?: string;
  notes: readonly Note[];
  /** When it began, epoch ms. */
  began?: number;
  /** Why there is no course for this at all. */
  refused?: string;
  /** What the course was read from is live now; otherwise it is what was seen last, and `why` says more. */
  live: boolean;
  why?: string;
  /** When the course was told, epoch ms. */
  at: number;
  /** Who drives it: this process, somebody else, nobody; or this process with nothing to keep others away. */
  lock: { state: 'mine' | 'other' | 'unprotected' | 'unknown' | 'none'; who?: string; why?: string };
  problem?: string;
  /** Its journal is not here: nothing can be said to it from here. */
  apart?: true;
  closed?: 'done' | 'left';
  /** Of one that is over: the operations that its notes name. Its board shows what it kept itself. */
  operations?: Session['operations'];
}

/** A session that is not over. */
export interface SessionLine {
  id: string;
  title: string;
  ask: Ask;
  by: string;
  /** Epoch ms. */
  began: number;
  /** Who drives it now: somebody, or this dashboard. */
  holder?: string;
  mine: boolean;
  /** It is in the journal of this account on this host. */
  here: boolean;
}

/** Where a guide can go: what is offered while its first value is typed. */
export type Targets = readonly Choice[];

/** A word `name=value` of a line that asks for several: what may be entered, and what there is to be. */
export interface WordField {
  name: string;
  says: string;
  values: readonly string[];
  /** Several values, with commas. */
  list?: boolean;
}
