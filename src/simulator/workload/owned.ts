/** What lies between a Deployment or DaemonSet and its Pods: ReplicaSets and ControllerRevisions, and what each adds to a Pod. */

import { prepareWorkload } from '../api/kinds/workload-kinds.ts';
import type { KubeObject } from '../api/types.ts';
import { cleaned } from '../api/write/creates.ts';
import { affinityTo, daemonTolerations } from '../controllers/kubernetes/daemon-sets.ts';
import { conditionsOf } from '../controllers/kubernetes/deployment-conditions.ts';
import { margins } from '../controllers/kubernetes/margins.ts';
import { hashOf } from '../controllers/kubernetes/revisions.ts';
import type {
  Deployment,
  PodTemplate,
  ReplicaSet,
  Toleration,
  WorkCondition,
} from '../controllers/kubernetes/shapes.ts';
import { timestamp } from '../controllers/time.ts';
import { workloadResources } from './kinds.ts';
import type { Make } from './leases.ts';
import { admitted } from './pod-admission.ts';
import { lastOf, turnsOf } from './turns.ts';

/** Which template of a DaemonSet it is. */
const GENERATION = 'deprecated.daemonset.template.generation';

type Fields = Record<string, unknown>;

const templateOf = ({ spec }: KubeObject): PodTemplate => spec?.['template'] as PodTemplate;

/** An owner with everything that the server adds to one: what lies below it repeats its template word for word. */
export function completed(owner: KubeObject): KubeObject {
  const resource = workloadResources.find(({ kind }) => kind === owner.kind)!;
  const whole = cleaned(resource, prepareWorkload(owner));
  const annotations: Record<string, string> =
    owner.kind === 'DaemonSet' ? { [GENERATION]: '1' } : { 'deployment.kubernetes.io/revision': '1' };
  return { ...whole, metadata: { ...whole.metadata, generation: 1, annotations } };
}

/** A cluster has come about within that time, ms: Pods that are younger have taken the place of others. */
const founding = 3 * 3_600_000;
/** How long a Pod takes from its birth until it is ready, ms, where that is not known any more, and a rollout of which no Pod is left. */
const [readying, rolling] = [30_000, 1_200_000];

/**
 * When a Deployment was first whole, Unix time in ms, by those of its Pods that are there: once that is over, no Pod that is replaced or
 * begins again is progress. Source: k8s.io/kubernetes/pkg/controller/deployment/progress.go, syncRolloutStatus.
 */
function wholeAt(born: number, pods: readonly KubeObject[]): number {
  const births = pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  const times = pods.flatMap((pod, index) => {
    const birth = births[index]!;
    if (!(birth < born + founding)) return [];
    const at = lastOf(turnsOf([pod], 'ContainersReady'), birth);
    return [at < born + founding ? at : birth + readying];
  });
  if (times.length > 0 || pods.length === 0) return Math.max(born, ...times);
  return Math.min(born + rolling, ...births);
}

/**
 * A Deployment that was rolled out when it was made, with its conditions. It is available since as many of its Pods are ready as there have
 * to be, and was rolled out once all of those with which it began were: at `whole`, Unix time in ms, where that is known.
 */
export function settled(owner: KubeObject, set: KubeObject, pods: readonly KubeObject[], whole?: number): KubeObject {
  const created = String(owner.metadata.creationTimestamp);
  const born = Date.parse(created);
  const deployment = owner as unknown as Deployment;
  const sets = [set as unknown as ReplicaSet];
  const { status } = conditionsOf(deployment, sets, sets[0], born, false);
  const turns = turnsOf(pods, 'Ready');
  const ready = turns.flatMap(({ is, at }) => (is ? [at] : [])).sort((a, b) => a - b);
  const needed = (deployment.spec.replicas ?? 1) - margins(deployment).unavailable;
  const enough = needed <= 0 ? born : (ready[needed - 1] ?? lastOf(turns, born));
  const first = whole ?? wholeAt(born, pods);
  const conditions = (status['conditions'] as WorkCondition[]).map((one) => {
    const lastUpdateTime = timestamp(Math.max(born, one.type === 'Available' ? enough : first));
    return { ...one, lastUpdateTime, lastTransitionTime: one.type === 'Available' ? lastUpdateTime : created };
  });
  return { ...owner, status: { ...status, conditions } };
}

/** The hash of the template of a Deployment or DaemonSet. */
export const templateHash = (owner: KubeObject): string => hashOf(templateOf(owner));

const controlled = ({ apiVersion, kind, metadata: { name, uid = '' } }: KubeObject) => [
  { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true },
];

/** The ReplicaSet of a Deployment or the ControllerRevision of a DaemonSet: what its Pods are of, or what they are alike to. */
export function between(owner: KubeObject, make: Make): KubeObject {
  const { name, namespace = '', creationTimestamp } = owner.metadata;
  const hash = templateHash(owner);
  const template = templateOf(owner);
  const born = String(creationTimestamp ?? '');
  const daemon = owner.kind === 'DaemonSet';
  const key = daemon ? 'controller-revision-hash' : 'pod-template-hash';
  const labels = { ...template.metadata?.labels, [key]: hash };
  const { replicas, readyReplicas, availableReplicas } = (owner.status ?? {}) as Record<string, number>;
  const selector = (owner.spec?.['selector'] ?? {}) as { matchLabels?: Fields };
  const rest = daemon
    ? { data: { spec: { template: { ...template, $patch: 'replace' } } }, revision: 1 }
    : {
        spec: {
          replicas: owner.spec?.['replicas'],
          selector: { ...selector, matchLabels: { ...selector.matchLabels, [key]: hash } },
          template: { ...template, metadata: { ...template.metadata, labels } },
        },
        status: {
          ...{ replicas, fullyLabeledReplicas: replicas, observedGeneration: 1 },
          ...(readyReplicas ? { readyReplicas, availableReplicas } : {}),
        },
      };
  const kind = daemon ? 'ControllerRevision' : 'ReplicaSet';
  const made = make('apps/v1', kind, namespace, `${name}-${hash}`, born, rest);
  const annotations = {
    'deployment.kubernetes.io/desired-replicas': String(owner.spec?.['replicas'] ?? 1),
    'deployment.kubernetes.io/max-replicas': String(Number(owner.spec?.['replicas'] ?? 1) + 1),
    'deployment.kubernetes.io/revision': '1',
  };
  const metadata = { ...made.metadata, labels, ownerReferences: controlled(owner) };
  // A revision has what its DaemonSet had.
  const noted = daemon ? { annotations: owner.metadata.annotations } : { generation: 1, annotations };
  return { ...made, metadata: { ...metadata, ...noted } };
}

/** A Pod as what it is of and the server's admission make it. `suffix` ends the name of the volume with its token. */
export function ownedPod(pod: KubeObject, owner: KubeObject, set: KubeObject, suffix: string): KubeObject {
  const hash = templateHash(owner);
  const daemon = owner.kind === 'DaemonSet';
  const labels: Record<string, string> = daemon
    ? { 'controller-revision-hash': hash, 'pod-template-generation': owner.metadata.annotations?.[GENERATION] ?? '1' }
    : { 'pod-template-hash': hash };
  const given = (pod.spec?.['tolerations'] ?? []) as Toleration[];
  const tolerations = daemon ? [...given, ...daemonTolerations(pod.spec?.['hostNetwork'] === true)] : given;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: `${(daemon ? owner : set).metadata.name}-`,
      labels: { ...pod.metadata.labels, ...labels },
      ownerReferences: controlled(daemon ? owner : set),
    },
    spec: admitted(
      { ...pod.spec, tolerations, ...(daemon ? { affinity: affinityTo(String(pod.spec?.['nodeName'])) } : {}) },
      suffix,
    ),
  };
}
