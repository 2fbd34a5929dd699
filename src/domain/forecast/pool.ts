/** Which hosts of a pool can serve now, and who else wants them. */
import { findCondition } from '../conditions.ts';
import { storageHolds } from '../fleet/host-use.ts';
import type { Fleet, HostRow, MachineRow, PoolMemberRow, PoolRow } from '../fleet/rows.ts';

/** What stands in a pool. */
export interface PoolView {
  pool: PoolRow;
  /** Members that can be taken now, in the order in which they will be. */
  free: readonly PoolMemberRow[];
  /** Machines that already wait for a host of it; they are served too. */
  waiting: readonly MachineRow[];
}

/** Whether the provider would take a host of this pool: Available, owned by nobody, Ready, with a plan Secret and its storage prepared. */
export function isFree({ object }: HostRow, pool: string): boolean {
  return (
    (object.allocation === 'Available' || object.allocation === undefined) &&
    object.ownerBaremetalMachine === undefined &&
    object.deleting === undefined &&
    object.planSecret !== undefined &&
    findCondition(object.conditions, 'Ready')?.status === 'True' &&
    (object.poolAnnotation ?? pool) === pool &&
    !storageHolds(object)
  );
}

/** The pool of a name. */
export function poolNamed(fleet: Fleet, name: string | undefined): PoolRow | undefined {
  return name === undefined ? undefined : fleet.pools.list.find((pool) => pool.name === name);
}

/** What stands in a pool now. Declaration order is the order of serving (domain: Ordered allocation). */
export function viewPool(fleet: Fleet, pool: PoolRow): PoolView {
  return {
    pool,
    free: pool.members.filter(({ host }) => host && isFree(host, pool.name)),
    waiting: fleet.machines.list.filter(
      ({ baremetal, machine, host }) =>
        baremetal?.pool === pool.name &&
        baremetal.inventory === undefined &&
        baremetal.deleting === undefined &&
        machine?.deleting === undefined &&
        host === undefined,
    ),
  };
}

/** `workers-b is rolling out on prod-pool too`: what other groups do that takes hosts of the same pool. */
export function rivals(fleet: Fleet, pool: PoolRow, self: string): string[] {
  const found: string[] = [];
  for (const group of fleet.groups.list) {
    if (group.uid === self || group.pool !== pool.name) continue;
    const { desired, current } = group.replicas;
    if (desired !== undefined && current !== undefined && current < desired) {
      found.push(`${group.name} is to have ${desired} machines, has ${current} and takes hosts of ${pool.name} too`);
    } else if (group.rolling) {
      found.push(`${group.name} is rolling out on ${pool.name} too`);
    }
  }
  return found;
}
