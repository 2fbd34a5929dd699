/** What users run on a Node, once a taint has driven it away: whoever keeps it makes it anew when the Node is well again. */

import { isRecord, type KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { isTolerated } from '../controllers/kubernetes/scheduler.ts';
import type { WorkPod } from '../controllers/kubernetes/shapes.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { make, OF_NODES } from './system.ts';

const conditionsOf = ({ status }: KubeObject) =>
  (Array.isArray(status?.['conditions']) ? status['conditions'] : []).filter(isRecord);

/** Whether a Pod is what users run, and was deleted because of a taint. */
export const isDriven = (pod: KubeObject): boolean =>
  pod.metadata.ownerReferences?.[0]?.kind === OF_NODES.kind &&
  conditionsOf(pod).some(({ reason }) => reason === 'DeletionByTaintManager');

/** Whether an object may be made: everything but a Pod whose Node is not well. */
export const isWell = (object: KubeObject): boolean =>
  object.kind !== 'Pod' || conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True');

/** Whether a taint of its Node, where there is that, would drive a Pod away at once. */
export function isKeptOff(pod: KubeObject, node: KubeObject | undefined): boolean {
  const { tolerations = [] } = pod.spec as unknown as WorkPod['spec'];
  const { taints = [] } = (node as unknown as Node | undefined)?.spec ?? {};
  return taints.some((taint) => taint.effect === 'NoExecute' && !isTolerated(taint, tolerations));
}

/** The Pod that comes at a time, as Kubernetes writes it, in place of one that was driven away: with containers of its own. */
export function anew(pod: KubeObject, at: string): KubeObject {
  const { namespace = '', name } = pod.metadata;
  const { metadata } = make('v1', 'Pod', namespace, name, at, {});
  const later = (time: unknown) => (String(time) > at ? time : at);
  const conditions = conditionsOf(pod).map((one) => ({
    ...one,
    lastTransitionTime: later(one['lastTransitionTime']),
  }));
  const containers = Array.isArray(pod.status?.['containerStatuses']) ? pod.status['containerStatuses'] : [];
  const containerStatuses = containers.filter(isRecord).map((one) => ({
    ...one,
    ...{ restartCount: 0, lastState: {}, containerID: `containerd://${digest(`${metadata.uid}/${one['name']}`)}` },
    state: { running: { startedAt: at } },
  }));
  return {
    ...pod,
    metadata: { ...pod.metadata, ...metadata },
    status: { ...pod.status, startTime: at, conditions, containerStatuses },
  };
}
