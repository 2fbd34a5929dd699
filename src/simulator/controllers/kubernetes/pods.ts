/** What is told from a Pod: whether it counts, is ready, and for how long. As k8s.io/kubernetes/pkg/controller has it. */

import type { WorkPod } from './shapes.ts';

/** Whether it still counts as one of those that were wanted: neither over nor on its way out. */
export const isActive = ({ metadata, status }: WorkPod): boolean =>
  status?.phase !== 'Succeeded' && status?.phase !== 'Failed' && metadata.deletionTimestamp === undefined;

/** Whether it was deleted and its containers still come to their end. */
export const isGoing = ({ metadata, status }: WorkPod): boolean =>
  metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/** Since when it is ready, Unix ms; undefined where it is not. */
export function readySince({ status }: WorkPod): number | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') : undefined;
}

/** When it counts as available, Unix ms; undefined where it is not even ready. */
export function availableFrom(pod: WorkPod, minReadySeconds = 0): number | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : since + minReadySeconds * 1000;
}

const has = (pod: WorkPod, name: string): boolean =>
  pod.status?.conditions?.find(({ type }) => type === name)?.status === 'True';

/** Those that go first when there are too many: not placed, not begun, not ready, ready for the shortest time, youngest. */
export function byDispensability(a: WorkPod, b: WorkPod): number {
  const rank = (pod: WorkPod) => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    has(pod, 'Ready') ? 1 : 0,
    -(readySince(pod) ?? 0),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? (a.metadata.name < b.metadata.name ? -1 : 1) : left[at]! - right[at]!;
}
