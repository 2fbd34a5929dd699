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

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface Node extends KubeObject {
  spec?: {
    podCIDR?: string;
    podCIDRs?: string[];
    providerID?: string;
    unschedulable?: boolean;
    taints?: Taint[];
  };
  status?: {
    conditions?: NodeCondition[];
    addresses?: NodeAddress[];
    nodeInfo?: NodeInfo;
    /** Quantities by resource. */
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    daemonEndpoints?: { kubeletEndpoint: { Port: number } };
    /** The largest first. */
    images?: { names: string[]; sizeBytes: number }[];
  };
}

export interface ServiceAccount extends KubeObject {
  secrets?: { name: string }[];
}

export interface Role extends KubeObject {
  rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

export interface RoleBinding extends KubeObject {
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

export interface Container {
  name: string;
  image: string;
  args?: string[];
  ports?: { containerPort: number }[];
  [field: string]: unknown;
}

export interface PodStatus {
  phase: string;
  qosClass?: string;
  startTime?: string;
  conditions?: { type: string; status: string; lastTransitionTime: string; lastProbeTime: null }[];
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  initContainerStatuses?: object[];
  containerStatuses?: object[];
}

export interface Pod extends KubeObject {
  spec: {
    restartPolicy?: string;
    initContainers?: Container[];
    containers: Container[];
    volumes?: {
      name: string;
      emptyDir?: { sizeLimit?: string };
      configMap?: { name: string; [field: string]: unknown };
    }[];
  };
  status?: PodStatus;
}

export interface Service extends KubeObject {
  spec: {
    selector?: Record<string, string>;
    ports: { name?: string; port: number; protocol: string; targetPort: number }[];
  };
}

export interface Event extends KubeObject {
  involvedObject: ObjectReference & { resourceVersion?: string; fieldPath?: string };
  type: string;
  reason: string;
  message: string;
  source: { component?: string; host?: string };
  /** Null, as the last one, where it is told in the newer way. */
  firstTimestamp: string | null;
  lastTimestamp: string | null;
  count?: number;
  /** With microseconds, where it is told in the newer way. */
  eventTime: string | null;
  series?: { count: number; lastObservedTime: string };
  action?: string;
  related?: ObjectReference & { resourceVersion?: string };
  reportingComponent: string;
  reportingInstance: string;
}
