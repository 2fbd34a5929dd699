/** The MachineSets of a MachineDeployment, and whether it is at rest on one of them. */
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import type { Deployment, Machine, MachineSet } from '../objects.ts';

/** The Machines of a group that are there. */
export function machinesOf(fleet: Fleet, group: GroupRow): Machine[] {
  return group.machines.flatMap((uid) => fleet.machines.byUid.get(uid)?.machine ?? []);
}

/** A MachineSet with its Machines. */
export interface Held {
  set: MachineSet;
  machines: readonly Machine[];
}

/** The MachineSet of the present template and the older ones that still count, or why that cannot be said. */
export type Sets = { current: Held; old: readonly Held[] } | { problem: string };

/** The one MachineSet that counts now and its Machines, or why that cannot be said. */
export type Resting = Held | { problem: string };

function fits(set: MachineSet, { version, infraTemplate, bootstrapTemplate }: Deployment): boolean {
  return (
    set.version === version &&
    set.infraTemplate?.name === infraTemplate?.name &&
    set.bootstrapTemplate?.name === bootstrapTemplate?.name
  );
}

/** The MachineSets of a MachineDeployment that have Machines, or are to have some. */
export function setsOf(fleet: Fleet, group: GroupRow): Sets {
  const sets = fleet.machineSets.list.filter((set) => set.deployment === group.name);
  if (sets.length === 0) return { problem: `no MachineSet of ${group.name} is known` };
  if (sets.length > 1 && sets.some(({ revision }) => revision === undefined)) {
    return { problem: `which MachineSet of ${group.name} is the newest is not known` };
  }
  const set = sets.reduce((a, b) => ((b.revision ?? 0) > (a.revision ?? 0) ? b : a));
  if (group.object.kind === 'deployment' && !fits(set, group.object)) {
    return { problem: `${group.name} is about to roll out a new template: wait until it is done` };
  }
  const all = machinesOf(fleet, group);
  const stray = all.find(({ machineSet }) => !sets.some(({ name }) => name === machineSet));
  if (stray) return { problem: `${stray.name} belongs to no known MachineSet of ${group.name}` };
  const unknown = sets.find(({ replicas }) => replicas.desired === undefined);
  if (unknown) return { problem: `replicas of MachineSet ${unknown.name} are not known` };
  const held = (of: MachineSet): Held => ({
    set: of,
    machines: all.filter(({ machineSet }) => machineSet === of.name),
  });
  const old = sets.filter((other) => other !== set).map(held);
  return {
    current: held(set),
    old: old.filter(({ set: { replicas }, machines }) => (replicas.desired ?? 0) > 0 || machines.length > 0),
  };
}

/**
 * The one MachineSet of a MachineDeployment at rest. Where Machines of another one are still there or to come, a rollout
 * is under way: then which Machine goes after the next ones depends on which become available meanwhile.
 */
export function restingSet(fleet: Fleet, group: GroupRow): Resting {
  const sets = setsOf(fleet, group);
  if ('problem' in sets) return sets;
  const [other] = sets.old;
  if (other) {
    const left = other.machines.length || other.set.replicas.desired;
    return {
      problem: `${group.name} is in the middle of a rollout, ${left} of ${other.set.name} still to go: wait until it is done`,
    };
  }
  return sets.current;
}
