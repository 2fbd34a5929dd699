/** The kinds of elemental.cattle.io/v1beta1. */

import type { Condition, KubeObject, ObjectReference } from './meta.ts';

export interface ObservedNetwork {
  interfaces?: { name: string; mac?: string; mtu?: number; addresses?: string[] }[];
  routes?: { destination: string; gateway?: string; interface?: string; metric?: number }[];
  dnsServers?: string[];
  searchDomains?: string[];
}

export interface StorageDevice {
  id: string;
  kind: string;
  systemRole: string;
  path?: string;
  stablePaths?: string[];
  model?: string;
  serial?: string;
  wwn?: string;
  transport?: string;
  sizeBytes?: number;
  startBytes?: number;
  rotational?: boolean;
  removable?: boolean;
  readOnly?: boolean;
  parentID?: string;
  partitionTableType?: string;
  filesystem?: { type: string; uuid?: string };
  mounts?: { path: string; options?: string[] }[];
  systemEvidence?: string[];
}

export interface ObservedStorage {
  bootID?: string;
  reportEpoch?: number;
  sequence?: number;
  observedAt?: string;
  devices?: StorageDevice[];
}

/** A data volume as the operator declares it. */
export interface StorageVolume {
  name: string;
  source: { deviceID: string; minimumSize?: number | string; multipath?: { minimumActivePaths?: number } };
  filesystem: { policy: string; type: string; expectedUUID?: string };
  mount: { path: string; options?: string[]; required?: boolean };
}

/** A data volume as the provider's journal has it. */
export interface VolumeStatus {
  name: string;
  deviceID: string;
  filesystemPolicy: string;
  filesystemType: string;
  mountPath: string;
  required: boolean;
  effectiveRequired: boolean;
  active?: boolean;
  expectedFilesystemUUID?: string;
  filesystemUUID?: string;
  lastOperationID?: string;
  lastTransitionTime?: string;
  message?: string;
  mountOptions?: string[];
  mutationState?: string;
  phase?: string;
  reason?: string;
  resolvedPath?: string;
}

export type StorageOperationType = 'Prepare' | 'Release' | 'Activate' | 'Deactivate';

/** One operation on the volumes of a host, and its present attempt. */
export interface StorageOperation {
  type: StorageOperationType;
  phase: 'Pending' | 'Running' | 'Applied' | 'Failed';
  mutationState: 'None' | 'DurableStateChanged' | 'Unknown';
  operationID: string;
  attemptID: string;
  planOwnerKind: string;
  planOwnerUID: string;
  planChecksum?: string;
  retryNonce: number;
  targetSpecHash: string;
  startedAt: string;
  updatedAt: string;
  observationBootID?: string;
  observationReportEpoch?: number;
  observationSequence?: number;
  initializationApprovalCounter?: number;
  initializationApprovalHash?: string;
  volumes?: VolumeStatus[];
}

export interface StorageStatus {
  phase?: string;
  conditions?: Condition[];
  operation?: StorageOperation;
  appliedSpecHash?: string;
  appliedVolumes?: VolumeStatus[];
  pendingSpecHash?: string;
  hashVersion?: string;
  lastConsumedRetryNonce?: number;
  lastConsumedInitializationApprovalCounter?: number;
  lastConsumedInitializationApprovalHash?: string;
}

export interface MachineInventory extends KubeObject {
  spec?: {
    machineHash?: string;
    tpmHash?: string;
    observedNetwork?: ObservedNetwork;
    storage?: { retryNonce?: number; volumes?: StorageVolume[] };
  };
  status?: {
    plan?: { secretRef?: ObjectReference; checksum?: string; state?: string };
    conditions?: Condition[];
    observedStorage?: ObservedStorage;
    storage?: StorageStatus;
  };
}

export interface MachineRegistration extends KubeObject {
  spec?: {
    machineName?: string;
    machineInventoryLabels?: Record<string, string>;
    machineInventoryAnnotations?: Record<string, string>;
    config?: unknown;
  };
  status?: {
    registrationURL?: string;
    registrationToken?: string;
    serviceAccountRef?: ObjectReference;
    conditions?: Condition[];
  };
}

export interface SeedImage extends KubeObject {
  spec?: {
    type?: string;
    baseImage?: string;
    registrationRef?: ObjectReference;
    targetPlatform?: string;
    size?: string;
    cleanupAfterMinutes?: number;
    retriggerBuild?: boolean;
    'cloud-config'?: unknown;
  };
  status?: {
    downloadURL?: string;
    checksumURL?: string;
    downloadToken?: string;
    conditions?: Condition[];
  };
}
