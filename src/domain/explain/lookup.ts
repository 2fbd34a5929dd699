/** Rows by name, and the references of rows. */
import type { ClusterRow, Fleet, GroupRow, HostRow, MachineRow, ObjectRef, PoolRow } from '../fleet/rows.ts';
import { byName, lowerBound } from '../fleet/sorted.ts';
import type { DomainObject } from '../objects.ts';

function named<T extends { name: string; uid: string }>(list: readonly T[], name: string | undefined): T | undefined {
  if (name === undefined) return undefined;
  const found = list[lowerBound<{ name: string; uid: string }>(list, { name, uid: '' }, byName)];
  return found?.name === name ? found : undefined;
}

export const clusterNamed = (fleet: Fleet, name: string | undefined): ClusterRow | undefined =>
  named(fleet.clusters.list, name);
export const poolNamed = (fleet: Fleet, name: string | undefined): PoolRow | undefined => named(fleet.pools.list, name);

/** The reference of an object or of a row whose object it is. */
export function refTo(object: DomainObject): ObjectRef {
  return { kind: object.kind, uid: object.uid, name: object.name };
}

export const hostRef = (row: HostRow): ObjectRef => refTo(row.object);
export const groupRef = (row: GroupRow): ObjectRef => refTo(row.object);
export const poolRef = (row: PoolRow): ObjectRef => refTo(row.object);
export const clusterRef = (row: ClusterRow): ObjectRef => refTo(row.object);

export function machineRef(row: MachineRow): ObjectRef {
  return { kind: row.machine ? 'machine' : 'baremetalMachine', uid: row.uid, name: row.name };
}

/** The machines of a group, by name. */
export function machinesOf(fleet: Fleet, group: GroupRow | undefined): MachineRow[] {
  return (group?.machines ?? []).flatMap((uid) => fleet.machines.byUid.get(uid) ?? []);
}
