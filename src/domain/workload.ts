/**
 * What a workload cluster says of itself: its Nodes, the AppRelease of its network plugin and the DaemonSets of its system, read from
 * its own API, and how far that can be trusted. Each cluster has a freshness of its own: one that is silent makes nothing else old.
 */
import { findCondition } from './conditions.ts';
import type { DaemonSet } from './daemon-sets.ts';
import type { Phase } from './freshness.ts';
import type { AppRelease, Condition } from './objects.ts';

/** The kinds read in a workload cluster. */
export const WORKLOAD_KINDS = ['node', 'appRelease', 'daemonSet'] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** The AppRelease that rolls the network plugin out (provider documentation, upgrade). */
export const NETWORK_RELEASE = 'cni-kube-ovn';

/** A Node, as its own cluster has it. It has no resourceVersion: that changes with every heartbeat. */
export interface Node {
  kind: 'node';
  uid: string;
  name: string;
  created?: number;
  deleting?: number;
  /** `control-plane`, and any other `node-role.kubernetes.io/`. */
  roles: readonly string[];
  providerId?: string;
  /** Cordoned: nothing new is placed on it. */
  unschedulable: boolean;
  /** `since`: when it was put on, where whoever did says so; epoch ms. */
  taints: readonly { key: string; value?: string; effect?: string; since?: number }[];
  /** Of type InternalIP. */
  addresses: readonly string[];
  kubeletVersion?: string;
  runtimeVersion?: string;
  kernelVersion?: string;
  osImage?: string;
  bootId?: string;
  conditions: readonly Condition[];
}

/** How far the way into a workload cluster leads. Once it is `open`, the phase of each kind tells the rest. */
export type WorkloadAccess =
  /** Nothing calls for it at the moment. */
  | 'off'
  /** Its kubeconfig Secret is being read. */
  | 'connecting'
  /** The Secret does not exist (yet). */
  | 'no secret'
  /** The Secret may not be read. */
  | 'forbidden'
  /** The Secret was read and leads nowhere, or the management cluster did not answer. */
  | 'unusable'
  | 'open';

/** How fresh one kind of one workload cluster is. */
export interface WorkloadFreshness {
  phase: Phase;
  /** A complete list is held. */
  synced: boolean;
  /** The last evidence of its truth, epoch ms; absent while it is live, which means within the last 15 s. */
  verifiedAt?: number;
  error?: string;
}

/** One workload cluster, by the name of its Cluster. */
export interface Workload {
  cluster: string;
  access: WorkloadAccess;
  /** Why it is not open, as a phrase. */
  why?: string;
  /** When `access` became so, epoch ms. */
  since: number;
  /** `host:port` that its kubeconfig names, once it was read. */
  server?: string;
  freshness: Readonly<Record<WorkloadKind, WorkloadFreshness>>;
  /** By name. As old as `freshness` says. */
  nodes: readonly Node[];
  /** Only the network plugin's. */
  releases: readonly AppRelease[];
  /** Of kube-system, by name. */
  daemonSets: readonly DaemonSet[];
}

/** A cluster nobody has asked. */
export function unasked(cluster: string, now: number): Workload {
  const waiting = { phase: 'waiting', synced: false } as const;
  return {
    cluster,
    access: 'off',
    since: now,
    freshness: { node: waiting, appRelease: waiting, daemonSet: waiting },
    nodes: [],
    releases: [],
    daemonSets: [],
  };
}

/** Whether a kind was the workload cluster's truth a moment ago, and all of it: on nothing less is anything decided. */
export function isLive(workload: Workload | undefined, kind: WorkloadKind): workload is Workload {
  const fresh = workload?.freshness[kind];
  return workload?.access === 'open' && fresh?.phase === 'live' && fresh.synced;
}

/** Whether all of a kind was seen at some time, so that one that is not among it was not there then. */
export function isKnown(workload: Workload | undefined, kind: WorkloadKind): workload is Workload {
  const fresh = workload?.freshness[kind];
  return (
    workload?.access === 'open' && fresh?.synced === true && fresh.phase !== 'forbidden' && fresh.phase !== 'absent'
  );
}

/** The word for how fresh a kind of a workload cluster is. No two states have the same. */
export type Reach =
  | 'live'
  | 'syncing'
  | 'connecting'
  | 'not asked'
  | 'NO KUBECONFIG'
  | 'UNUSABLE KUBECONFIG'
  | 'UNREACHABLE'
  | 'STALE'
  | 'SIGNING IN AGAIN'
  | 'FORBIDDEN'
  | 'NOT SERVED';

const BY_PHASE: Readonly<Record<Phase, Reach>> = {
  live: 'live',
  syncing: 'syncing',
  waiting: 'connecting',
  stale: 'STALE',
  auth: 'SIGNING IN AGAIN',
  forbidden: 'FORBIDDEN',
  absent: 'NOT SERVED',
};

const BY_ACCESS: Readonly<Record<Exclude<WorkloadAccess, 'open'>, Reach>> = {
  off: 'not asked',
  connecting: 'connecting',
  'no secret': 'NO KUBECONFIG',
  forbidden: 'FORBIDDEN',
  unusable: 'UNUSABLE KUBECONFIG',
};

/** How fresh a kind is, why, and how old it is (epoch ms). */
export function reachOf(
  workload: Workload | undefined,
  kind: WorkloadKind,
): { word: Reach; why?: string; verifiedAt?: number } {
  if (!workload) return { word: 'not asked' };
  if (workload.access !== 'open') return { word: BY_ACCESS[workload.access], why: workload.why };
  const { phase, error, verifiedAt } = workload.freshness[kind];
  const word = phase === 'waiting' && error !== undefined ? 'UNREACHABLE' : BY_PHASE[phase];
  return { word, why: phase === 'live' ? undefined : error, verifiedAt };
}

/** A Node's Ready condition. */
export function readyOf(node: Node): Condition | undefined {
  return findCondition(node.conditions, 'Ready');
}

export function isReady(node: Node): boolean {
  return readyOf(node)?.status === 'True';
}

/** `Ready`, `NotReady` or `Unknown`, as kubectl says it; `?` where the Node tells nothing. */
export function readyWord(node: Node): 'Ready' | 'NotReady' | 'Unknown' | '?' {
  const status = readyOf(node)?.status;
  if (status === 'True') return 'Ready';
  if (status === 'False') return 'NotReady';
  return status === undefined ? '?' : 'Unknown';
}

/** The taint that the node lifecycle controller puts on a Node that is cordoned, with the time (kubernetes pkg/controller/nodelifecycle). */
const CORDONED = 'node.kubernetes.io/unschedulable';

/** Since when it is cordoned, epoch ms; undefined where it is not, or nothing tells. */
export function cordonedSince({ unschedulable, taints }: Node): number | undefined {
  return unschedulable ? taints.find(({ key }) => key === CORDONED)?.since : undefined;
}

/** What keeps a Node from its work, besides Ready: pressure, network, as `MemoryPressure`. */
export function pressures(node: Node): Condition[] {
  return node.conditions.filter(({ type, status }) => type !== 'Ready' && status !== 'False');
}

/** The release of the network plugin. */
export function networkRelease(workload: Workload | undefined) {
  return workload?.releases.find(({ name }) => name === NETWORK_RELEASE);
}

/** The provider's own release in the management cluster: its chart's name ends so (provider documentation, upgrade). */
export const PROVIDER_CHART = 'chart-cluster-api-provider-baremetal';

export function providerRelease(releases: readonly AppRelease[]): AppRelease | undefined {
  return releases.find(({ charts }) => charts.some(({ name }) => name?.endsWith(PROVIDER_CHART)));
}

/**
 * What an AppRelease lacks to be done, as a phrase; undefined: phase Success, wanted and installed are the same, and
 * neither Sync nor Health says otherwise (provider documentation, upgrade). `revision` also asks for that target.
 */
export function releaseLacks(release: AppRelease, revision?: string): string | undefined {
  const { charts, phase } = release;
  const chart = charts[0];
  if (!chart) return 'it names no chart';
  if (revision !== undefined && chart.targetRevision !== revision) {
    return `it wants ${chart.targetRevision ?? 'no revision'}, not ${revision}`;
  }
  if (phase !== 'Success') return `its phase is ${phase ?? 'not reported'}`;
  const apart = charts.find((each) => each.targetRevision !== each.installedRevision);
  if (apart) return `${apart.targetRevision ?? '?'} is wanted and ${apart.installedRevision ?? 'nothing'} is installed`;
  for (const type of ['Sync', 'Health']) {
    const condition = findCondition(release.conditions, type);
    if (condition?.status !== 'True') return `${type} is ${condition?.status ?? 'not reported'}`;
  }
  return undefined;
}
