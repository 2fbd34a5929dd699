/** What a KubeadmControlPlane reports. Shapes and words: Cluster API 1.10, with stacked etcd. */

import { saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { aggregate, findLegacy, type LegacySaying, no, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { deleting, hasNode, leaveZeros } from './common.ts';
import { availableSaying, planeDeleting, slowness } from './kcp-availability.ts';
import { componentSayings, legacyComponents, managesEtcd } from './kcp-components.ts';
import { inProgress, type Remediation, remediationFor, remembered } from './kcp-remediation.ts';
import { type Since, sinceBy } from './late-deletion.ts';
import {
  counters,
  machinesReady,
  machinesUpToDate,
  nodeIsReady,
  remediating,
  rollingOut,
  scaling,
} from './machines-conditions.ts';

/** What else a control plane has to tell. */
export interface PlaneNews {
  /** Why its next step is not taken. */
  held?: readonly string[];
  /** Simulated ms since a time; as the clock has it where left out. */
  since?: Since;
  /** The cluster's Machines that are not its own. */
  workers?: readonly string[];
  /** The kind of its template, where that is not there. */
  missing?: string | undefined;
  /** What a control plane that is not initialized waits for. */
  awaits?: string | undefined;
  /** Whether its Secrets are not there yet. */
  uncertified?: boolean;
}

/** Writes the whole status of `draft`. `outdated` are the names of Machines that must be replaced. */
export function setControlPlaneStatus(
  draft: KubeadmControlPlane,
  cluster: string,
  machines: readonly Machine[],
  outdated: ReadonlySet<string>,
  at: string,
  clusterApi: ClusterApiVersion = 'v1beta1',
  { held = [], since = sinceBy(at), workers = [], missing, awaits, uncertified }: PlaneNews = {},
): void {
  const old = draft.status;
  // The workload cluster of a control plane that goes is not asked any more.
  const ready = deleting(draft) ? 0 : machines.filter(nodeIsReady).length;
  // Machines that must be ready before a resize counts as done: since v1beta2 the Machines, before their Nodes.
  const whole = clusterApi === 'v1beta2' ? counters(machines).readyReplicas : ready;
  // Cluster API asks for what `kubeadm init` leaves behind: it is there with the first Node.
  const initialized = old?.initialized === true || machines.some(hasNode);
  const updated = machines.filter((machine) => !outdated.has(machine.metadata.name)).length;
  const version = lowest(machines.flatMap((machine) => machine.spec?.version ?? []));
  draft.status = {
    ...old,
    selector: `cluster.x-k8s.io/cluster-name=${cluster},cluster.x-k8s.io/control-plane`,
    initialized,
    ready: deleting(draft) ? (old?.ready ?? false) : initialized && ready > 0,
    replicas: machines.length,
    readyReplicas: ready,
    updatedReplicas: updated,
    unavailableReplicas: machines.length - ready,
    observedGeneration: draft.metadata.generation,
    ...(version ? { version } : {}),
  };
  draft.status.conditions = legacy(
    draft,
    machines,
    { whole, updated, outdated: outdated.size, initialized, certified: !uncertified },
    workers,
    at,
  );
  const last = lastRemediation(draft, machines);
  if (last) draft.status.lastRemediation = last;
  draft.status.v1beta2 = {
    ...counters(machines),
    conditions: saySorted(
      old?.v1beta2?.conditions,
      [
        availableSaying(draft, machines, initialized, since),
        ...(uncertified ? [] : [{ type: 'CertificatesAvailable', status: 'True', reason: 'Available' } as const]),
        initialized
          ? { type: 'Initialized', status: 'True', reason: 'Initialized' }
          : { type: 'Initialized', status: 'False', reason: 'NotInitialized' },
        ...componentSayings(machines, managesEtcd(draft), clusterApi, initialized ? undefined : awaits),
        rollingOut(machines),
        remediating(machines, 'KubeadmControlPlane'),
        ...scaling(
          machines.length,
          deleting(draft) ? 0 : (draft.spec?.replicas ?? 1),
          slowness(machines, held, missing, since),
        ),
        machinesReady(machines),
        machinesUpToDate(machines),
        { type: 'Paused', status: 'False', reason: 'NotPaused' },
        planeDeleting(draft, machines, workers, since),
      ],
      at,
      draft.metadata.generation,
    ),
  };
  if (clusterApi === 'v1beta1') leaveZeros(draft.status, old, zeros);
}

const zeros = ['initialized', 'ready', 'replicas', 'updatedReplicas', 'readyReplicas', 'unavailableReplicas'];

/** The latest remediation that is remembered anywhere. */
function lastRemediation(plane: KubeadmControlPlane, machines: readonly Machine[]): Remediation | undefined {
  const all = [
    plane.metadata.annotations?.[inProgress],
    ...machines.map((m) => m.metadata.annotations?.[remediationFor]),
  ];
  return all.flatMap((text) => remembered(text) ?? []).sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1))[0];
}

/** The lowest of Kubernetes versions; numbers in a suffix count too (`v1.33.7-2` before `v1.33.7-10`). */
export function lowest(versions: readonly string[]): string | undefined {
  const parts = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  return [...versions].sort((a, b) => {
    const x = parts(a);
    const y = parts(b);
    for (let i = 0; i < Math.max(x.length, y.length); i++) {
      const difference = (x[i] ?? 0) - (y[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  })[0];
}

function legacy(
  draft: KubeadmControlPlane,
  machines: readonly Machine[],
  counts: { whole: number; updated: number; outdated: number; initialized: boolean; certified: boolean },
  workers: readonly string[],
  at: string,
) {
  const desired = draft.spec?.replicas ?? 1;
  const count = machines.length;
  const sayings: LegacySaying[] = [
    counts.initialized ? yes('Available') : no('Available', 'WaitingForKubeadmInit', 'Info'),
    ...(counts.certified ? [yes('CertificatesAvailable')] : []),
    ...(counts.initialized ? legacyComponents(machines, managesEtcd(draft)) : []),
  ];
  if (counts.outdated > 0) {
    const message = `Rolling ${counts.outdated} replicas with outdated spec (${counts.updated} replicas up to date)`;
    sayings.push(no('MachinesSpecUpToDate', 'RollingUpdateInProgress', 'Warning', message));
  } else {
    sayings.push(yes('MachinesSpecUpToDate'));
  }
  if (deleting(draft)) {
    const message = workers.length > 0 ? 'Waiting for worker nodes to be deleted first' : undefined;
    sayings.push(no('Resized', 'Deleting', 'Info', message));
  } else if (count < desired) {
    const message = `Scaling up control plane to ${desired} replicas (actual ${count})`;
    sayings.push(no('Resized', 'ScalingUp', 'Warning', message));
  } else if (count > desired) {
    const message = `Scaling down control plane to ${desired} replicas (actual ${count})`;
    sayings.push(no('Resized', 'ScalingDown', 'Warning', message), yes('MachinesCreated'));
  } else {
    sayings.push(yes('MachinesCreated'));
    if (counts.whole === count) sayings.push(yes('Resized'));
  }
  const readiness = machines.map((machine) => ({
    name: machine.metadata.name,
    ready: findLegacy(machine.status?.conditions, 'Ready'),
  }));
  const all = aggregate('MachinesReady', readiness);
  if (all) sayings.push(all);
  const next = sayLegacy(draft.status?.conditions, sayings, at);
  const order = [
    'MachinesCreated',
    'MachinesSpecUpToDate',
    'Resized',
    'MachinesReady',
    'Available',
    'CertificatesAvailable',
  ];
  return sayLegacy(next, [summary(order.flatMap((type) => findLegacy(next, type) ?? []))], at);
}
