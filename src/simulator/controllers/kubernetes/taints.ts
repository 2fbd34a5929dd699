/** Pods that a taint drives away. After k8s.io/kubernetes/pkg/controller/tainteviction. */

import type { Node } from '../shapes/core.ts';
import { isTolerated } from './scheduler.ts';
import type { WorkPod } from './shapes.ts';
import { event, type Picture, remove, type Turn } from './turn.ts';

const by = 'kube-controller-manager';
/** Of a Node that is not ready or silent the kubelets' turn knows the times. */
const ofHealth = /^node\.kubernetes\.io\/(not-ready|unreachable)$/;

/**
 * The deletion of a Pod that does not tolerate a NoExecute taint of its Node, or has for as long as it does; undefined where
 * nothing drives it away. A taint without a time counts from the moment it is seen.
 */
export function driven(picture: Picture, pod: WorkPod, node: Node): Turn | undefined {
  const { tolerations = [] } = pod.spec;
  const taints = (node.spec?.taints ?? []).filter(({ effect, key }) => effect === 'NoExecute' && !ofHealth.test(key));
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
  const { namespace, name } = pod.metadata;
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  const told = {
    type: 'Normal',
    reason: 'TaintManagerEviction',
    message,
    component: 'taint-eviction-controller',
  } as const;
  return { writes: [event(by, pod, told), remove(by, pod)] };
}
