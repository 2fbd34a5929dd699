/**
 * Which rows an object's change may change. This is where the cost of a change is decided: what is not touched here is
 * not computed. Each entry keeps the kind's indexes and touches rows by what the object was and by what it is.
 */
import { PAUSED } from '../annotations.ts';
import type { Kind } from '../kinds.ts';
import type {
  BaremetalMachine,
  Cluster,
  ControlPlane,
  Deployment,
  Machine,
  Meta,
  ObjectOf,
  Plan,
  PlanDetail,
} from '../objects.ts';
import { isUpgrading } from './group-progress.ts';
import type { HostRow } from './rows.ts';
import type { Shelf } from './shelf.ts';
import type { Tables } from './tables.ts';
import { groupKey, groupKeyOf, planKeyOf, type World } from './world.ts';

export type Touches = {
  readonly [K in Kind]: (before: ObjectOf[K] | undefined, after: ObjectOf[K] | undefined) => void;
};

/** The name an object's pointer gives, for both states of a change. */
function both<T, V>(before: T | undefined, after: T | undefined, read: (object: T) => V | undefined): Set<V> {
  const found = new Set<V>();
  for (const object of [before, after]) {
    const value = object === undefined ? undefined : read(object);
    if (value !== undefined) found.add(value);
  }
  return found;
}

const machineOwner = (baremetal: BaremetalMachine) =>
  baremetal.owners.find(({ apiKind }) => apiKind === 'Machine')?.uid;
const clusterPaused = (cluster: Cluster | undefined) =>
  cluster !== undefined && (cluster.paused || Object.hasOwn(cluster.annotations, PAUSED));
/** A Machine without a group of its own belongs to its MachineSet's. */
const setOf = (machine: Machine) => (groupKeyOf(machine) === undefined ? machine.machineSet : undefined);

/** Whether the same object stands for its name as before: that changes when one comes or goes, or while two share it. */
function stays<T extends Meta>(shelf: Shelf<T>, before: T | undefined, after: T | undefined): boolean {
  return before !== undefined && after !== undefined && [...shelf.uidsNamed(after.name)].length === 1;
}

/** The touches over one world and its tables. `hostRowOf` gives the row of the host that stands for a name. */
export function createTouches(world: World, tables: Tables, hostRowOf: (name: string) => HostRow | undefined): Touches {
  const { shelves } = world;

  const plansOfHost = (name: string) => {
    for (const uid of shelves.host.uidsNamed(name)) {
      const host = shelves.host.get(uid);
      if (host) tables.plan.touchEach(shelves.plan.uidsNamed(planKeyOf(host)));
    }
  };
  const hostsOn = (baremetal: BaremetalMachine) => {
    if (baremetal.inventory !== undefined) {
      tables.host.touchEach(shelves.host.uidsNamed(baremetal.inventory));
      plansOfHost(baremetal.inventory);
    }
    for (const uid of world.ownedBy.get(baremetal.name)) {
      tables.host.touch(uid);
      const host = shelves.host.get(uid);
      if (host) tables.plan.touchEach(shelves.plan.uidsNamed(planKeyOf(host)));
    }
  };
  /** The row or rows a BaremetalMachine may stand in. */
  const rowsOf = (baremetal: BaremetalMachine) => {
    tables.machine.touchEach(shelves.baremetalMachine.uidsNamed(baremetal.name));
    tables.machine.touch(baremetal.uid);
    tables.machine.touchEach(world.machinesOn.get(baremetal.name));
    const owner = machineOwner(baremetal);
    if (owner !== undefined) tables.machine.touch(owner);
  };
  const claimantsRows = (host: string) => {
    for (const uid of world.claims.get(host)) {
      const baremetal = shelves.baremetalMachine.get(uid);
      if (baremetal) rowsOf(baremetal);
    }
  };

  const group = (before: ControlPlane | Deployment | undefined, after: ControlPlane | Deployment | undefined) => {
    const object = after ?? before;
    if (!object) return;
    const { kind, uid, name } = object;
    world.groupsOf.move(before?.clusterName, after?.clusterName, uid);
    world.groupsByInfra.move(before?.infraTemplate?.name, after?.infraTemplate?.name, uid);
    const bootstrap = (each: typeof object | undefined) =>
      each?.kind === 'deployment' ? each.bootstrapTemplate?.name : undefined;
    world.groupsByBootstrap.move(bootstrap(before), bootstrap(after), uid);
    tables.group.touchEach(shelves[kind].uidsNamed(name));
    tables.group.touch(uid);
    for (const cluster of both(before, after, (each) => each.clusterName))
      tables.cluster.touchEach(shelves.cluster.uidsNamed(cluster));
    // While it moves, workers wait for their control plane.
    const moves = (each: typeof object | undefined) => each?.kind === 'controlPlane' && isUpgrading(each);
    if (kind === 'controlPlane' && (!before || !after || moves(before) !== moves(after)))
      for (const cluster of both(before, after, (each) => each.clusterName))
        tables.group.touchEach(world.groupsOf.get(cluster));
    if (stays(shelves[kind], before, after)) return;
    for (const member of world.machinesIn.get(groupKey(kind, name))) {
      tables.machine.touch(member);
      const baremetal = shelves.baremetalMachine.get(member);
      if (baremetal) rowsOf(baremetal);
    }
    if (kind === 'deployment') {
      for (const set of world.setsOf.get(name))
        tables.machine.touchEach(world.machinesOfSet.get(shelves.machineSet.get(set)?.name));
    }
  };

  return {
    pool(before, after) {
      const object = after ?? before;
      if (!object) return;
      const members = world.membersOf(object.uid);
      const moved = members.take(after, hostRowOf);
      const renamed = before?.clusterName !== after?.clusterName || !before || !after;
      for (const name of moved) {
        if (members.links.has(name)) world.listedBy.add(name, object.uid);
        else world.listedBy.remove(name, object.uid);
        tables.host.touchEach(shelves.host.uidsNamed(name));
        tables.pool.touchEach(world.listedBy.get(name));
      }
      // A pool's name and cluster stand in its members' rows, and since when they are free while it is as it was made.
      const edited = (before?.generation === 1) !== (after?.generation === 1);
      if (renamed || edited)
        for (const name of members.links.keys()) tables.host.touchEach(shelves.host.uidsNamed(name));
      if (!before || !after) tables.host.touchEach(world.annotatedFor.get(object.name));
      if (!after) world.members.delete(object.uid);
      tables.pool.touch(object.uid);
    },
    host(before, after) {
      const object = after ?? before;
      if (!object) return;
      world.hostsOfPlan.move(before && planKeyOf(before), after && planKeyOf(after), object.uid);
      world.annotatedFor.move(before?.poolAnnotation, after?.poolAnnotation, object.uid);
      world.ownedBy.move(before?.ownerBaremetalMachine, after?.ownerBaremetalMachine, object.uid);
      tables.host.touch(object.uid);
      tables.host.touchEach(shelves.host.uidsNamed(object.name));
      for (const key of both(before, after, planKeyOf)) tables.plan.touchEach(shelves.plan.uidsNamed(key));
      claimantsRows(object.name);
    },
    plan(before, after) {
      const object = after ?? before;
      if (!object) return;
      if (!after) world.details.delete(object.uid);
      tables.plan.touch(object.uid);
      tables.plan.touchEach(shelves.plan.uidsNamed(object.name));
    },
    baremetalMachine(before, after) {
      const object = after ?? before;
      if (!object) return;
      // Those that share its host, its name or its owner: who stands in whose row may change between them.
      const kin = () => {
        for (const inventory of both(before, after, (each) => each.inventory)) claimantsRows(inventory);
        for (const uid of shelves.baremetalMachine.uidsNamed(object.name)) claimed(uid);
        for (const machine of both(before, after, machineOwner)) {
          for (const uid of world.baremetalOf.get(machine)) claimed(uid);
        }
      };
      const claimed = (uid: string) => {
        const each = shelves.baremetalMachine.get(uid);
        if (!each) return;
        rowsOf(each);
        hostsOn(each);
      };
      if (before) rowsOf(before);
      kin();
      world.claims.move(before?.inventory, after?.inventory, object.uid);
      world.baremetalOf.move(before && machineOwner(before), after && machineOwner(after), object.uid);
      world.machinesIn.move(before && groupKeyOf(before), after && groupKeyOf(after), object.uid);
      if (after) rowsOf(after);
      kin();
      for (const each of [before, after]) if (each) hostsOn(each);
    },
    machine(before, after) {
      const object = after ?? before;
      if (!object) return;
      const infra = (each: Machine) => each.infrastructure?.name;
      const touchPartners = () => {
        for (const name of both(before, after, infra)) {
          tables.machine.touchEach(world.machinesOn.get(name));
          for (const uid of shelves.baremetalMachine.uidsNamed(name)) {
            const baremetal = shelves.baremetalMachine.get(uid);
            if (!baremetal) continue;
            rowsOf(baremetal);
            hostsOn(baremetal);
          }
        }
        for (const uid of world.baremetalOf.get(object.uid)) {
          const baremetal = shelves.baremetalMachine.get(uid);
          if (!baremetal) continue;
          rowsOf(baremetal);
          hostsOn(baremetal);
        }
      };
      world.machinesOn.move(before && infra(before), after && infra(after), object.uid);
      world.machinesIn.move(before && groupKeyOf(before), after && groupKeyOf(after), object.uid);
      world.machinesOfSet.move(before && setOf(before), after && setOf(after), object.uid);
      tables.machine.touch(object.uid);
      touchPartners();
    },
    machineSet(before, after) {
      const object = after ?? before;
      if (!object) return;
      world.setsOf.move(before?.deployment, after?.deployment, object.uid);
      tables.machineSet.touch(object.uid);
      for (const name of both(before, after, (each) => each.deployment)) {
        tables.group.touchEach(shelves.deployment.uidsNamed(name));
      }
      const alone = [...shelves.machineSet.uidsNamed(object.name)].length === 1;
      if (!alone || before?.deployment !== after?.deployment)
        tables.machine.touchEach(world.machinesOfSet.get(object.name));
    },
    deployment: group,
    controlPlane: group,
    cluster(before, after) {
      const object = after ?? before;
      if (!object) return;
      const infra = (each: Cluster | undefined) => each && (each.infrastructure?.name ?? each.name);
      world.clustersOn.move(infra(before), infra(after), object.uid);
      tables.cluster.touch(object.uid);
      if (!stays(shelves.cluster, before, after) || clusterPaused(before) !== clusterPaused(after))
        tables.group.touchEach(world.groupsOf.get(object.name));
    },
    baremetalCluster(before, after) {
      const object = after ?? before;
      if (!object) return;
      tables.baremetalCluster.touch(object.uid);
      tables.cluster.touchEach(world.clustersOn.get(object.name));
    },
    baremetalMachineTemplate(before, after) {
      const object = after ?? before;
      if (!object) return;
      tables.baremetalMachineTemplate.touch(object.uid);
      tables.group.touchEach(world.groupsByInfra.get(object.name));
    },
    bootstrapTemplate(before, after) {
      const object = after ?? before;
      if (!object) return;
      tables.bootstrapTemplate.touch(object.uid);
      tables.group.touchEach(world.groupsByBootstrap.get(object.name));
    },
    healthCheck: (before, after) => tables.healthCheck.touch((after ?? before)!.uid),
    registration: (before, after) => tables.registration.touch((after ?? before)!.uid),
    seedImage: (before, after) => tables.seedImage.touch((after ?? before)!.uid),
    catalog: () => undefined,
    appRelease: (before, after) => tables.appRelease.touch((after ?? before)!.uid),
    event: (before, after) => tables.event.touch((after ?? before)!.uid),
  };
}

/** Keeps or drops what was read of a plan Secret, and touches the plan's row. */
export function touchDetail(world: World, tables: Tables, plan: Plan, detail: PlanDetail | undefined): void {
  if (detail === undefined) world.details.delete(plan.uid);
  else world.details.set(plan.uid, detail);
  tables.plan.touch(plan.uid);
}

/** Touches the machines of a cluster whose Node is another one now, or says something else. */
export function touchNodes(world: World, tables: Tables, cluster: string): void {
  for (const row of tables.machine.rows.list) {
    if (row.cluster !== cluster) continue;
    if (world.workloads.nodeOf(row.machine, row.baremetal) !== row.nodeObject) tables.machine.touch(row.uid);
  }
}
