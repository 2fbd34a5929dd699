/**
 * When the nodes of machines fell and came back, as far as it was seen. No object keeps it: a condition holds its last
 * transition only, and a node that is up between two falls looks like any other.
 */
import { differences } from './fleet/bucket-map.ts';
import type { Fleet } from './fleet/rows.ts';
import type { Condition, Machine } from './objects.ts';

/** One fall. */
export interface Fall {
  /** Since when it was down, epoch ms; of a fall that nobody saw, when it came back. */
  at: number;
  /** When it came back; absent while it is down. */
  back?: number;
}

/**
 * By uid of the machine's row, and of a host whose machine has gone since, by that of the host: it fell, whatever runs on it
 * next. Oldest first. Immutable.
 */
export type Falls = ReadonlyMap<string, readonly Fall[]>;

export const NO_FALLS: Falls = new Map();

/** Falls that are farther apart are two matters: one may be somebody's reboot. */
export const WITHIN_MS = 30 * 60_000;
/** Up for so long, it is taken to stay up. */
export const CALM_MS = 30 * 60_000;
/** Once may happen to any host. */
const TOO_OFTEN = 2;
/** The newest that are kept of one node. */
const KEPT = 50;

/** What says how a node is, in the two generations of Cluster API. */
const OF_THE_NODE: readonly string[] = ['NodeReady', 'NodeHealthy'];
/** Reasons that tell of our sight and not of the node, or that there is none yet (Cluster API, Machine conditions). */
export const BLIND = /ConnectionDown|InspectionFailed|WaitingForNodeRef/;

const ofTheNode = (machine: Machine | undefined): Condition[] =>
  (machine?.conditions ?? []).filter(({ type, reason = '' }) => OF_THE_NODE.includes(type) && !BLIND.test(reason));

/**
 * What says that a node is not well, by the node's own word: a silent kubelet is not a lost connection. In either
 * generation: one may tell of the connection already where the other still holds the last word of the node.
 */
export function downCondition(machine: Machine | undefined): Condition | undefined {
  return ofTheNode(machine).find(({ status }) => status !== 'True');
}

/** Whether the node is up and since when; nothing where that is not known, or where its absence is normal. */
function stateOf(machine: Machine | undefined): { up: boolean; since?: number } | undefined {
  if (machine?.phase !== 'Running' || machine.deleting !== undefined) return undefined;
  const said = ofTheNode(machine);
  if (said.length === 0) return undefined;
  const down = said.filter(({ status }) => status !== 'True');
  const times = (down.length > 0 ? down : said).flatMap(({ since }) => since ?? []);
  if (down.length > 0) return { up: false, since: times.length > 0 ? Math.min(...times) : undefined };
  return { up: true, since: times.length === said.length ? Math.max(...times) : undefined };
}

/** A node's falls with what its machine says now; `before` is what it said when it was last looked at. */
function fallen(known: readonly Fall[], before: Machine | undefined, machine: Machine, at: number): readonly Fall[] {
  const state = stateOf(machine);
  if (!state) return known;
  const last = known.at(-1);
  const open = last !== undefined && last.back === undefined;
  const since = state.since ?? at;
  if (!state.up) return open ? known : [...known, { at: since }].slice(-KEPT);
  if (open) return [...known.slice(0, -1), { at: last.at, back: Math.max(since, last.at) }];
  const old = stateOf(before);
  // Up then and up now, and since another time: what lay between was not seen.
  const missed = old?.up && old.since !== undefined && state.since !== undefined && state.since > old.since;
  return missed ? [...known, { at: since, back: since }].slice(-KEPT) : known;
}

/** The falls with what is new in `after`; the same where that is nothing. `at` is when it was seen, epoch ms. */
export function keepFalls(falls: Falls, before: Fleet, after: Fleet, at: number): Falls {
  let next: Map<string, readonly Fall[]> | undefined;
  for (const { before: old, after: row } of differences(before.machines.byUid, after.machines.byUid)) {
    const uid = (row ?? old)!.uid;
    const all = next ?? falls;
    const known = all.get(uid);
    const ofHost = row?.hostUid === undefined || !row.machine || row.deleting ? undefined : all.get(row.hostUid);
    // What its host did under the machine before is its own past too.
    const past = ofHost ? together(ofHost, known ?? []) : known;
    const kept = row?.machine ? fallen(past ?? [], old?.machine, row.machine, at) : [];
    // A machine that goes lets go of its host before it is gone itself.
    const left = old?.hostUid !== undefined && known && (!row || (row.deleting && row.hostUid === undefined));
    if (!left && (kept === known || (kept.length === 0 && known === undefined))) continue;
    next ??= new Map(falls);
    if (ofHost) next.delete(row!.hostUid!);
    if (kept.length === 0) next.delete(uid);
    else next.set(uid, kept);
    if (left) next.set(old.hostUid!, ended(known, at));
  }
  return next ?? falls;
}

/** Falls of a machine that is gone at a time: down is nothing any more from then on. */
function ended(falls: readonly Fall[], at: number): readonly Fall[] {
  return falls.map((fall) => (fall.back === undefined ? { at: fall.at, back: Math.max(fall.at, at) } : fall));
}

/** A node that comes and goes. */
export interface Flapping {
  /** Those that belong together, oldest first; two at least. */
  falls: readonly Fall[];
  /** When the first of them began, epoch ms. */
  since: number;
  down: boolean;
}

/** Whether a node flaps: it fell twice or more with little time between, and is not calm yet. */
export function flapping(falls: readonly Fall[] | undefined, now: number): Flapping | undefined {
  const last = falls?.at(-1);
  if (!falls || !last || (last.back !== undefined && now - last.back >= CALM_MS)) return undefined;
  let first = falls.length - 1;
  while (first > 0 && falls[first]!.at - falls[first - 1]!.at <= WITHIN_MS) first -= 1;
  const series = falls.slice(first);
  if (series.length < TOO_OFTEN) return undefined;
  return { falls: series, since: series[0]!.at, down: last.back === undefined };
}

/** Those whose last fall may still count at a time (epoch ms), of what was kept of them. */
export function recentFalls(falls: Falls, now: number): Falls {
  const entries = [...falls].filter(([, list]) => {
    const last = list.at(-1);
    return last !== undefined && now - (last.back ?? last.at) < CALM_MS;
  });
  return new Map(entries);
}

/** Two accounts of the same as one: a fall that both tell is one, and has ended where one of them saw its end. */
export function withFalls(falls: Falls, more: Falls): Falls {
  const all = new Map(falls);
  for (const [uid, list] of more) all.set(uid, together(all.get(uid) ?? [], list));
  return all;
}

function together(falls: readonly Fall[], more: readonly Fall[]): readonly Fall[] {
  const told = new Map(falls.map((fall) => [fall.at, fall]));
  for (const fall of more) if (told.get(fall.at)?.back === undefined) told.set(fall.at, fall);
  return [...told.values()].sort((a, b) => a.at - b.at).slice(-KEPT);
}
