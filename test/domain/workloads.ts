/** Workload clusters as their own API tells of them: raw objects, and what is made of them. */
import { daemonLacks } from '../../src/domain/daemon-sets.ts';
import { projectAppRelease } from '../../src/domain/project/app-release.ts';
import { projectDaemonSet } from '../../src/domain/project/daemon-set.ts';
import { projectNode } from '../../src/domain/project/node.ts';
import { unasked, type Workload } from '../../src/domain/workload.ts';
import { at, type Raw, T0 } from './fixtures.ts';

/** A Node with its provider id; `ready` changes its Ready condition. */
export function rawNode(name: string, spec: Raw = {}, ready: Raw = { status: 'True', reason: 'KubeletReady' }): Raw {
  return {
    metadata: {
      name,
      uid: `Node/${name}`,
      resourceVersion: '7',
      labels: { 'node-role.kubernetes.io/control-plane': '' },
    },
    spec: { providerID: `baremetal:///${name}`, ...spec },
    status: {
      conditions: [
        { type: 'Ready', lastTransitionTime: at(0), lastHeartbeatTime: at(9), ...ready },
        { type: 'MemoryPressure', status: 'False' },
      ],
      nodeInfo: { kubeletVersion: 'v1.33.7-2' },
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'Hostname', address: name },
      ],
    },
  };
}

/** The network plugin's AppRelease, which wants v4.4.1. */
export function rawRelease(phase: string | undefined, installed: string, since = 0): Raw {
  const name = 'acp/chart-kube-ovn';
  const done = phase === 'Success' ? 'True' : 'False';
  const told = (type: string) => ({ type, status: done, reason: `Sim${phase}`, lastTransitionTime: at(since) });
  return {
    metadata: { name: 'cni-kube-ovn', uid: 'AppRelease/cni-kube-ovn', namespace: 'cpaas-system' },
    spec: { source: { charts: [{ name, targetRevision: 'v4.4.1' }] } },
    status: { phase, charts: [{ name, installedRevision: installed }], conditions: [told('Sync'), told('Health')] },
  };
}

/** A DaemonSet of Kube-OVN's chart that is wanted on five Nodes; `status` changes what is told of it. */
export function rawDaemonSet(name: string, status: Raw = {}, spec: Raw = {}): Raw {
  return {
    metadata: { name, uid: `DaemonSet/${name}`, namespace: 'kube-system', generation: 2 },
    spec: { template: { metadata: { labels: { app: name, component: 'network' } } }, ...spec },
    status: {
      ...{ observedGeneration: 2, desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable: 5 },
      ...status,
    },
  };
}

/** The cluster `prod`, live, with these objects. */
export function liveWorkload(
  raws: { nodes?: readonly unknown[]; releases?: readonly unknown[]; daemonSets?: readonly unknown[] } = {},
): Workload {
  const live = { phase: 'live', synced: true } as const;
  return {
    ...unasked('prod', 0),
    access: 'open',
    freshness: { node: live, appRelease: live, daemonSet: live },
    nodes: (raws.nodes ?? []).flatMap((raw) => projectNode(raw) ?? []),
    releases: (raws.releases ?? []).flatMap((raw) => projectAppRelease(raw) ?? []),
    daemonSets: (raws.daemonSets ?? []).flatMap((raw) => {
      const set = projectDaemonSet(raw);
      if (!set) return [];
      // Whoever has looked on from the beginning saw it so all the time.
      return daemonLacks(set) === undefined ? set : { ...set, stillSince: T0 };
    }),
  };
}
