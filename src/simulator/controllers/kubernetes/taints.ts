/** Pods that a taint drives away. After k8s.io/kubernetes/pkg/controller/tainteviction. */

import type { Node } from '../shapes/core.ts';
import { disrupted } from './preemption.ts';
import { isTolerated } from './scheduler.ts';
import type { WorkPod } from './shapes.ts';
import { event, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
/** Of a Node that is silent the kubelets' turn knows the times. */
const ofSilence = 'node.kubernetes.io/unreachable';

/**
 * The deletion of a Pod that does not tolerate a NoExecute taint of its Node, or has for as long as it does; undefined where
 * nothing drives it away. A taint without a time counts from the moment it is seen.
 */
export function driven(picture: Picture, pod: WorkPod, node: Node): Turn | undefined {
  const { tolerations = [] } = pod.spec;
  const taints = (node.spec?.taints ?? []).filter(({ effect, key }) => effect === 'NoExecute' && key !== ofSilence);
  if (taints.length === 0) return undefined;
  const ends = taints.map((taint) => {
    const fitting = tolerations.filter((one) => isTolerated(taint, [one]));
    if (fitting.length === 0) return 0;
    const seconds = fitting.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
    if (seconds.length === 0) return Number.POSITIVE_INFINITY;
    const since = Date.parse((taint as { timeAdded?: string }).timeAdded ?? '');
    return (Number.isNaN(since) ? picture.now : since) + Math.max(0, Math.min(...seconds)) * 1000;
  });
  const until = Math.min(...ends);
  if (until > picture.now) return Number.isFinite(until) ? { writes: [], again: until } : undefined;
  return evicted(picture, pod);
}

const component = 'taint-eviction-controller';
const reason = 'TaintManagerEviction';

/** It is taken away, and says why. */
export function evicted(picture: Picture, pod: WorkPod): Turn {
  const { namespace, name } = pod.metadata;
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  const why = 'Taint manager: deleting due to NoExecute taint';
  return {
    writes: [
      update(by, disrupted(picture, pod, 'DeletionByTaintManager', why), '/status'),
      event(by, pod, { type: 'Normal', reason, message, component }),
      remove(by, pod),
    ],
  };
}

/** The Node is well again before the time was over. */
export function spared(pod: WorkPod): Write[] {
  const { namespace, name } = pod.metadata;
  const message = `Cancelling deletion of Pod ${namespace}/${name}`;
  return patience(pod) === undefined ? [] : [event(by, pod, { type: 'Normal', reason, message, component })];
}

/** For how long, in seconds, a Pod stays on a Node that is silent; undefined where it does for good. */
export function patience({ spec }: WorkPod): number | undefined {
  const key = 'node.kubernetes.io/unreachable';
  const tolerated = (spec.tolerations ?? []).filter((one) => !one.key || one.key === key);
  if (tolerated.some((one) => one.tolerationSeconds === undefined)) return undefined;
  return Math.max(0, ...tolerated.map((one) => one.tolerationSeconds ?? 0));
}
