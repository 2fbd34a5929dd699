/** In which order a rollout takes the machines of a group, and how many at first. Source: Cluster API v1.10. */
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import { nextToGo } from './control-plane.ts';
import { deletionOrder, type Ranked } from './delete-order.ts';
import { limitsOf } from './limits.ts';
import type { Forecast } from './scale.ts';
import { machinesOf, restingSet } from './sets.ts';
import { strandedShort } from './stranded.ts';

/** What a rollout will do. */
export interface RolloutForecast {
  /** All machines, in their order of going as things stand now. */
  order: readonly Ranked[];
  /** How many of them go at once; each of the others after a new one is available. */
  first: number;
  /** Machines it lacks: they come before any goes. */
  missing: number;
}

function ofDeployment(fleet: Fleet, group: GroupRow, now: number): Forecast<RolloutForecast> {
  const resting = restingSet(fleet, group);
  if ('problem' in resting) return resting;
  const { set, machines } = resting;
  const { desired } = group.replicas;
  const { available } = set.replicas;
  const limits = limitsOf(group);
  if (desired === undefined) return { problem: `replicas of ${group.name} are not known` };
  if (!limits) return { problem: `how ${group.name} rolls out is not known` };
  const going = machines.find(({ deleting }) => deleting !== undefined);
  if (going) return { problem: `${going.name} of ${group.name} is being deleted: wait until it is gone` };
  const missing = strandedShort(fleet, group);
  if (machines.length + missing !== desired || set.replicas.desired !== desired) {
    return { problem: `${group.name} has ${machines.length} of ${desired} machines: wait until both agree` };
  }
  if (available === undefined && desired > 0)
    return { problem: `how many of ${group.name} are available is not known` };
  const order = deletionOrder(
    machines,
    (group.object.kind === 'deployment' && group.object.deletePolicy) || set.deletePolicy,
    now,
  );
  if (group.rollout.type === 'OnDelete') return { forecast: { order, first: 0, missing } };
  const least = desired - limits.maxUnavailable;
  const most = Math.max(0, desired - least);
  const up = available ?? 0;
  const ill = Math.min(most, Math.max(0, desired - up));
  const well = Math.min(desired - ill, Math.max(0, up - least), most - ill);
  // What is not there counts as ill, and goes without a machine.
  return { forecast: { order, first: Math.max(0, ill - missing) + well, missing } };
}

/** What follows when the template of `group` changes. `now`: epoch ms. */
export function forecastRollout(fleet: Fleet, group: GroupRow, now: number): Forecast<RolloutForecast> {
  if (!group.controlPlane) return ofDeployment(fleet, group, now);
  let left = machinesOf(fleet, group);
  const going = left.find(({ deleting }) => deleting !== undefined);
  if (going) return { problem: `${going.name} of ${group.name} is being deleted: wait until it is gone` };
  const order: Ranked[] = [];
  // Every machine is outdated then: a version none of them has makes them so.
  for (let next = nextToGo(left, ''); next; next = nextToGo(left, '')) {
    order.push(next);
    const { machine } = next;
    left = left.filter((each) => each !== machine);
  }
  return { forecast: { order, first: Math.min(1, order.length), missing: 0 } };
}
