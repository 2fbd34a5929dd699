/**
 * The joined fleet, as views read it. Rows are immutable: a row that did not change keeps its identity from one
 * snapshot to the next, so that a view can compare by reference. No row holds an age: only times, and views tick.
 */
import type {
  AppRelease,
  BaremetalCluster,
  BaremetalMachine,
  BaremetalMachineTemplate,
  BootstrapTemplate,
  Catalog,
  Cluster,
  Condition,
  ControlPlane,
  Deployment,
  EventRecord,
  HealthCheck,
  Host,
  Machine,
  MachineSet,
  Plan,
  PlanDetail,
  Pool,
  PoolCounters,
  Registration,
  Replicas,
  Rollout,
  SeedImage,
} from '../objects.ts';
import type { Node, Workload } from '../workload.ts';
import type { HostUse, ObjectRef, PlanState, Problem, SeedImageState } from './words.ts';

export type { HostUse, ObjectRef, PlanState, PlanWord, Problem, SeedImageState, Severity } from './words.ts';

export interface PlanRow {
  kind: 'plan';
  uid: string;
  name: string;
  object: Plan;
  host?: string;
  hostUid?: string;
  /** clean, reprovision, storage-prepare, storage-release, empty, bootstrap, reset, or what was sent. */
  type: string;
  state: PlanState;
  detail?: PlanDetail;
  /** When the agent last ran it, well or not, where its data was read. */
  since?: number;
  attempts?: number;
  maxAttempts?: number;
  /** Its host is being told to do something just now. */
  inFlight: boolean;
  problem?: Problem;
  /** In flight or failed, so that its data is worth one read; false for a plan at rest. */
  wantsDetail: boolean;
}

export interface HostRow {
  kind: 'host';
  uid: string;
  name: string;
  object: Host;
  use: HostUse;
  /** The pool that lists it; where none does, the one its annotation names. */
  pool?: string;
  poolUid?: string;
  /** Place in the pool's declaration order, from 0. */
  position?: number;
  /** The name its node will bear. */
  hostname?: string;
  cluster?: string;
  /** The BaremetalMachine that holds it. */
  machine?: string;
  /** Uid of that machine's MachineRow. */
  machineUid?: string;
  node?: string;
  plan?: PlanRow;
  ready?: Condition;
  /** What it waits for, as a phrase; absent when it waits for nothing. */
  waiting?: string;
  /** When the present use began, where something says so. */
  since?: number;
  problem?: Problem;
}

/** A BaremetalMachine with its Machine; either may be missing. */
export interface MachineRow {
  kind: 'machine';
  /** The Machine's; the BaremetalMachine's where there is no Machine. */
  uid: string;
  name: string;
  machine?: Machine;
  baremetal?: BaremetalMachine;
  /** Pending, Allocated, Reprovisioning, Running, Preparing, Failed, or `Deleting`/`Provisioning`... of the Machine. */
  phase: string;
  /** The Machine is being deleted. */
  deleting: boolean;
  host?: string;
  hostUid?: string;
  pool?: string;
  cluster?: string;
  /** The group (MachineDeployment or KubeadmControlPlane) it belongs to. */
  group?: string;
  groupUid?: string;
  controlPlane: boolean;
  version?: string;
  node?: string;
  nodeVersion?: string;
  /** Its Node as the workload cluster itself has it; absent where that is not asked, or does not have it. */
  nodeObject?: Node;
  planState?: PlanState;
  waiting?: string;
  since?: number;
  problem?: Problem;
}

/** A MachineDeployment or KubeadmControlPlane. */
export interface GroupRow {
  kind: 'group';
  uid: string;
  name: string;
  object: Deployment | ControlPlane;
  controlPlane: boolean;
  cluster?: string;
  replicas: Replicas;
  version?: string;
  /** BaremetalMachineTemplate name, and the pool it points at where the template is known. */
  infraTemplate?: string;
  pool?: string;
  bootstrapTemplate?: string;
  rollout: Rollout;
  /** Computed from the figures, never from `status.phase`. */
  rolling: boolean;
  done: boolean;
  paused: boolean;
  /** Uids of its MachineRows, by name. */
  machines: readonly string[];
  waiting?: string;
  since?: number;
  problem?: Problem;
}

/** A pool member in declaration order; `host` is absent when no such MachineInventory exists. */
export interface PoolMemberRow {
  name: string;
  hostname?: string;
  host?: HostRow;
}

export interface PoolRow {
  kind: 'pool';
  uid: string;
  name: string;
  object: Pool;
  cluster?: string;
  members: readonly PoolMemberRow[];
  /** As the provider reports; a figure it left out is absent. */
  reported?: Partial<PoolCounters>;
  /** Counted from the hosts by us. */
  counted: PoolCounters;
  /** Names of the figures where both are known and differ. */
  mismatch: readonly (keyof PoolCounters)[];
  /** The reported parts do not add up to the reported total. Absent: cannot be judged. */
  sumOk?: boolean;
  ready?: Condition;
  problem?: Problem;
}

export interface ClusterRow {
  kind: 'cluster';
  uid: string;
  name: string;
  object: Cluster;
  infrastructure?: BaremetalCluster;
  phase?: string;
  paused: boolean;
  endpoint?: string;
  /** The lowest version of its control plane. */
  version?: string;
  /** The version that its control plane is being brought to, where not all of it is there yet. */
  nextVersion?: string;
  /** Uids of its GroupRows: control plane first, then by name. */
  groups: readonly string[];
  controlPlane?: { desired?: number; ready?: number };
  workers: { desired: number; ready: number };
  hosts: number;
  waiting?: string;
  problem?: Problem;
}

export interface SeedImageRow {
  kind: 'seedImage';
  uid: string;
  name: string;
  object: SeedImage;
  state: SeedImageState;
  since?: number;
  problem?: Problem;
}

export interface RegistrationRow {
  kind: 'registration';
  uid: string;
  name: string;
  object: Registration;
  ready?: Condition;
  problem?: Problem;
}

/** One thing that needs eyes, problems first, then oldest first. */
export interface Attention extends Problem {
  ref: ObjectRef;
}

/** Figures over the whole fleet, counted from rows. */
export interface Counters {
  hosts: number;
  inUse: number;
  free: number;
  /** Reprovisioning or preparing, or allocated and not yet running. */
  busy: number;
  bad: number;
  unpooled: number;
  machines: number;
  machinesRunning: number;
  machinesBad: number;
  plansRunning: number;
  plansBad: number;
  groups: number;
  groupsRolling: number;
  clusters: number;
}

/** Rows of one sort. `revision` moves when any of them did. */
export interface Rows<T> {
  revision: number;
  /** By name, ascending by code unit. */
  list: readonly T[];
  byUid: ReadonlyMap<string, T>;
}

/** One consistent picture of the fleet. */
export interface Fleet {
  revision: number;
  hosts: Rows<HostRow>;
  machines: Rows<MachineRow>;
  groups: Rows<GroupRow>;
  pools: Rows<PoolRow>;
  clusters: Rows<ClusterRow>;
  plans: Rows<PlanRow>;
  machineSets: Rows<MachineSet>;
  registrations: Rows<RegistrationRow>;
  seedImages: Rows<SeedImageRow>;
  /** Newest first. */
  events: Rows<EventRecord>;
  /** Kinds without a screen of their own: reached from the objects that use them. */
  baremetalClusters: Rows<BaremetalCluster>;
  machineTemplates: Rows<BaremetalMachineTemplate>;
  bootstrapTemplates: Rows<BootstrapTemplate>;
  healthChecks: Rows<HealthCheck>;
  /** Of the management cluster. */
  appReleases: Rows<AppRelease>;
  /** By name of the Cluster: those that are asked, or were to be. */
  workloads: ReadonlyMap<string, Workload>;
  catalog?: Catalog;
  counters: Counters;
  attention: readonly Attention[];
}
