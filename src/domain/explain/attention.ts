/** What needs eyes now: causes only, what is late included. */
import { compareAttention } from '../fleet/attention.ts';
import type { Attention, Fleet, ObjectRef } from '../fleet/rows.ts';
import { causeOf } from './explain.ts';
import { isLate, SHORTEST } from './limits.ts';
import { clusterRef, hostRef, machineRef } from './lookup.ts';

/**
 * What no row finds wrong (lateness, Events) is looked at anew this often, ms: with a thousand late machines a look takes
 * 20 to 50 ms, which ten changes a second must not cost each time.
 */
const STEP = 5_000;

/** Rows that nothing is wrong with and that have waited for long. Clusters are few, and their Events tell in no row. */
function suspects(fleet: Fleet, now: number): ObjectRef[] {
  const found: ObjectRef[] = fleet.clusters.list.map(clusterRef);
  for (const row of fleet.machines.list) {
    const late = row.waiting !== undefined && isLate(row.since ?? row.machine?.created, SHORTEST, now);
    if (late && row.problem === undefined) found.push(machineRef(row));
  }
  for (const row of fleet.hosts.list) {
    const observed = row.object.storageDeclared !== undefined;
    const nothingToTell = row.object.planSecret === undefined;
    const late = row.waiting !== undefined && isLate(row.since, SHORTEST, now);
    if (row.problem === undefined && (late || observed || nothingToTell)) found.push(hostRef(row));
  }
  for (const row of fleet.seedImages.list) {
    if (row.state === 'building') found.push({ kind: row.kind, uid: row.uid, name: row.name });
  }
  return found;
}

let made: { rows: Fleet['attention']; at: number; list: readonly Attention[] } | undefined;

/**
 * The fleet's attention at a time (epoch ms): what rows find wrong and what is late, each said once, at its cause; worst
 * and oldest first. The list stays the same until a row's own trouble changes, or some seconds have passed.
 */
export function attentionNow(fleet: Fleet, now: number): readonly Attention[] {
  const at = Math.floor(now / STEP);
  if (made?.rows === fleet.attention && made.at === at) return made.list;
  const known = new Map(fleet.attention.map((item) => [item.ref.uid, item]));
  const byRoot = new Map<string, Attention>();
  for (const ref of [...fleet.attention.map((item) => item.ref), ...suspects(fleet, now)]) {
    const found = causeOf(fleet, ref, now);
    const { uid } = found?.root ?? ref;
    if (byRoot.has(uid)) continue;
    const own = known.get(uid);
    // A row's own words stay: they are what its list shows.
    if (own) byRoot.set(uid, own);
    else if (found) byRoot.set(uid, { ...found.match, ref: found.root });
  }
  made = { rows: fleet.attention, at, list: [...byRoot.values()].sort(compareAttention) };
  return made.list;
}
