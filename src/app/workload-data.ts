/** What a workload cluster says of itself, as `snapshot -o json` gives it. */
import type { DaemonSet } from '../domain/daemon-sets.ts';
import type { AppRelease } from '../domain/objects.ts';
import {
  isKnown,
  type Node,
  networkRelease,
  reachOf,
  readyOf,
  readyWord,
  type Workload,
  type WorkloadKind,
} from '../domain/workload.ts';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

export function nodeData(node: Node) {
  const ready = readyOf(node);
  return {
    name: node.name,
    ready: readyWord(node),
    reason: ready?.reason,
    since: iso(ready?.since),
    kubeletVersion: node.kubeletVersion,
    unschedulable: node.unschedulable,
    roles: node.roles,
    providerId: node.providerId,
    conditions: node.conditions.map(({ type, status, reason }) => ({ type, status, reason })),
  };
}

export function releaseData(release: AppRelease) {
  return {
    name: release.name,
    phase: release.phase,
    charts: release.charts,
    conditions: release.conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
  };
}

export function daemonSetData({ name, desired, updated, available }: DaemonSet) {
  return { name, desired, updated, available };
}

/** `nodes`, `networkRelease` and `daemonSets` are null where they are not known, which is not none. */
export function workloadData(workload: Workload | undefined) {
  const state = (kind: WorkloadKind) => {
    const { word, why, verifiedAt } = reachOf(workload, kind);
    return { reach: word.toLowerCase(), why, verifiedAt: iso(verifiedAt) };
  };
  const release = networkRelease(workload);
  return {
    server: workload?.server,
    node: state('node'),
    appRelease: state('appRelease'),
    daemonSet: state('daemonSet'),
    nodes: isKnown(workload, 'node') ? workload.nodes.map(nodeData) : null,
    networkRelease: isKnown(workload, 'appRelease') ? (release ? releaseData(release) : undefined) : null,
    daemonSets: isKnown(workload, 'daemonSet') ? workload.daemonSets.map(daemonSetData) : null,
  };
}
