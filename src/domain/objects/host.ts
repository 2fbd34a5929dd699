/** Elemental's objects: hosts, the plan Secrets their agents execute, and what they are made from. */
import type { Condition, Meta } from './meta.ts';

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
  /** Of a plan that failed: the line of its output that tells why, redacted. */
  said?: string;
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
