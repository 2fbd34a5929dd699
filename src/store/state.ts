/**
 * All that is shown, in one immutable state. Data comes in through `commit` (batched), keys through the actions; views
 * only read.
 */
import type { Acknowledgement } from '../domain/acknowledge.ts';
import type { Past } from '../domain/diff/past.ts';
import type { Doubts } from '../domain/doubts.ts';
import type { Learnt } from '../domain/durations/learnt.ts';
import type { Falls } from '../domain/falls.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import type { Freshness } from '../domain/freshness.ts';
import type { Kind } from '../domain/kinds.ts';
import type { PlanOutput } from '../domain/output/types.ts';
import type { Observed } from '../domain/story/observed.ts';
import type { Told } from '../domain/story/timeline.ts';
import type { Choice, Request } from '../operations/contract.ts';
import type { AttentionItem } from './attention-item.ts';
import type { Creating } from './creating.ts';
import type { Guiding, SessionLine, WordField } from './guiding.ts';
import type { History, Marks } from './history.ts';
import type { Followed, Offer, Operating } from './operating.ts';

/** Who is connected to what; pinned at start. */
export interface Session {
  context: string;
  cluster: string;
  user?: string;
  /** `api.dc1.example:6443` */
  host: string;
  namespace: string;
  /** Set in the demo: what is shown is a simulation. */
  demo: boolean;
  impersonating?: string;
  /** Why nothing may be written, as a sentence; absent: it may. */
  readOnly?: string;
}

/** Where the operator is: one entry of the navigation stack. */
export interface Place {
  screen: string;
  /** The object a detail screen shows. */
  ref?: ObjectRef;
  /** Identity of the row under the cursor; absent until the cursor has been moved or placed. */
  cursor?: string;
  /** Where that row was last seen, so that the cursor stays put when the row goes away. */
  index: number;
  /** Of what is read like a text: its first line in sight. */
  top?: number;
  filter: string;
  /** Column key; absent: the screen's own order. */
  sort?: string;
  descending: boolean;
  /** A detail screen's other face. */
  yaml: boolean;
  /** For a comparison with the past: which state, the oldest being 0. */
  version?: number;
  /** Rows marked with space, in the order they were marked, wherever the filter has put them. */
  marked?: readonly ObjectRef[];
}

/** A line being typed at the bottom. */
export interface Prompt {
  /** `entry`: a value of the operation on screen; `confirm`: the words that let it be written; `let go`: why a half done one is. */
  kind: 'filter' | 'command' | 'entry' | 'confirm' | 'acknowledge' | 'let go' | 'guide';
  /** For `guide`: what is asked. */
  asks?: Asked;
  text: string;
  /** Place in `text`, in UTF-16 units. */
  at: number;
  /** The filter to go back to on escape. */
  before: string;
  /** For `entry`: its name; for `let go`: the id of the operation. */
  entry?: string;
  /** For `acknowledge`: what of. */
  cause?: AttentionItem;
  /** What was typed before one of the choices was picked, and its place among those that can be taken. */
  picked?: { typed: string; at: number };
  /** For `confirm`: the words typed so far. */
  given?: readonly string[];
  /** Why what was entered last was not taken, as a sentence. */
  refused?: string;
  /** What it would confirm is not what was read any more: it takes nothing, and stays until it is left. */
  void?: boolean;
}

/** What a guide wants to be told. */
export interface Asked {
  /** `to`: where it is to go; `words`: that something was done, in words of one's own; `name`: that of a gate, to go through it; `order`: that of the groups. */
  what: 'to' | 'words' | 'name' | 'order';
  /** What it is about: the gate, or the target of the guide. */
  gate?: string;
  target?: ObjectRef;
  /** Stands before and behind the line. */
  title: string;
  hint: string;
  choices: readonly Choice[];
  /** Where the line is words of `name=value`: what these may be. */
  fields?: readonly WordField[];
}

/** The YAML of the object on screen, read on demand and not kept. */
export interface Document {
  ref: ObjectRef;
  state: 'reading' | 'read' | 'failed';
  lines: readonly string[];
  /** When it was read, epoch ms. */
  at?: number;
  resourceVersion?: string;
  error?: string;
}

/** What the instructions of the plan on screen printed, read on demand and not kept. */
export interface OutputDocument {
  ref: ObjectRef;
  state: 'reading' | 'read' | 'failed';
  output?: PlanOutput;
  error?: string;
}

/** The two objects that are compared on screen, read on demand and not kept; redacted. */
export interface Compared {
  refs: readonly [ObjectRef, ObjectRef];
  state: 'reading' | 'read' | 'failed';
  left?: unknown;
  right?: unknown;
  error?: string;
}

/** What of the open operation has been on screen. */
export interface Reading {
  /** The request that is read; another one begins anew. */
  request: Request;
  /** What it was worked out from: the lines, the size of the screen, and whether the help lay over them. */
  rows: readonly unknown[];
  columns: number;
  height: number;
  covered: boolean;
  /** First line in sight. */
  top: number;
  /** Lines that have been in sight, with their words: one that says something else was not. */
  seen: ReadonlySet<string>;
  /** How many lines that matter were never in sight, and how many of them warn. */
  unread: number;
  warnings: number;
}

/** A sentence at the bottom, for a few seconds. */
export interface Notice {
  text: string;
  tone: 'info' | 'warn';
  until: number;
}

export interface State {
  session: Session;
  fleet: Fleet;
  freshness: Readonly<Record<Kind, Freshness>>;
  /** Why plan Secrets may not be read, where one was refused: then only what is reported of plans is known. */
  plansRefused?: string;
  /** When all first lists had arrived, epoch ms: before it, growing figures are no news. */
  settledAt?: number;
  history: History;
  /** Changes seen since the fleet had settled; oldest first. */
  observed: readonly Observed[];
  /** What objects were before they changed, since the fleet had settled. */
  past: Past;
  /** What the journal tells of this server and namespace; oldest first. */
  told: readonly Told[];
  /** How long things take in this fleet, as far as it was seen. */
  learnt: Learnt;
  /** When nodes fell and came back, since metaldeck started. */
  falls: Falls;
  /** Trouble that may only be the order in which objects arrived. */
  doubts: Doubts;
  /** What somebody here acknowledged, by uid of the cause's object; some of it may not hold any more. */
  acknowledged: ReadonlyMap<string, Acknowledgement>;
  /** When each cause was first looked at, epoch ms, by `lookKey`; 0: it was well since. Absent: not known. */
  looked?: ReadonlyMap<string, number>;
  marks: Marks;
  /** Ticks once a second: for ages only. */
  now: number;
  columns: number;
  rows: number;
  places: readonly Place[];
  prompt?: Prompt;
  help: boolean;
  helpOffset: number;
  document?: Document;
  output?: OutputDocument;
  compared?: Compared;
  notice?: Notice;
  /** What is offered for the rows that `a` was pressed on. */
  offers: readonly Offer[];
  operating?: Operating;
  /** The answers of a cluster that is to be made, once their screen was opened. */
  creating?: Creating;
  reading?: Reading;
  /** Title of the operation that is being written at this moment. */
  writing?: string;
  /** Operations under way, and those that ended since the start; newest first. */
  tray: readonly Followed[];
  /** Clusters whose own APIs a command wants to be asked; a dashboard's are those it shows. */
  asked?: readonly string[];
  /** The session on the board. */
  guiding?: Guiding;
  /** Sessions that are not over; the newest first. */
  sessions: readonly SessionLine[];
  /** Nodes of the tree that were opened (true) or folded (false) by hand, by id. */
  folds: Readonly<Record<string, boolean>>;
  /** Filters and sorts left behind on the root screens, so that coming back finds them. */
  remembered: Readonly<Record<string, Place>>;
}

export function newPlace(screen: string, ref?: ObjectRef): Place {
  return { screen, ref, index: 0, filter: '', descending: false, yaml: false };
}

/** The place on top of the stack. */
export function here(state: State): Place {
  return state.places[state.places.length - 1]!;
}
