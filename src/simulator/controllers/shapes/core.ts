/** Kubernetes' own kinds, as far as the simulator's controllers use them. */

import type { KubeObject, ObjectReference } from './meta.ts';

export interface Secret extends KubeObject {
  type?: string;
  /** base64 */
  data?: Record<string, string>;
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export interface NodeCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastHeartbeatTime?: string;
}

export interface NodeAddress {
  type: string;
  address: string;
}

export interface NodeInfo {
  architecture: string;
  bootID: string;
  containerRuntimeVersion: string;
  kernelVersion: string;
  kubeProxyVersion: string;
  kubeletVersion: string;
  machineID: string;
  operatingSystem: string;
  osImage: string;
  systemUUID: string;
}

export interface Node extends KubeObject {
  spec?: {
    providerID?: string;
    unschedulable?: boolean;
    taints?: { key: string; value?: string; effect: string; timeAdded?: string }[];
  };
  status?: { conditions?: NodeCondition[]; addresses?: NodeAddress[]; nodeInfo?: NodeInfo };
}

export interface Event extends KubeObject {
  involvedObject: ObjectReference & { resourceVersion?: string };
  type: string;
  reason: string;
  message: string;
  source: { component: string };
  firstTimestamp: string;
  lastTimestamp: string;
  count: number;
  eventTime: null;
  reportingComponent: string;
  reportingInstance: string;
}
