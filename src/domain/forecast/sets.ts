/** The MachineSets of a MachineDeployment, and whether it is at rest on one of them. */
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import type { Deployment, Machine, MachineSet } from '../objects.ts';

/** The Machines of a group that are there. */
export function machinesOf(fleet: Fleet, group: GroupRow): Machine[] {
  return group.machines.flatMap((uid) => fleet.machines.byUid.get(uid)?.machine ?? []);
}

/** The one MachineSet that counts now and its Machines, or why that cannot be said. */
export type Resting = { set: MachineSet; machines: readonly Machine[] } | { problem: string };

function fits(set: MachineSet, { version, infraTemplate, bootstrapTemplate }: Deployment): boolean {
  return (
    set.version === version &&
    set.infraTemplate?.name === infraTemplate?.name &&
    set.bootstrapTemplate?.name === bootstrapTemplate?.name
  );
}

/**
 * The MachineSet a scaling would change. Where Machines of another one are still there or to come, a rollout is under
 * way: then which Machine goes next depends on which become available meanwhile, and nothing is promised.
 */
export function restingSet(fleet: Fleet, group: GroupRow): Resting {
  const sets = fleet.machineSets.list.filter((set) => set.deployment === group.name);
  if (sets.length === 0) return { problem: `no MachineSet of ${group.name} is known` };
  if (sets.length > 1 && sets.some(({ revision }) => revision === undefined)) {
    return { problem: `which MachineSet of ${group.name} is the newest is not known` };
  }
  const set = sets.reduce((a, b) => ((b.revision ?? 0) > (a.revision ?? 0) ? b : a));
  if (group.object.kind === 'deployment' && !fits(set, group.object)) {
    return { problem: `${group.name} is about to roll out a new template` };
  }
  const all = machinesOf(fleet, group);
  const old = sets.filter((other) => other !== set);
  for (const other of old) {
    const left = all.filter(({ machineSet }) => machineSet === other.name).length;
    const wanted = other.replicas.desired;
    if (wanted === undefined) return { problem: `replicas of MachineSet ${other.name} are not known` };
    if (wanted > 0 || left > 0) {
      return { problem: `${group.name} is in the middle of a rollout: ${left || wanted} of ${other.name} still to go` };
    }
  }
  const stray = all.find(({ machineSet }) => machineSet !== set.name);
  if (stray) return { problem: `${stray.name} belongs to no known MachineSet of ${group.name}` };
  return { set, machines: all };
}
