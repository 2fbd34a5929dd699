/**
 * One row from the world and the rows it builds on. Rows build on one another in one direction (plan; host, machine;
 * group; pool; cluster), so they are settled in that order.
 */
import { PAUSED } from '../annotations.ts';
import type { ControlPlane } from '../objects.ts';
import { clusterRow } from './clusters.ts';
import type { Group } from './group-progress.ts';
import { groupRow } from './groups.ts';
import { hostRow } from './hosts.ts';
import {
  baremetalOf,
  claimantsOf,
  claimsOf,
  groupKeyFor,
  groupOf,
  groupRef,
  hostOfPlan,
  listingsOf,
  partnerOf,
  planOfHost,
  setsOf,
} from './joins.ts';
import { machineRow } from './machines.ts';
import { planRow } from './plans.ts';
import { poolRow } from './pools.ts';
import type { ClusterRow, GroupRow, HostRow, MachineRow, PlanRow, PoolRow } from './rows.ts';
import { byName } from './sorted.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

export function computePlan(world: World, uid: string): PlanRow | undefined {
  const plan = world.shelves.plan.get(uid);
  if (!plan) return undefined;
  const host = hostOfPlan(world, plan);
  return planRow({
    plan,
    detail: world.details.get(uid),
    host,
    baremetal: host && claimantsOf(world, host)[0],
    baremetalComplete: world.isComplete('baremetalMachine'),
  });
}

export function computeHost(world: World, tables: Tables, uid: string): HostRow | undefined {
  const host = world.shelves.host.get(uid);
  return (
    host &&
    hostRow({
      host,
      plan: tables.plan.get(planOfHost(world, host)?.uid),
      listings: listingsOf(world, host),
      annotatedPoolExists: world.shelves.pool.named(host.poolAnnotation) !== undefined,
      claims: claimsOf(world, host),
      poolsComplete: world.isComplete('pool'),
      machinesComplete: world.isComplete('baremetalMachine'),
    })
  );
}

export function computeMachine(world: World, tables: Tables, uid: string): MachineRow | undefined {
  const { shelves } = world;
  const machine = shelves.machine.get(uid);
  const baremetal = machine ? baremetalOf(world, machine) : shelves.baremetalMachine.get(uid);
  if (!machine && (!baremetal || partnerOf(world, baremetal))) return undefined;
  const host = shelves.host.named(baremetal?.inventory);
  const rivals: string[] = [];
  if (baremetal?.inventory !== undefined) {
    for (const other of world.claims.get(baremetal.inventory)) {
      const name = other === baremetal.uid ? undefined : shelves.baremetalMachine.get(other)?.name;
      if (name !== undefined) rivals.push(name);
    }
  }
  const key = groupKeyFor(world, machine, baremetal);
  return machineRow({
    machine,
    baremetal,
    host,
    plan: tables.plan.get(planOfHost(world, host)?.uid),
    node: world.workloads.nodeOf(machine, baremetal),
    rivals: rivals.sort(),
    group: groupRef(groupOf(world, key)),
    groupName: key?.slice(key.indexOf('/') + 1),
    hostsComplete: world.isComplete('host'),
    machinesComplete: world.isComplete('machine'),
    baremetalComplete: world.isComplete('baremetalMachine'),
  });
}

function missingTemplate(world: World, group: Group): string | undefined {
  const { shelves } = world;
  const infra = group.infraTemplate;
  if (infra && world.isComplete('baremetalMachineTemplate') && !shelves.baremetalMachineTemplate.named(infra.name)) {
    return infra.name;
  }
  const bootstrap = group.kind === 'deployment' ? group.bootstrapTemplate : undefined;
  if (bootstrap && world.isComplete('bootstrapTemplate') && !shelves.bootstrapTemplate.named(bootstrap.name)) {
    return bootstrap.name;
  }
  return undefined;
}

function planeOf(world: World, cluster: string | undefined): ControlPlane | undefined {
  if (cluster === undefined) return undefined;
  // Of several the first by name, whatever order they came in.
  return [...world.groupsOf.get(cluster)].flatMap((uid) => world.shelves.controlPlane.get(uid) ?? []).sort(byName)[0];
}

export function computeGroup(world: World, uid: string, machines: readonly MachineRow[]): GroupRow | undefined {
  const { shelves } = world;
  const group = shelves.deployment.get(uid) ?? shelves.controlPlane.get(uid);
  if (!group) return undefined;
  const cluster = shelves.cluster.named(group.clusterName);
  return groupRow({
    group,
    machines,
    sets: group.kind === 'deployment' ? setsOf(world, group.name) : [],
    pool: shelves.baremetalMachineTemplate.named(group.infraTemplate?.name)?.pool,
    missingTemplate: missingTemplate(world, group),
    plane: group.kind === 'deployment' ? planeOf(world, group.clusterName) : undefined,
    clusterPaused: cluster !== undefined && (cluster.paused || Object.hasOwn(cluster.annotations, PAUSED)),
  });
}

export function computePool(world: World, uid: string): PoolRow | undefined {
  const pool = world.shelves.pool.get(uid);
  if (!pool) return undefined;
  const members = world.membersOf(uid);
  const shared: { member: string; pool: string }[] = [];
  for (const name of members.links.keys()) {
    if (!world.listedBy.isShared(name)) continue;
    for (const other of world.listedBy.get(name)) {
      const otherPool = other === uid ? undefined : world.shelves.pool.get(other);
      if (otherPool) shared.push({ member: name, pool: otherPool.name });
    }
  }
  return poolRow({
    pool,
    members: members.rows(),
    counted: members.counted,
    twice: members.twice,
    shared: shared.sort((a, b) => (a.member < b.member ? -1 : a.member > b.member ? 1 : a.pool < b.pool ? -1 : 1)),
    hostsComplete: world.isComplete('host'),
  });
}

export function computeCluster(world: World, tables: Tables, uid: string): ClusterRow | undefined {
  const { shelves } = world;
  const cluster = shelves.cluster.get(uid);
  if (!cluster) return undefined;
  const groups: GroupRow[] = [];
  for (const groupUid of world.groupsOf.get(cluster.name)) {
    const row = tables.group.get(groupUid);
    if (row) groups.push(row);
  }
  groups.sort((a, b) => Number(b.controlPlane) - Number(a.controlPlane) || byName(a, b));
  const infrastructure = shelves.baremetalCluster.named(cluster.infrastructure?.name ?? cluster.name);
  return clusterRow({
    cluster,
    infrastructure,
    groups,
    hosts: world.hostCounts.get(cluster.name) ?? 0,
    infrastructureMissing:
      cluster.infrastructure?.apiKind === 'BaremetalCluster' && !infrastructure && world.isComplete('baremetalCluster'),
  });
}
