/**
 * What objects were before they changed, since metaldeck looks on: the projected objects, which are held anyway until the
 * next change. The first state of an object and its last few are kept, and of all objects no more than fit into some MB.
 */
import { differences } from '../fleet/bucket-map.ts';
import type { Fleet } from '../fleet/rows.ts';
import type { DomainObject } from '../objects.ts';

/** A state that is over. */
export interface Version {
  /** When it was seen to change, epoch ms. */
  until: number;
  object: DomainObject;
}

/** By uid, oldest first; the one changed last comes last. */
export type Past = ReadonlyMap<string, readonly Version[]>;

/** Versions of one object: the first, and the newest so many. */
const OF_ONE = 12;
/** Objects with a past. */
const OBJECTS = 1_500;

/** Every object behind the rows of a fleet that changed. */
function* changed(
  before: Fleet,
  after: Fleet,
): Generator<[old: DomainObject | undefined, now: DomainObject | undefined]> {
  for (const { before: old, after: row } of differences(before.hosts.byUid, after.hosts.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.machines.byUid, after.machines.byUid)) {
    yield [old?.machine, row?.machine];
    yield [old?.baremetal, row?.baremetal];
  }
  for (const { before: old, after: row } of differences(before.groups.byUid, after.groups.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.pools.byUid, after.pools.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.clusters.byUid, after.clusters.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.plans.byUid, after.plans.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.seedImages.byUid, after.seedImages.byUid))
    yield [old?.object, row?.object];
  for (const { before: old, after: row } of differences(before.registrations.byUid, after.registrations.byUid))
    yield [old?.object, row?.object];
  for (const key of ['machineSets', 'baremetalClusters', 'machineTemplates', 'healthChecks', 'appReleases'] as const) {
    const [was, is] = [before[key].byUid, after[key].byUid] as const;
    for (const { before: old, after: now } of differences<DomainObject>(was, is)) yield [old, now];
  }
  if (before.catalog !== after.catalog) yield [before.catalog, after.catalog];
}

/** The past with what `after` has changed; the same where that is nothing. `at` is epoch ms. */
export function keepPast(past: Past, before: Fleet, after: Fleet, at: number): Past {
  let next: Map<string, readonly Version[]> | undefined;
  for (const [old, now] of changed(before, after)) {
    if (!old || !now || old === now || old.uid !== now.uid || old.resourceVersion === now.resourceVersion) continue;
    next ??= new Map(past);
    const kept = [...(next.get(old.uid) ?? []), { until: at, object: old }];
    // Set anew, so that it stands last: those that changed longest ago go first.
    next.delete(old.uid);
    next.set(old.uid, kept.length > OF_ONE ? [kept[0]!, ...kept.slice(-(OF_ONE - 1))] : kept);
  }
  if (next && next.size > OBJECTS) {
    const spare = next.size - OBJECTS;
    for (const uid of [...next.keys()].slice(0, spare)) next.delete(uid);
  }
  return next ?? past;
}
