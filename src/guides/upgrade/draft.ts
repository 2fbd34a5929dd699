/** A stage in the making, and what all stages of an upgrade are made with. */
import type { GroupRow } from '../../domain/fleet/rows.ts';
import type { Milestone, Request } from '../../operations/contract.ts';
import { operationNamed } from '../../operations/index.ts';
import type { Known, Session, Stage } from '../contract.ts';
import { sentFor } from '../session.ts';
import type { Hop } from './hops.ts';
import type { Outlines } from './outline.ts';
import type { Route } from './route.ts';

/** Which of the four a stage is. */
export type Sort = 'catalog' | 'kube-ovn' | 'control-plane' | 'workers';

/** A stage before its gates are looked at and its place in the order is known. */
export interface Draft extends Omit<Stage, 'state' | 'gates' | 'request'> {
  sort: Sort;
  hop: Hop;
  /** The group it replaces. */
  group?: GroupRow;
  /** What writes it. */
  request?: Request;
  written: boolean;
  done: boolean;
  /** Why it will not come by itself. */
  failed?: string;
}

export interface Ground {
  known: Known;
  session: Session;
  route: Route;
  outlines: Outlines;
}

/** How long after a write the picture may still be without it, ms. */
const LAG = 30_000;

/** Whether the session has sent a stage's write just now, and the picture may not show it yet. */
export function sentJustNow({ session, known }: Ground, stage: string): boolean {
  const last = sentFor(session, stage).at(-1);
  return last !== undefined && last.sent.written.length > 0 && known.now - last.sent.at < LAG;
}

/** One thing to be seen: done once it is, waited for once it was asked for. */
export function milestone(title: string, seen: boolean, begun: boolean, detail?: string, since?: number): Milestone {
  const wait = { ...(detail === undefined ? {} : { detail }), ...(since === undefined ? {} : { since }) };
  return seen ? { title, state: 'done' } : { title, state: begun ? 'now' : 'todo', ...wait };
}

/** A stage's own write: what is yet to be written must not read as if it had been. */
export const askedFor = (asked: boolean): Milestone =>
  milestone(asked ? 'Asked for' : 'To be asked for: nothing is written yet', asked, true);

/** Only the first that is not seen is waited for. */
export function inRow(list: readonly Milestone[]): readonly Milestone[] {
  let waits = false;
  return list.map((one) => {
    if (one.state === 'done' || one.state === 'bad') return one;
    const state = waits || one.state === 'todo' ? 'todo' : 'now';
    waits = true;
    return { ...one, state };
  });
}

/** The request that takes the last write of a stage back, as its operation allows. */
export function backOf({ known, session }: Ground, stage: string): Request | undefined {
  const last = sentFor(session, stage).at(-1);
  return last && operationNamed(last.sent.request.operation)?.takeBack?.(known, last.sent);
}

/** Heading of a hop. */
export function partOf({ hops }: Route, at: number): string {
  const hop = hops[at];
  return hop ? `Hop ${at + 1} of ${hops.length}: ${hop.from} to ${hop.row.kubernetes}` : '';
}
