/** Computes what was touched, sort by sort, and carries each change on to the rows that build on it. */
import type { MachineSet } from '../objects.ts';
import type { AttentionList } from './attention.ts';
import { computeCluster, computeGroup, computeHost, computeMachine, computePlan, computePool } from './compute.ts';
import type { Tally } from './counters.ts';
import type { ClusterRow, GroupRow, HostRow, MachineRow, PlanRow } from './rows.ts';
import { registrationRow, seedImageRow } from './seed-images.ts';
import { byName, lowerBound } from './sorted.ts';
import type { RowChange, Table } from './table.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

/** Events held; older ones are forgotten. */
const EVENT_CAP = 1_000;

export interface Settling {
  world: World;
  tables: Tables;
  tally: Tally;
  attention: AttentionList;
  /** The machine rows of each group, by name. */
  machinesOfGroup: Map<string, MachineRow[]>;
  stats: { recomputed: number };
}

function onPlans({ world, tables }: Settling, changes: readonly RowChange<PlanRow>[]): void {
  for (const { before, after } of changes) {
    const { name } = (after ?? before)!;
    for (const uid of world.hostsOfPlan.get(name)) {
      tables.host.touch(uid);
      for (const claimant of world.claims.get(world.shelves.host.get(uid)?.name)) {
        tables.machine.touch(claimant);
        const baremetal = world.shelves.baremetalMachine.get(claimant);
        if (baremetal) tables.machine.touchEach(world.machinesOn.get(baremetal.name));
        const owner = baremetal?.owners.find(({ apiKind }) => apiKind === 'Machine');
        if (owner) tables.machine.touch(owner.uid);
      }
    }
  }
}

function onHosts({ world, tables }: Settling, changes: readonly RowChange<HostRow>[]): void {
  const count = (cluster: string | undefined, by: number) => {
    if (cluster === undefined) return;
    const next = (world.hostCounts.get(cluster) ?? 0) + by;
    if (next === 0) world.hostCounts.delete(cluster);
    else world.hostCounts.set(cluster, next);
    tables.cluster.touchEach(world.shelves.cluster.uidsNamed(cluster));
  };
  for (const { before, after } of changes) {
    const { name } = (after ?? before)!;
    const standing = tables.host.get(world.shelves.host.named(name)?.uid);
    for (const pool of world.listedBy.get(name)) {
      world.members.get(pool)?.place(name, standing);
      tables.pool.touch(pool);
    }
    if (before?.cluster === after?.cluster) continue;
    count(before?.cluster, -1);
    count(after?.cluster, 1);
  }
}

function onMachines({ tables, machinesOfGroup }: Settling, changes: readonly RowChange<MachineRow>[]): void {
  for (const { before, after } of changes) {
    if (before?.groupUid !== undefined) {
      const rows = machinesOfGroup.get(before.groupUid);
      rows?.splice(lowerBound(rows, before, byName), 1);
      if (rows?.length === 0) machinesOfGroup.delete(before.groupUid);
      tables.group.touch(before.groupUid);
    }
    if (after?.groupUid !== undefined) {
      const rows = machinesOfGroup.get(after.groupUid) ?? [];
      rows.splice(lowerBound(rows, after, byName), 0, after);
      machinesOfGroup.set(after.groupUid, rows);
      tables.group.touch(after.groupUid);
    }
  }
}

function onGroups({ world, tables }: Settling, changes: readonly RowChange<GroupRow>[]): void {
  for (const { before, after } of changes) {
    for (const cluster of [before?.cluster, after?.cluster]) {
      if (cluster !== undefined) tables.cluster.touchEach(world.shelves.cluster.uidsNamed(cluster));
    }
  }
}

function forgetOldEvents({ world, tables }: Settling): void {
  const { list } = tables.event.rows;
  if (list.length <= EVENT_CAP) return;
  for (const event of list.slice(EVENT_CAP)) {
    world.shelves.event.delete(event.uid);
    tables.event.touch(event.uid);
  }
  tables.event.settle((uid) => world.shelves.event.get(uid));
}

type Counted = PlanRow | HostRow | MachineRow | GroupRow | ClusterRow;

/**
 * Brings all rows up to date, at the cost of what was touched since the last time. Once `expired` says so it stops, with
 * each row either as it was or as it will be, and the next call goes on. Gives whether nothing is left.
 */
export function settle(settling: Settling, expired?: () => boolean): boolean {
  const { world, tables, tally, attention, machinesOfGroup, stats } = settling;
  const { shelves } = world;
  let late = false;
  function run<R extends { uid: string }>(
    table: Table<R>,
    compute: (uid: string) => R | undefined,
    take?: (changes: readonly RowChange<R>[]) => void,
  ): void {
    // A table builds on those before it: it has to wait for them.
    if (late) return;
    const { computed, changes } = table.settle(compute, expired);
    stats.recomputed += computed;
    if (changes.length > 0) take?.(changes);
    late = table.dirty;
  }
  const count = (changes: readonly RowChange<Counted>[]) => {
    tally.take(changes);
    attention.take(changes);
  };

  run(
    tables.plan,
    (uid) => computePlan(world, uid),
    (changes) => {
      onPlans(settling, changes);
      count(changes);
    },
  );
  run(
    tables.host,
    (uid) => computeHost(world, tables, uid),
    (changes) => {
      onHosts(settling, changes);
      count(changes);
    },
  );
  run(
    tables.machine,
    (uid) => computeMachine(world, tables, uid),
    (changes) => {
      onMachines(settling, changes);
      count(changes);
    },
  );
  run(
    tables.group,
    (uid) => computeGroup(world, uid, machinesOfGroup.get(uid) ?? []),
    (changes) => {
      onGroups(settling, changes);
      count(changes);
    },
  );
  run(
    tables.pool,
    (uid) => computePool(world, uid),
    (changes) => attention.take(changes),
  );
  run(tables.cluster, (uid) => computeCluster(world, tables, uid), count);
  run(
    tables.registration,
    (uid) => {
      const object = shelves.registration.get(uid);
      return object && registrationRow(object);
    },
    (changes) => attention.take(changes),
  );
  run(
    tables.seedImage,
    (uid) => {
      const object = shelves.seedImage.get(uid);
      return object && seedImageRow(object);
    },
    (changes) => attention.take(changes),
  );
  run<MachineSet>(tables.machineSet, (uid) => shelves.machineSet.get(uid));
  run(tables.baremetalCluster, (uid) => shelves.baremetalCluster.get(uid));
  run(tables.baremetalMachineTemplate, (uid) => shelves.baremetalMachineTemplate.get(uid));
  run(tables.bootstrapTemplate, (uid) => shelves.bootstrapTemplate.get(uid));
  run(tables.healthCheck, (uid) => shelves.healthCheck.get(uid));
  run(tables.appRelease, (uid) => shelves.appRelease.get(uid));
  run(tables.event, (uid) => shelves.event.get(uid));
  if (late) return false;
  forgetOldEvents(settling);
  return true;
}
