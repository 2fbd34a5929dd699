/** Rows behind the targets of an operation. */

import type { GroupRow, MachineRow, ObjectRef } from '../domain/fleet/rows.ts';
import type { DomainObject, Machine, Meta } from '../domain/objects.ts';
import type { Memo, Sent, World } from './contract.ts';

/** A reference to an object. */
export function refOf({ kind, uid, name }: Meta): ObjectRef {
  return { kind, uid, name };
}

/** The row of a MachineDeployment or KubeadmControlPlane. */
export function groupOf(world: World, object: { uid: string }): GroupRow | undefined {
  return world.fleet.groups.byUid.get(object.uid);
}

/** The group a machine belongs to. */
export function groupOfMachine(world: World, machine: { uid: string }): GroupRow | undefined {
  const uid = world.fleet.machines.byUid.get(machine.uid)?.groupUid;
  return uid === undefined ? undefined : world.fleet.groups.byUid.get(uid);
}

/**
 * The rows of a group's Machines. Kinds are watched apart: a BaremetalMachine may be seen before its Machine, or after it
 * has gone. Until both are seen it has a row of its own, with a uid of its own, and is not one here.
 */
export function rowsOf(world: World, group: GroupRow): MachineRow[] {
  return group.machines.flatMap((uid) => {
    const row = world.fleet.machines.byUid.get(uid);
    return row?.machine ? [row] : [];
  });
}

/** Whether a row is of a machine whose uid was noted, or whose BaremetalMachine's was before its Machine was seen. */
export function isAmong(noted: ReadonlySet<string>): (row: MachineRow) => boolean {
  return ({ uid, baremetal }) => noted.has(uid) || (baremetal !== undefined && noted.has(baremetal.uid));
}

/** The targets that are Machines. */
export function machinesAmong(targets: readonly DomainObject[]): Machine[] {
  return targets.filter((target): target is Machine => target.kind === 'machine');
}

/** Why nothing is written to an object that is going, as a sentence. */
export function goingAway(object: Meta): string | undefined {
  return object.deleting === undefined ? undefined : `${object.name} is being deleted`;
}

/** Why a group is not changed here: a topology that owns it would write its own number or template back. */
export function ownedElsewhere({ name, labels }: Meta): string | undefined {
  if (!Object.hasOwn(labels, 'topology.cluster.x-k8s.io/owned')) return undefined;
  return `${name} is owned by the topology of its cluster: it would be set back`;
}

/** The names noted in a memo under a key. */
export function namesIn(memo: Memo, key: string): readonly string[] {
  const value = memo[key];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** A text noted in a memo. */
export function textIn(memo: Memo, key: string): string | undefined {
  const value = memo[key];
  return typeof value === 'string' ? value : undefined;
}

/** A number noted in a memo. */
export function numberIn(memo: Memo, key: string): number | undefined {
  const value = memo[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The first target an operation was sent for. */
export function firstTarget(sent: Sent): ObjectRef | undefined {
  return sent.request.targets[0];
}
