/** What needs eyes now: causes only, what is late included. */
import { formatDuration } from '../age.ts';
import { isDoubtful } from '../doubts.ts';
import { LEAST_TO_JUDGE, type Usual } from '../durations/learnt.ts';
import { flapping } from '../falls.ts';
import { compareAttention } from '../fleet/attention.ts';
import { findMachine } from '../fleet/find.ts';
import type { Attention, Fleet, ObjectRef } from '../fleet/rows.ts';
import { causeOf } from './explain.ts';
import { type Around, aroundOf, NOTHING_SEEN, type Seen } from './facts.ts';
import { isLate, LIMITS, shortest } from './limits.ts';
import { clusterRef, hostRef, machineRef, refTo } from './lookup.ts';

/**
 * What no row finds wrong (lateness, Events) is looked at anew this often, ms: with a thousand late machines a look takes
 * 20 to 50 ms, which ten changes a second must not cost each time.
 */
const STEP = 5_000;

/** Rows that nothing is wrong with and that have waited for long. Clusters are few, and their Events tell in no row. */
function suspects({ fleet, now, learnt, falls }: Around): ObjectRef[] {
  const least = shortest(learnt);
  const found: ObjectRef[] = fleet.clusters.list.map(clusterRef);
  for (const row of fleet.machines.list) {
    const late = row.waiting !== undefined && isLate(row.since ?? row.machine?.created, least, now);
    // Whether its deletion was taken up is no matter of what else is wrong with it.
    const asked = isLate(row.machine?.deleting ?? row.baremetal?.deleting, LIMITS.takenUp, now);
    const cordoned = row.nodeObject?.unschedulable === true && !row.deleting;
    if (asked || ((late || cordoned) && row.problem === undefined)) found.push(machineRef(row));
  }
  // Between two falls nothing is wrong with its row.
  for (const uid of falls.keys()) {
    const row = fleet.machines.byUid.get(uid);
    const waits = row?.waiting !== undefined;
    if (row && row.problem === undefined && (waits || flapping(falls.get(uid), now))) found.push(machineRef(row));
    const host = fleet.hosts.byUid.get(uid);
    if (host && host.problem === undefined) found.push(hostRef(host));
  }
  for (const row of fleet.hosts.list) {
    const observed = row.object.storageDeclared !== undefined;
    const nothingToTell = row.object.planSecret === undefined;
    const late = row.waiting !== undefined && isLate(row.since, least, now);
    if (row.problem === undefined && (late || observed || nothingToTell)) found.push(hostRef(row));
  }
  for (const release of fleet.appReleases.list) found.push(refTo(release));
  for (const row of fleet.seedImages.list) {
    if (row.state === 'building') found.push({ kind: row.kind, uid: row.uid, name: row.name });
  }
  return found;
}

/** Where a machine stands: that is what somebody goes to. */
function hostOf(fleet: Fleet, ref: ObjectRef): { host?: string } {
  const row = ref.kind === 'machine' || ref.kind === 'baremetalMachine' ? findMachine(fleet, ref) : undefined;
  return row?.host === undefined ? {} : { host: row.host };
}

/** One cause that needs eyes. */
export interface Cause extends Attention {
  /** Name of the failure: `clean-failed`. */
  id: string;
  /** How long it takes otherwise, for what is late. */
  usual?: Usual;
  /** Somebody is at it already: no news for anybody. */
  expected?: boolean;
  /** The host that a machine is on, where the cause is a machine's. */
  host?: string;
}

let made: { from: readonly unknown[]; list: readonly Cause[] } | undefined;

/**
 * The fleet's attention at a time (epoch ms): what rows find wrong and what is late, each said once, at its cause; worst
 * and oldest first. The list stays the same until a row's own trouble changes, something is learnt or falls, or some
 * seconds have passed.
 */
export function attentionNow(fleet: Fleet, now: number, seen: Seen = NOTHING_SEEN): readonly Cause[] {
  const { learnt, falls, doubts, sessions } = seen;
  const from = [fleet.attention, learnt, falls, doubts, sessions, Math.floor(now / STEP)];
  if (made?.from.every((part, index) => part === from[index])) return made.list;
  const around = aroundOf({ ...seen, fleet, now });
  const known = new Map(fleet.attention.map((item) => [item.ref.uid, item]));
  const byRoot = new Map<string, Cause>();
  for (const ref of [...fleet.attention.map((item) => item.ref), ...suspects(around)]) {
    const found = causeOf(around, ref);
    const { uid } = found?.root ?? ref;
    if (byRoot.has(uid)) continue;
    const own = known.get(uid);
    if (own && isDoubtful(doubts, own, now)) continue;
    // A row's own words stay: they are what its list shows. Its time is that of the explanation, which opens from here.
    const host = hostOf(fleet, found?.root ?? ref);
    if (own && !found?.match.decisive) {
      byRoot.set(uid, { ...own, since: found?.match.since ?? own.since, id: found?.id ?? 'as-it-says', ...host });
    } else if (found) byRoot.set(uid, { ...found.match, id: found.id, ref: found.root, ...host });
  }
  made = { from, list: [...byRoot.values()].sort(compareAttention) };
  return made.list;
}

/** How long something takes otherwise, in full: of a few, a guess. `undefined` where that is not known. */
export function usualText(known: Usual | undefined): string | undefined {
  if (!known) return undefined;
  const { median, p95, count, of } = known;
  const where = of === 'cluster' ? 'seen here' : 'seen in all clusters';
  if (count < LEAST_TO_JUDGE) return `about ${formatDuration(median)}, a guess from ${count} ${where}`;
  return `${formatDuration(median)}; 95 of 100 within ${formatDuration(p95)} (${count} ${where})`;
}

/** What is said of a cause: where its machine stands, and how long it takes otherwise, where it is late. */
export function saidOf({ text, usual, host }: Pick<Cause, 'text' | 'usual' | 'host'>): string {
  const place = host === undefined || text.includes(host) ? '' : `on ${host}: `;
  return `${place}${text}${usual === undefined ? '' : `, usually ${formatDuration(usual.median)}`}`;
}
