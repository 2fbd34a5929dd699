/** The objects as they came, with the indexes by which they find one another. Nothing is judged here. */
import { KINDS, type Kind } from '../kinds.ts';
import type { BaremetalMachine, Host, Machine, ObjectOf, PlanDetail } from '../objects.ts';
import { PoolMembers } from './members.ts';
import { Multi, Shelf } from './shelf.ts';
import { Workloads } from './workloads.ts';

type Shelves = { readonly [K in Kind]: Shelf<ObjectOf[K]> };

export class World {
  readonly shelves: Shelves = Object.fromEntries(KINDS.map((kind) => [kind, new Shelf()])) as unknown as Shelves;
  /** By uid of the plan Secret. */
  readonly details = new Map<string, PlanDetail>();
  /** By uid of the pool. */
  readonly members = new Map<string, PoolMembers>();

  /** Host name to the pools that list it. */
  readonly listedBy = new Multi();
  /** Pool name to the hosts annotated with it. */
  readonly annotatedFor = new Multi();
  /** Plan Secret name to hosts. */
  readonly hostsOfPlan = new Multi();
  /** BaremetalMachine name to the hosts annotated as its own. */
  readonly ownedBy = new Multi();
  /** Host name to the BaremetalMachines that claim it. */
  readonly claims = new Multi();
  /** Machine uid to the BaremetalMachines it owns. */
  readonly baremetalOf = new Multi();
  /** BaremetalMachine name to the Machines that refer to it. */
  readonly machinesOn = new Multi();
  /** Group key (see `groupKeyOf`) to Machines and to BaremetalMachines that name it. */
  readonly machinesIn = new Multi();
  /** MachineSet name to Machines. */
  readonly machinesOfSet = new Multi();
  /** MachineDeployment name to MachineSets. */
  readonly setsOf = new Multi();
  /** Cluster name to groups. */
  readonly groupsOf = new Multi();
  /** BaremetalMachineTemplate name to groups. */
  readonly groupsByInfra = new Multi();
  /** Bootstrap template name to groups. */
  readonly groupsByBootstrap = new Multi();
  /** BaremetalCluster name to clusters. */
  readonly clustersOn = new Multi();
  /** Cluster name to how many hosts are its own. */
  readonly hostCounts = new Map<string, number>();

  readonly workloads = new Workloads();

  #complete: ReadonlySet<Kind> = new Set(KINDS);

  /** Whether all objects of a kind are known, so that one not found is known not to exist. */
  isComplete(kind: Kind): boolean {
    return this.#complete.has(kind);
  }

  /** Gives the kinds for which the answer changed. */
  setComplete(kinds: ReadonlySet<Kind>): Kind[] {
    const changed = KINDS.filter((kind) => kinds.has(kind) !== this.#complete.has(kind));
    this.#complete = new Set(kinds);
    return changed;
  }

  membersOf(poolUid: string): PoolMembers {
    let members = this.members.get(poolUid);
    if (!members) {
      members = new PoolMembers(() => this.isComplete('host'));
      this.members.set(poolUid, members);
    }
    return members;
  }
}

/** The Secret a host's plan is in: the one it names, or the one of its own name that the operator always makes. */
export function planKeyOf(host: Host): string {
  return host.planSecret ?? host.name;
}

const CONTROL_PLANE_NAME = 'cluster.x-k8s.io/control-plane-name';
const DEPLOYMENT_NAME = 'cluster.x-k8s.io/deployment-name';

/** Groups of two kinds may share a name. */
export function groupKey(kind: 'controlPlane' | 'deployment', name: string): string {
  return `${kind}/${name}`;
}

/** The group that a Machine, or a BaremetalMachine by the labels it inherits, names itself. */
export function groupKeyOf(object: Machine | BaremetalMachine): string | undefined {
  const controlPlane = object.kind === 'machine' ? object.controlPlaneName : object.labels[CONTROL_PLANE_NAME];
  if (controlPlane) return groupKey('controlPlane', controlPlane);
  const deployment = object.kind === 'machine' ? object.deployment : object.labels[DEPLOYMENT_NAME];
  return deployment ? groupKey('deployment', deployment) : undefined;
}
