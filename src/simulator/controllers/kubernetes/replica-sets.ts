/** The ReplicaSet controller, and that of ReplicationControllers: as many Pods of the template as are wanted. After k8s.io/kubernetes/pkg/controller/replicaset. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { claimed } from './claims.ts';
import { availableFrom, byDispensability, isActive } from './pods.ts';
import type { ReplicaSet, WorkCondition, WorkPod } from './shapes.ts';
import { create, each, earliest, event, type Picture, remove, type Turn, update } from './turn.ts';

const by = 'kube-controller-manager';
/** So many Pods are made or taken away in one go. */
const burst = 500;

/** One turn for every ReplicaSet of the picture. */
export function replicaSets(picture: Picture): Turn {
  const old = picture.replicationControllers.map((set): ReplicaSet => {
    const { selector = set.spec.template.metadata?.labels } = set.spec;
    return { ...set, spec: { ...set.spec, selector: { matchLabels: selector } } };
  });
  return each(picture, [...picture.replicaSets, ...old], (set) => one(picture, set));
}

function one(picture: Picture, set: ReplicaSet): Turn {
  const { now } = picture;
  const claim = claimed(set, set.spec.selector, picture.pods.filter(isActive));
  const pods = claim.mine;
  const wanted = set.spec.replicas ?? 1;
  const component = set.kind === 'ReplicaSet' ? 'replicaset-controller' : 'replication-controller';
  const tell = (reason: string, message: string) => event(by, set, { type: 'Normal', reason, message, component });
  const writes = [...claim.writes];
  for (let missing = Math.min(burst, wanted - pods.length); missing > 0; missing -= 1) {
    const pod = podOf(set, picture.suffix());
    writes.push(create(by, pod), tell('SuccessfulCreate', `Created pod: ${pod.metadata.name}`));
  }
  const spare = [...pods].sort(byDispensability).slice(0, Math.max(0, pods.length - wanted));
  for (const pod of spare) {
    writes.push(remove(by, pod), tell('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`));
  }
  const { status, again } = statusOf(set, pods, now, wanted > pods.length ? picture.refused(set) : undefined);
  if (!equal(status, set.status)) writes.push(update(by, { ...set, status } as KubeObject, '/status'));
  return { writes, again };
}

/** `refused`: why Pods could not be made; it is told until they can be. */
function statusOf(set: ReplicaSet, pods: readonly WorkPod[], now: number, refused: string | undefined) {
  const from = pods.map((pod) => availableFrom(pod, set.spec.minReadySeconds)).filter((at) => at !== undefined);
  const available = from.filter((at) => at <= now).length;
  const status = {
    replicas: pods.length,
    ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
    ...(from.length > 0 ? { readyReplicas: from.length } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    observedGeneration: set.metadata.generation ?? 1,
    ...(refused === undefined ? {} : { conditions: [failure(set, refused, now)] }),
  };
  return { status, again: earliest(from.filter((at) => at > now)) };
}

const failure = ({ status }: ReplicaSet, message: string, now: number): WorkCondition =>
  status?.conditions?.find(({ type }) => type === 'ReplicaFailure') ?? {
    ...{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
    lastTransitionTime: timestamp(now),
  };

/** A new Pod of a ReplicaSet's template. */
function podOf(set: ReplicaSet, suffix: string): WorkPod {
  const { metadata = {}, spec } = set.spec.template;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...metadata,
      ...{ name: `${set.metadata.name}-${suffix}`, generateName: `${set.metadata.name}-` },
      namespace: set.metadata.namespace,
      ownerReferences: [ownerReference(set)],
    } as WorkPod['metadata'],
    spec,
  };
}
