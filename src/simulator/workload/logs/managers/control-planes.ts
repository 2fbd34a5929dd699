/**
 * What the kubeadm providers of Cluster API say: of control planes, which are scaled and rolled one Machine at a time, and
 * of what Machines are begun with. Source: kubernetes-sigs/cluster-api v1.10, controlplane/kubeadm and bootstrap/kubeadm.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { makes, whom } from '../../../controllers/capi/bootstrap-log.ts';
import { createdWords, scaledDownWords, wantingWords } from '../../../controllers/capi/kcp-log.ts';
import type { ClusterApiVersion } from '../../../controllers/kinds.ts';
import { all, paced, type Run, timeOf } from '../run.ts';
import type { Recorded } from '../told-events.ts';
import { type Life, livesOf } from './machines.ts';
import { clusterApiOf, type Reconciled, recorderLine, says } from './reconciling.ts';

const group = 'controlplane.cluster.x-k8s.io';
/** How often everything is looked at though nothing has changed, ms: the manager's sync period. */
const period = 600_000;

const planeOf = (namespace: string, name: string, cluster: string | undefined): Reconciled => ({
  ...{ controller: 'kubeadmcontrolplane', group, kind: 'KubeadmControlPlane', namespace, name },
  of: { Cluster: cluster },
});

/** The lines of the controller of control planes. */
export function controlPlanes(run: Run, events: readonly Recorded[], led: number): LogLine[] {
  const planes = all(run, 'kubeadmcontrolplanes');
  const lives = livesOf(run, events);
  const version = clusterApiOf(run);
  const most = Math.max(2, Math.min(144, Math.floor(900 / Math.max(1, planes.length))));
  return [
    ...planes.flatMap(({ metadata, spec }) => {
      const { name, namespace = '' } = metadata;
      const about = planeOf(
        namespace,
        name,
        metadata.labels?.['cluster.x-k8s.io/cluster-name'] ?? metadata.ownerReferences?.[0]?.name,
      );
      const own = lives.filter((life) => life.plane === name || (!life.plane && life.name.startsWith(`${name}-`)));
      const looks = paced(run, { at: led + 400, every: period, of: name, late: 0.05 }, most);
      const desired = Number(spec?.['replicas'] ?? 3);
      return [
        ...looks.map(({ at }) => says(about, at, 'controller.go:441', 'Reconcile KubeadmControlPlane')),
        ...own.flatMap((life, index) =>
          Number.isNaN(life.created) ? [] : scaled(about, life, { desired, version, before: own.slice(0, index) }),
        ),
        ...own.flatMap((life) => reduced(about, life, { desired, version, all: own, events })),
      ];
    }),
    ...events.filter(({ about }) => about.kind === 'KubeadmControlPlane').flatMap((event) => checked(event)),
  ];
}

/** What it says of all of them when it has begun, at Unix time `since` in ms. */
export function planesSeen(run: Run, since: number): LogLine[] {
  return all(run, 'kubeadmcontrolplanes').map(({ metadata: { name, namespace = '', labels, ownerReferences } }, at) => {
    const cluster = labels?.['cluster.x-k8s.io/cluster-name'] ?? ownerReferences?.[0]?.name;
    const when = since + 400 + at * 40;
    return says(planeOf(namespace, name, cluster), when, 'controller.go:441', 'Reconcile KubeadmControlPlane');
  });
}

/** One that was made: the first begins the cluster, the others join it. */
function scaled(
  about: Reconciled,
  { created, name, namespace }: Life,
  { desired, version, before }: { desired: number; version: ClusterApiVersion; before: readonly Life[] },
): LogLine[] {
  const turn = String(created);
  const Machine = `${namespace}/${name}`;
  const existing = Math.min(before.length, desired - 1);
  const there = before.slice(before.length - existing);
  const all = { ...stateOf(there, { [name]: 'just created' }), Machine, BaremetalMachine: Machine };
  const wants = wantingWords(desired, existing);
  const made = createdWords(version, name, before.length === 0);
  return [
    says(about, created - 60, 'controller.go:441', 'Reconcile KubeadmControlPlane', { turn }),
    says(about, created - 40, ...wants, { turn, Desired: desired, Existing: existing }),
    says(about, created + 1, ...made, { turn, ...all, KubeadmConfig: Machine }),
  ];
}

/** Its Machines, of some of which something is noted, and its members of etcd. */
function stateOf(there: readonly Life[], noted: Readonly<Record<string, string>>) {
  const names = [...new Set([...there.map(({ name }) => name), ...Object.keys(noted)])].sort();
  const machines = names.map((name) => (noted[name] ? `${name} (${noted[name]})` : name)).join(', ');
  const etcdMembers = there.flatMap(({ node }) => node ?? []).sort();
  return { machines, etcdMembers: etcdMembers.join(', ') };
}

/** One that is given up: its member of etcd goes before its host. */
function reduced(
  about: Reconciled,
  life: Life,
  {
    desired,
    version,
    all,
    events,
  }: { desired: number; version: ClusterApiVersion; all: Life[]; events: readonly Recorded[] },
): LogLine[] {
  const drained = events.find(({ reason, about: told }) => reason === 'SuccessfulDrainNode' && told.name === life.name);
  const at = Number.isNaN(life.deleted) ? (drained?.at ?? Number.NaN) - 700 : life.deleted;
  if (Number.isNaN(at)) return [];
  const turn = String(at);
  const Machine = `${life.namespace}/${life.name}`;
  const detached = events.find(
    ({ reason, about: told }) => reason === 'NodeVolumesDetached' && told.name === life.name,
  );
  const there = all.filter(({ created }) => Number.isNaN(created) || created < at);
  const state = stateOf(there, { [life.name]: 'just deleted' });
  const hook = 'Removing pre-terminate hook from control plane Machine';
  return [
    says(about, at - 60, 'controller.go:441', 'Reconcile KubeadmControlPlane', { turn }),
    says(about, at - 30, ...wantingWords(desired, desired + 1), { turn, Desired: desired, Existing: desired + 1 }),
    says(about, at - 2, ...scaledDownWords(version, life.name), { turn, ...state, Machine }),
    ...(detached ? [says(about, detached.at + 400, 'controller.go:846', hook, { Machine })] : []),
  ];
}

/** What keeps it from going on. */
function checked(event: Recorded): LogLine[] {
  const { about: told, at, reason, message } = event;
  const about = planeOf(told.namespace, told.name, undefined);
  const failures = message.replace(/^.*?continue reconciliation: /, '');
  const more =
    reason === 'ControlPlaneUnhealthy'
      ? [says(about, at - 1, 'scale.go:239', 'Waiting for control plane to pass preflight checks', { failures })]
      : [];
  return [...more, recorderLine(event)];
}

/** The lines of the controller of KubeadmConfigs. */
export function bootstrapping(run: Run, events: readonly Recorded[]): LogLine[] {
  const first = new Set<string>();
  const births = new Map(
    all(run, 'clusters').map(({ metadata }) => [metadata.name, timeOf(metadata.creationTimestamp)]),
  );
  const lives = livesOf(run, events).flatMap((life): LogLine[] => {
    const { cluster = '', created, bootstrapped, plane, set, deployment, name, namespace } = life;
    const about: Reconciled = {
      ...{ controller: 'kubeadmconfig', group: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfig', namespace, name },
    };
    // Of a cluster that is older its first Machine is gone, and whoever came after it has joined.
    const young = created - (births.get(cluster) ?? created) < 1_800_000;
    const begins = plane !== undefined && !first.has(cluster) && young;
    if (plane) first.add(cluster);
    const at = Number.isNaN(bootstrapped) ? Number.NaN : Math.max(created + 90, bootstrapped - 60);
    const what = begins ? 'init control plane' : plane ? 'join control plane' : 'worker node';
    if (Number.isNaN(at)) return [];
    const ref = (one: string | undefined) => one && `${namespace}/${one}`;
    const owners = { MachineSet: ref(set), MachineDeployment: ref(deployment), KubeadmControlPlane: ref(plane) };
    // It was written last when its controller had seen it.
    const resourceVersion = String(run.question.revisionAt(at - 20));
    const machine = { Machine: ref(name), resourceVersion, ...owners, Cluster: ref(cluster || undefined) };
    return [says(about, at, ...makes(what), { turn: String(created), ...whom(machine) })];
  });
  return [...lives, ...events.filter(({ about }) => about.kind === 'KubeadmConfig').map(recorderLine)];
}
