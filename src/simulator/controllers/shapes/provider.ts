/** The bare-metal provider's kinds of infrastructure.cluster.x-k8s.io/v1beta1. */

import type { NodeAddress } from './core.ts';
import type { Condition, KubeObject } from './meta.ts';

export interface BaremetalMachineSpec {
  machineInventoryPoolRef?: { name: string };
  providerID?: string;
}

export interface BaremetalMachine extends KubeObject {
  spec?: BaremetalMachineSpec;
  status?: {
    phase?: string;
    ready?: boolean;
    addresses?: NodeAddress[];
    conditions?: Condition[];
    failureReason?: string;
    failureMessage?: string;
    lastAppliedBootstrapHash?: string;
    lastAppliedPlanChecksum?: string;
    machineInventoryRef?: { name: string };
    planSecretRef?: { name: string };
  };
}

export interface BaremetalMachineTemplate extends KubeObject {
  spec?: {
    template?: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec?: BaremetalMachineSpec;
    };
  };
}

export interface BaremetalCluster extends KubeObject {
  spec?: {
    controlPlaneEndpoint?: { host: string; port: number };
    controlPlaneLoadBalancer?: { host: string; port: number; type?: string; vrid?: number };
    networkType?: string;
  };
  status?: {
    ready?: boolean;
    conditions?: Condition[];
    failureDomains?: Record<string, { controlPlane?: boolean; attributes?: Record<string, string> } | undefined>;
  };
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

export interface MachineInventoryPool extends KubeObject {
  spec?: { clusterName?: string; machineInventories?: PoolMember[] };
  status?: Partial<PoolCounters> & { conditions?: Condition[] };
}
