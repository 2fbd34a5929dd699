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

export interface MachineInventory extends KubeObject {
  spec?: {
    machineHash?: string;
    tpmHash?: string;
    observedNetwork?: ObservedNetwork;
    storage?: { retryNonce?: number; volumes?: unknown[] };
  };
  status?: {
    plan?: { secretRef?: ObjectReference; checksum?: string; state?: string };
    conditions?: Condition[];
    observedStorage?: ObservedStorage;
    storage?: { phase?: string; conditions?: Condition[] };
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
