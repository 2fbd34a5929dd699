/** The objects of the bare-metal provider. */
import type { Condition, Meta } from './meta.ts';

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

/** The `elemental-image-catalog` ConfigMap: Kubernetes version to image. */
export interface Catalog extends Meta {
  kind: 'catalog';
  images: Readonly<Record<string, string>>;
}
