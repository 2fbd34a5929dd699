/** Cluster API's kinds in the shape of v1beta1. */

import type { NodeAddress, NodeInfo } from './core.ts';
import type { Condition, KubeObject, LegacyCondition, ObjectReference } from './meta.ts';

/** The second generation of conditions and counters, as v1beta1 carries it. */
export interface NextGeneration {
  conditions?: Condition[];
  readyReplicas?: number;
  availableReplicas?: number;
  upToDateReplicas?: number;
}

export interface ReplicaSummary {
  desiredReplicas?: number;
  replicas?: number;
  upToDateReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
}

export interface Cluster extends KubeObject {
  spec?: {
    paused?: boolean;
    clusterNetwork?: {
      pods?: { cidrBlocks?: string[] };
      services?: { cidrBlocks?: string[] };
      serviceDomain?: string;
    };
    controlPlaneEndpoint?: { host: string; port: number };
    controlPlaneRef?: ObjectReference;
    infrastructureRef?: ObjectReference;
  };
  status?: {
    phase?: string;
    observedGeneration?: number;
    infrastructureReady?: boolean;
    controlPlaneReady?: boolean;
    failureDomains?: Record<string, { controlPlane?: boolean; attributes?: Record<string, string> } | undefined>;
    conditions?: LegacyCondition[];
    v1beta2?: { conditions?: Condition[]; controlPlane?: ReplicaSummary; workers?: ReplicaSummary };
  };
}

export interface MachineSpec {
  clusterName?: string;
  version?: string;
  failureDomain?: string;
  providerID?: string;
  bootstrap?: { configRef?: ObjectReference; dataSecretName?: string };
  infrastructureRef?: ObjectReference;
  nodeDrainTimeout?: string;
  nodeVolumeDetachTimeout?: string;
  nodeDeletionTimeout?: string;
  readinessGates?: { conditionType: string }[];
}

export interface MachineTemplateSpec {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: MachineSpec;
}

export interface Machine extends KubeObject {
  spec?: MachineSpec;
  status?: {
    phase?: string;
    observedGeneration?: number;
    bootstrapReady?: boolean;
    infrastructureReady?: boolean;
    addresses?: NodeAddress[];
    nodeRef?: ObjectReference;
    nodeInfo?: NodeInfo;
    failureReason?: string;
    failureMessage?: string;
    lastUpdated?: string;
    certificatesExpiryDate?: string;
    deletion?: { nodeDrainStartTime?: string; waitForNodeVolumeDetachStartTime?: string };
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}

export interface MachineSet extends KubeObject {
  spec?: {
    clusterName?: string;
    replicas?: number;
    minReadySeconds?: number;
    deletePolicy?: string;
    selector?: { matchLabels?: Record<string, string> };
    template?: MachineTemplateSpec;
  };
  status?: {
    selector?: string;
    replicas?: number;
    fullyLabeledReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    observedGeneration?: number;
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}

export interface MachineDeployment extends KubeObject {
  spec?: {
    clusterName?: string;
    replicas?: number;
    paused?: boolean;
    rolloutAfter?: string;
    minReadySeconds?: number;
    progressDeadlineSeconds?: number;
    revisionHistoryLimit?: number;
    selector?: { matchLabels?: Record<string, string> };
    strategy?: {
      type?: string;
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string; deletePolicy?: string };
      remediation?: { maxInFlight?: number | string };
    };
    template?: MachineTemplateSpec;
  };
  status?: {
    selector?: string;
    phase?: string;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    observedGeneration?: number;
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}

/** A file that cloud-init writes before it runs kubeadm. */
export interface BootstrapFile {
  path?: string;
  owner?: string;
  permissions?: string;
  encoding?: string;
  content?: string;
}

export interface KubeadmConfigSpec {
  clusterConfiguration?: Record<string, unknown> & { imageRepository?: string; dns?: unknown };
  initConfiguration?: Record<string, unknown>;
  joinConfiguration?: Record<string, unknown>;
  files?: BootstrapFile[];
  users?: unknown[];
  preKubeadmCommands?: string[];
  postKubeadmCommands?: string[];
  format?: string;
}

export interface KubeadmConfig extends KubeObject {
  spec?: KubeadmConfigSpec;
  status?: {
    ready?: boolean;
    dataSecretName?: string;
    observedGeneration?: number;
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}

export interface BootstrapTemplate {
  metadata?: { labels?: Record<string, string> };
  spec?: KubeadmConfigSpec;
}

export interface KubeadmConfigTemplate extends KubeObject {
  spec?: { template?: BootstrapTemplate };
}

export interface KubeadmControlPlane extends KubeObject {
  spec?: {
    replicas?: number;
    version?: string;
    rolloutAfter?: string;
    rolloutBefore?: { certificatesExpiryDays?: number };
    remediationStrategy?: { maxRetry?: number; retryPeriod?: string; minHealthyPeriod?: string };
    rolloutStrategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string } };
    machineTemplate?: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      infrastructureRef?: ObjectReference;
      nodeDrainTimeout?: string;
      nodeVolumeDetachTimeout?: string;
      nodeDeletionTimeout?: string;
      readinessGates?: { conditionType: string }[];
    };
    kubeadmConfigSpec?: KubeadmConfigSpec;
  };
  status?: {
    selector?: string;
    version?: string;
    initialized?: boolean;
    ready?: boolean;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    unavailableReplicas?: number;
    lastRemediation?: { machine: string; timestamp: string; retryCount: number };
    observedGeneration?: number;
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}

export interface MachineHealthCheck extends KubeObject {
  spec?: {
    clusterName?: string;
    selector?: {
      matchLabels?: Record<string, string>;
      matchExpressions?: { key: string; operator: string; values?: string[] }[];
    };
    maxUnhealthy?: number | string;
    /** `[3-5]`: remediation only while as many are unwell. */
    unhealthyRange?: string;
    nodeStartupTimeout?: string;
    unhealthyConditions?: { type: string; status: string; timeout: string }[];
    /** Of v1beta2 alone. */
    unhealthyMachineConditions?: { type: string; status: string; timeout: string }[];
    remediationTemplate?: { apiVersion?: string; kind?: string; name?: string };
  };
  status?: {
    expectedMachines?: number;
    currentHealthy?: number;
    remediationsAllowed?: number;
    observedGeneration?: number;
    targets?: string[];
    conditions?: LegacyCondition[];
    v1beta2?: NextGeneration;
  };
}
