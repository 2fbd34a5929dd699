/** The DaemonSet controller: one Pod on every Node that takes it. After k8s.io/kubernetes/pkg/controller/daemon. */

import { scaled } from '../capi/common.ts';
import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { claimed } from './claims.ts';
import { takesNode } from './node-affinity.ts';
import { availableFrom, isActive, isGoing } from './pods.ts';
import { revised } from './revisions.ts';
import { isTolerated } from './scheduler.ts';
import type { DaemonSet, Toleration, WorkPod } from './shapes.ts';
import { create, each, earliest, event, type Picture, remove, type Turn, update } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'daemonset-controller';
const HASH = 'controller-revision-hash';
const GENERATION = 'deprecated.daemonset.template.generation';

/** What the Pods of a DaemonSet stay on a Node in spite of: pkg/controller/daemon/util. */
export function daemonTolerations(hostNetwork: boolean): Toleration[] {
  const one = (state: string, effect: string) => ({ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect });
  return [
    one('not-ready', 'NoExecute'),
    one('unreachable', 'NoExecute'),
    ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((state) => one(state, 'NoSchedule')),
    ...(hostNetwork ? [one('network-unavailable', 'NoSchedule')] : []),
  ];
}

/** One turn for every DaemonSet of the picture. */
export function daemonSets(picture: Picture): Turn {
  return each(picture, picture.daemonSets, (set) => one(picture, set));
}

function one(picture: Picture, set: DaemonSet): Turn {
  const { hash, writes } = revised(picture, set);
  const tolerations = [
    ...(set.spec.template.spec.tolerations ?? []),
    ...daemonTolerations(set.spec.template.spec.hostNetwork === true),
  ];
  const fitting = picture.nodes.filter((node) => isFor(set, node, tolerations));
  const claim = claimed(set, set.spec.selector, picture.pods);
  const pods = claim.mine;
  writes.push(...claim.writes);
  const on = (node: Node) => pods.filter((pod) => placeOf(pod) === node.metadata.name && isActive(pod));
  const tell = (reason: string, message: string) => event(by, set, { type: 'Normal', reason, message, component });
  const gone = (pod: WorkPod) => [remove(by, pod), tell('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)];
  // What is still to end holds its place.
  const held = (node: Node) => pods.some((pod) => isGoing(pod) && placeOf(pod) === node.metadata.name);
  for (const node of fitting.filter((each) => on(each).length === 0 && !held(each))) {
    const pod = podOf(set, node, picture.suffix(), hash, tolerations);
    writes.push(create(by, pod), tell('SuccessfulCreate', `Created pod: ${pod.metadata.name}`));
  }
  const isFitting = (pod: WorkPod) => fitting.some(({ metadata }) => metadata.name === placeOf(pod));
  // Those of a Node that is gone are left to the collector of Pods, once they are placed.
  const isLeft = ({ spec }: WorkPod) =>
    spec.nodeName !== undefined && !picture.nodes.some(({ metadata }) => metadata.name === spec.nodeName);
  const stray = pods.filter((pod) => !isGoing(pod) && !(isActive(pod) && isFitting(pod)) && !isLeft(pod));
  writes.push(...stray.flatMap(gone));
  const kept = fitting.flatMap((node) => on(node).slice(0, 1));
  writes.push(...outdated(set, kept, fitting.length, hash).flatMap(gone));
  const { status, again } = statusOf(set, kept, fitting.length, stray.length, hash, picture.now);
  if (!equal(status, set.status)) writes.push(update(by, { ...set, status } as KubeObject, '/status'));
  return { writes, again };
}

function isFor({ spec }: DaemonSet, node: Node, tolerations: readonly Toleration[]): boolean {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  return takesNode(spec.template.spec, node) && taints.every((taint) => isTolerated(taint, tolerations));
}

/** The Node that a Pod of a DaemonSet is for, which its affinity says before the scheduler does. */
function placeOf({ spec }: WorkPod): string | undefined {
  const affinity = spec['affinity'] as ReturnType<typeof affinityTo> | undefined;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return spec.nodeName ?? terms?.[0]?.matchFields?.[0]?.values[0];
}

/** What binds a Pod of a DaemonSet to its Node before the scheduler does. */
export const affinityTo = (name: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
    },
  },
});

function podOf(set: DaemonSet, node: Node, suffix: string, hash: string, tolerations: Toleration[]): WorkPod {
  const { metadata = {}, spec } = set.spec.template;
  const { name, namespace, annotations } = set.metadata;
  const affinity = spec['affinity'] as { nodeAffinity?: object } | undefined;
  const to = affinityTo(node.metadata.name).nodeAffinity;
  const labels = {
    ...metadata.labels,
    ...{ [HASH]: hash, 'pod-template-generation': annotations?.[GENERATION] ?? '1' },
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...metadata,
      ...{
        name: `${name}-${suffix}`,
        generateName: `${name}-`,
        namespace,
        labels,
        ownerReferences: [ownerReference(set)],
      },
    } as WorkPod['metadata'],
    spec: { ...spec, tolerations, affinity: { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, ...to } } },
  };
}

/** Pods of an older template that may go now: so many may be missing at a time. */
function outdated({ spec }: DaemonSet, pods: readonly WorkPod[], wanted: number, hash: string): WorkPod[] {
  if (spec.updateStrategy?.type === 'OnDelete') return [];
  const most = scaled(spec.updateStrategy?.rollingUpdate?.maxUnavailable, wanted, 1, true);
  const old = pods.filter(({ metadata }) => metadata.labels?.[HASH] !== hash);
  const missing = wanted - pods.filter((pod) => availableFrom(pod) !== undefined).length;
  const idle = old.filter((pod) => availableFrom(pod) === undefined);
  const working = old.filter((pod) => availableFrom(pod) !== undefined);
  return [...idle, ...working.slice(0, Math.max(0, most - missing))];
}

function statusOf(set: DaemonSet, pods: readonly WorkPod[], wanted: number, stray: number, hash: string, now: number) {
  const from = pods.map((pod) => availableFrom(pod, set.spec.minReadySeconds)).filter((at) => at !== undefined);
  const available = from.filter((at) => at <= now).length;
  const updated = pods.filter(({ metadata }) => metadata.labels?.[HASH] === hash).length;
  const status = {
    ...{ currentNumberScheduled: pods.length, numberMisscheduled: stray, desiredNumberScheduled: wanted },
    ...{ numberReady: from.length, observedGeneration: set.metadata.generation ?? 1 },
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(wanted > available ? { numberUnavailable: wanted - available } : {}),
  };
  return { status, again: earliest(from.filter((at) => at > now)) };
}
