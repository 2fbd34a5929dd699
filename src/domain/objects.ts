/**
 * The domain's objects: what metaldeck keeps of each API object it watches, whichever API version served it.
 * Every string has been sanitised (no control characters, no escapes) and every field may be absent, for a server may
 * leave out anything. Times are epoch milliseconds.
 */
import type { Kind } from './kinds.ts';

/** A condition of any generation. `generation` says which list it stood in: Cluster API v1.10 keeps two. */
export interface Condition {
  type: string;
  /** `True`, `False`, `Unknown`, or whatever was sent. */
  status: string;
  reason?: string;
  message?: string;
  /** Only the v1beta1 generation has it: `Error`, `Warning`, `Info`. */
  severity?: string;
  since?: number;
  generation: 'v1beta1' | 'v1beta2' | 'plain';
}

export interface OwnerRef {
  apiKind: string;
  name: string;
  uid: string;
  controller: boolean;
}

export interface Ref {
  apiKind: string;
  name: string;
}

/** What every object has. */
export interface Meta {
  kind: Kind;
  uid: string;
  name: string;
  namespace: string;
  resourceVersion: string;
  generation?: number;
  created?: number;
  /** When deletion was asked for; the object stays until its finalizers are gone. */
  deleting?: number;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  owners: readonly OwnerRef[];
  finalizers: readonly string[];
}

/** A volume of managed storage, as the provider's journal has it. */
export interface StorageVolume {
  name: string;
  phase?: string;
  mountPath?: string;
  active?: boolean;
  required?: boolean;
  filesystem?: string;
  /** UUID of its filesystem, as it was observed. */
  filesystemUuid?: string;
  mutationState?: string;
  reason?: string;
  message?: string;
}

/** `status.storage` of a host whose disks are managed, or were. */
export interface HostStorage {
  operation?: {
    type?: string;
    phase?: string;
    mutationState?: string;
    id?: string;
    retryNonce?: number;
    started?: number;
    updated?: number;
  };
  /** Those of the operation under way, else those applied. */
  volumes: readonly StorageVolume[];
  /** A declaration is waiting to be taken up. */
  pendingSpecHash: boolean;
  /** StoragePrepared, StorageActive. */
  conditions: readonly Condition[];
}

/** A MachineInventory. */
export interface Host extends Meta {
  kind: 'host';
  conditions: readonly Condition[];
  /** Name of the plan Secret; a host without one is never allocated. */
  planSecret?: string;
  /** `status.plan.state`: goes stale when a new plan is written (domain rule: trust checksums first). */
  reportedPlanState?: string;
  reportedPlanChecksum?: string;
  /** `baremetal.alauda.io/allocation-state`: Available, Allocated, Preparing, Reprovisioning, Unavailable, or unknown. */
  allocation?: string;
  /** `baremetal.alauda.io/pool`, as the provider wrote it. */
  poolAnnotation?: string;
  ownerCluster?: string;
  ownerMachine?: string;
  ownerBaremetalMachine?: string;
  machineUuid?: string;
  serial?: string;
  os?: string;
  registrationIp?: string;
  addresses: readonly string[];
  interfaces: readonly { name: string; mac?: string; addresses: readonly string[] }[];
  storagePhase?: string;
  storageOperation?: { type?: string; phase?: string; mutationState?: string; updated?: number };
  /** Absent on a host without managed storage, which is most. */
  storage?: HostStorage;
  /** How many volumes are declared; absent where none is. */
  storageDeclared?: number;
  /** `status.storage.pendingSpecHash` is set: what the disks hold is not known to be what was declared. */
  storagePending?: boolean;
  /** The condition of its storage that stands at `False` and is not mere rest. */
  storageCondition?: Condition;
  bootId?: string;
  storageObservedAt?: number;
}

/** The reduced data of a plan Secret: nothing of its files, tokens or scripts is kept. */
export interface PlanDetail {
  /** The Secret's resourceVersion this was read at. */
  resourceVersion: string;
  /** `baremetal.alauda.io/plan.type` as it stood then: once the annotation differs, this detail is of an earlier plan. */
  planType?: string;
  /** sha256 of the plan's bytes, hex; absent when the Secret has no plan. */
  checksum?: string;
  appliedChecksum?: string;
  failedChecksum?: string;
  /** `plan-state`, which newer agents write; it replaces the checksum rule. */
  agentState?: string;
  failureCount?: number;
  successCount?: number;
  /** Absent: the agent tries without end. */
  maxFailures?: number;
  lastApplied?: number;
  instructions: readonly string[];
  /** Size of the plan in bytes. */
  size?: number;
}

/** A plan Secret, watched metadata-only. */
export interface Plan extends Meta {
  kind: 'plan';
  /** `baremetal.alauda.io/plan.type`: clean, reprovision, storage-prepare, storage-release; absent on a new host. */
  planType?: string;
  /** `elemental.cattle.io/plan.type`: empty, bootstrap, reset. */
  elementalType?: string;
}

export interface PoolMember {
  name: string;
  hostname?: string;
}

export interface PoolCounters {
  total: number;
  available: number;
  allocated: number;
  preparing: number;
  reprovisioning: number;
  unavailable: number;
}

/** A MachineInventoryPool. */
export interface Pool extends Meta {
  kind: 'pool';
  clusterName?: string;
  members: readonly PoolMember[];
  /** As the provider reports them; absent until it has looked at the pool. */
  reported?: Partial<PoolCounters>;
  conditions: readonly Condition[];
}

/** A BaremetalMachine. */
export interface BaremetalMachine extends Meta {
  kind: 'baremetalMachine';
  pool?: string;
  providerId?: string;
  phase?: string;
  ready?: boolean;
  inventory?: string;
  planSecret?: string;
  lastPlanChecksum?: string;
  failure?: { reason?: string; message?: string };
  addresses: readonly string[];
  conditions: readonly Condition[];
  clusterName?: string;
  clonedFrom?: string;
}

export interface BaremetalMachineTemplate extends Meta {
  kind: 'baremetalMachineTemplate';
  pool?: string;
}

export interface BaremetalCluster extends Meta {
  kind: 'baremetalCluster';
  endpoint?: { host: string; port?: number };
  loadBalancer?: { type?: string; host?: string; port?: number; vrid?: number };
  networkType?: string;
  ready?: boolean;
  conditions: readonly Condition[];
}

export interface Registration extends Meta {
  kind: 'registration';
  machineName?: string;
  url?: string;
  conditions: readonly Condition[];
}

export interface SeedImage extends Meta {
  kind: 'seedImage';
  baseImage?: string;
  registration?: string;
  targetPlatform?: string;
  size?: string;
  cleanupAfterMinutes?: number;
  retrigger?: boolean;
  downloadUrl?: string;
  checksumUrl?: string;
  /** `status.state`, which real controllers leave unset. */
  reportedState?: string;
  conditions: readonly Condition[];
}

/** The `elemental-image-catalog` ConfigMap: Kubernetes version to image. */
export interface Catalog extends Meta {
  kind: 'catalog';
  images: Readonly<Record<string, string>>;
}

/** A Cluster API Cluster. */
export interface Cluster extends Meta {
  kind: 'cluster';
  phase?: string;
  paused: boolean;
  endpoint?: { host: string; port?: number };
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
  controlPlane?: Ref;
  infrastructure?: Ref;
  infrastructureReady?: boolean;
  controlPlaneReady?: boolean;
  failure?: { reason?: string; message?: string };
  conditions: readonly Condition[];
}

/** The replica figures of a KubeadmControlPlane, MachineDeployment or MachineSet; absent is not zero. */
export interface Replicas {
  /** `spec.replicas` */
  desired?: number;
  /** `status.replicas`: deleting machines included. */
  current?: number;
  upToDate?: number;
  ready?: number;
  available?: number;
}

export interface Rollout {
  type?: string;
  maxSurge?: string;
  maxUnavailable?: string;
}

/** A MachineDeployment. */
export interface Deployment extends Meta {
  kind: 'deployment';
  clusterName?: string;
  replicas: Replicas;
  version?: string;
  infraTemplate?: Ref;
  bootstrapTemplate?: Ref;
  rollout: Rollout;
  deletePolicy?: string;
  /** `spec.paused`: holds the rollout only. */
  rolloutPaused: boolean;
  phase?: string;
  observedGeneration?: number;
  conditions: readonly Condition[];
}

/** A KubeadmControlPlane. */
export interface ControlPlane extends Meta {
  kind: 'controlPlane';
  clusterName?: string;
  replicas: Replicas;
  version?: string;
  /** The lowest version among its machines. */
  statusVersion?: string;
  infraTemplate?: Ref;
  rollout: Rollout;
  initialized?: boolean;
  observedGeneration?: number;
  conditions: readonly Condition[];
}

/** A MachineSet. */
export interface MachineSet extends Meta {
  kind: 'machineSet';
  clusterName?: string;
  deployment?: string;
  replicas: Replicas;
  version?: string;
  infraTemplate?: Ref;
  bootstrapTemplate?: Ref;
  deletePolicy?: string;
  revision?: number;
  conditions: readonly Condition[];
}

/** A Cluster API Machine. */
export interface Machine extends Meta {
  kind: 'machine';
  clusterName?: string;
  version?: string;
  phase?: string;
  providerId?: string;
  node?: string;
  nodeVersion?: string;
  infrastructure?: Ref;
  bootstrap?: Ref;
  bootstrapReady?: boolean;
  infrastructureReady?: boolean;
  controlPlane: boolean;
  controlPlaneName?: string;
  deployment?: string;
  machineSet?: string;
  /** `cluster.x-k8s.io/delete-machine` is present, whatever its value. */
  deleteMark: boolean;
  /** How long a drain may take, ms; 0 or absent: without end. */
  drainLimit?: number;
  /** How long volumes may take to be detached, ms; 0 or absent: without end. */
  detachLimit?: number;
  failure?: { reason?: string; message?: string };
  conditions: readonly Condition[];
}

export interface BootstrapTemplate extends Meta {
  kind: 'bootstrapTemplate';
}

export interface HealthCheck extends Meta {
  kind: 'healthCheck';
  clusterName?: string;
  maxUnhealthy?: string;
  unhealthyRange?: string;
  selector: Readonly<Record<string, string>>;
  expectedMachines?: number;
  currentHealthy?: number;
  remediationsAllowed?: number;
  /** How long a Node may take to join before its machine is given up, ms; 0: without end. */
  startupLimit?: number;
  conditions: readonly Condition[];
}

/** A Kubernetes Event. */
export interface EventRecord extends Meta {
  kind: 'event';
  type?: string;
  reason?: string;
  message?: string;
  about?: { apiKind: string; name: string; uid?: string };
  source?: string;
  occurrences: number;
  firstSeen?: number;
  lastSeen?: number;
}

/** A chart of an AppRelease: what is wanted of it, and what is there. */
export interface ReleaseChart {
  name?: string;
  targetRevision?: string;
  /** Changes before the health of what was installed is known. */
  installedRevision?: string;
}

/** An AppRelease: charts the platform installs and keeps, here or in a workload cluster. */
export interface AppRelease extends Meta {
  kind: 'appRelease';
  charts: readonly ReleaseChart[];
  /** `Upgrading`, `HealthChecking`, `Success`, `DownloadFailed`, `DeployFailed`, `NotReady`, or whatever was sent. */
  phase?: string;
  /** When what is wanted was last written, epoch ms, where the server tells. */
  written?: number;
  conditions: readonly Condition[];
}

/** Which shape each kind has. */
export interface ObjectOf {
  pool: Pool;
  host: Host;
  plan: Plan;
  baremetalMachine: BaremetalMachine;
  baremetalMachineTemplate: BaremetalMachineTemplate;
  baremetalCluster: BaremetalCluster;
  registration: Registration;
  seedImage: SeedImage;
  catalog: Catalog;
  cluster: Cluster;
  controlPlane: ControlPlane;
  deployment: Deployment;
  machineSet: MachineSet;
  machine: Machine;
  bootstrapTemplate: BootstrapTemplate;
  healthCheck: HealthCheck;
  appRelease: AppRelease;
  event: EventRecord;
}

export type DomainObject = ObjectOf[Kind];

/** One difference between what was held and what the server has. */
export type Change<T extends DomainObject = DomainObject> =
  | { type: 'set'; object: T }
  | { type: 'delete'; kind: Kind; uid: string; name: string };
