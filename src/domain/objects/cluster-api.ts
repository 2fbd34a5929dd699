/** Cluster API's objects, in one shape for v1beta1 and v1beta2. */
import type { Condition, Meta, Ref } from './meta.ts';

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
