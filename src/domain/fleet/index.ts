/**
 * The joined fleet, kept up to date by differences.
 *
 * What readers may rely on:
 * - A snapshot is one consistent picture and never changes afterwards; an older one may be compared with a newer one.
 * - A row that says the same keeps its identity; a snapshot after which nothing changed is the same object.
 * - The picture depends on the objects present and on nothing else: changes may come in any order and in any batches,
 *   as long as the changes of one uid keep theirs.
 * - Rows are computed in `snapshot()`, and only those that a change may have touched (see `touch.ts`).
 */
import type { Kind } from '../kinds.ts';
import type { Change, DomainObject, PlanDetail } from '../objects.ts';
import type { Workload } from '../workload.ts';
import { touchAbsences } from './absences.ts';
import { AttentionList } from './attention.ts';
import { Tally } from './counters.ts';
import type { Fleet } from './rows.ts';
import { type Settling, settle } from './settle.ts';
import { createTables } from './tables.ts';
import { createTouches, touchDetail, touchNodes } from './touch.ts';
import { World } from './world.ts';

export interface FleetIndex {
  /** Takes in differences. A deletion of what is not held is nothing. */
  apply(changes: readonly Change[]): void;
  /** What was read of a plan Secret, by the Secret's uid; `undefined` forgets it. Nothing for a plan not held. */
  setPlanDetail(planUid: string, detail: PlanDetail | undefined): void;
  /**
   * The kinds of which every object is held. Only of those is an object not found said not to exist; of a kind that
   * is still arriving, or forbidden, an absence means nothing. Until this is first called, all kinds count as complete.
   */
  setComplete(kinds: ReadonlySet<Kind>): void;
  /** What a workload cluster says of itself, by the name of its Cluster; `undefined` forgets it. */
  setWorkload(cluster: string, workload: Workload | undefined): void;
  /** Computes rows ahead of `snapshot()` until `expired` says so; gives whether none is left for it. */
  settle(expired: () => boolean): boolean;
  /** The picture now. */
  snapshot(): Fleet;
  /** How much work was done: rows computed since the beginning. */
  readonly stats: { readonly recomputed: number };
}

/** An empty fleet. */
export function createFleet(): FleetIndex {
  const world = new World();
  const tables = createTables();
  const settling: Settling = {
    world,
    tables,
    tally: new Tally(),
    attention: new AttentionList(),
    machinesOfGroup: new Map(),
    stats: { recomputed: 0 },
  };
  const hostRowOf = (name: string) => tables.host.get(world.shelves.host.named(name)?.uid);
  const touches = createTouches(world, tables, hostRowOf);
  let fleet: Fleet | undefined;

  function touch(kind: Kind, before: DomainObject | undefined, after: DomainObject | undefined): void {
    // The shelf of a kind holds that kind's objects, which the compiler cannot follow through a variable kind.
    (touches[kind] as (before: DomainObject | undefined, after: DomainObject | undefined) => void)(before, after);
  }

  function picture(): Fleet {
    return {
      revision: (fleet?.revision ?? 0) + 1,
      hosts: tables.host.rows,
      machines: tables.machine.rows,
      groups: tables.group.rows,
      pools: tables.pool.rows,
      clusters: tables.cluster.rows,
      plans: tables.plan.rows,
      machineSets: tables.machineSet.rows,
      registrations: tables.registration.rows,
      seedImages: tables.seedImage.rows,
      events: tables.event.rows,
      baremetalClusters: tables.baremetalCluster.rows,
      machineTemplates: tables.baremetalMachineTemplate.rows,
      bootstrapTemplates: tables.bootstrapTemplate.rows,
      healthChecks: tables.healthCheck.rows,
      appReleases: tables.appRelease.rows,
      workloads: world.workloads.all,
      catalog: world.shelves.catalog.named('elemental-image-catalog'),
      counters: settling.tally.counters,
      attention: settling.attention.list,
    };
  }

  return {
    stats: settling.stats,
    apply(changes) {
      for (const change of changes) {
        if (change.type === 'set') {
          const { object } = change;
          const before = (
            world.shelves[object.kind] as {
              set(each: DomainObject): DomainObject | undefined;
            }
          ).set(object);
          if (before !== object) touch(object.kind, before, object);
        } else {
          const before = world.shelves[change.kind].delete(change.uid);
          if (before) touch(change.kind, before, undefined);
        }
      }
    },
    setPlanDetail(planUid, detail) {
      const plan = world.shelves.plan.get(planUid);
      if (plan) touchDetail(world, tables, plan, detail);
    },
    setComplete(kinds) {
      for (const kind of world.setComplete(kinds)) {
        touchAbsences(kind, world, tables);
        if (kind === 'host') for (const members of world.members.values()) members.recount(hostRowOf);
      }
    },
    setWorkload(cluster, workload) {
      if (world.workloads.set(cluster, workload)) touchNodes(world, tables, cluster);
    },
    settle: (expired) => settle(settling, expired),
    snapshot() {
      settle(settling);
      const next = picture();
      const keys = Object.keys(next) as (keyof Fleet)[];
      if (!fleet || keys.some((key) => key !== 'revision' && next[key] !== fleet?.[key])) fleet = next;
      return fleet;
    },
  };
}
