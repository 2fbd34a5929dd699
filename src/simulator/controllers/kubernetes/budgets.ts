/** PodDisruptionBudgets: how many of their Pods may be evicted now. After k8s.io/kubernetes/pkg/controller/disruption. */

import { scaled } from '../capi/common.ts';
import { equal } from '../json.ts';
import { selects } from '../selector.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { isActive, readySince } from './pods.ts';
import type { DisruptionBudget, WorkPod } from './shapes.ts';
import { each, type Picture, type Turn, update, type Write } from './turn.ts';

/** One turn for every budget of the picture. */
export function budgets(picture: Picture): Turn {
  return each(picture, picture.budgets, (budget) => ({ writes: one(picture, budget) }));
}

function one(picture: Picture, budget: DisruptionBudget): Write[] {
  const pods = picture.pods.filter(
    (pod) =>
      pod.metadata.namespace === budget.metadata.namespace &&
      isActive(pod) &&
      selects(budget.spec.selector, pod.metadata.labels),
  );
  const { minAvailable, maxUnavailable } = budget.spec;
  const all = expected(picture, pods);
  const share = (value: number | string | undefined) => scaled(value, all, 1, true);
  // A plain minimum is held against the Pods that there are, whoever made them.
  const expectedPods = typeof minAvailable === 'number' ? pods.length : all;
  const desiredHealthy = maxUnavailable === undefined ? share(minAvailable) : Math.max(0, all - share(maxUnavailable));
  const currentHealthy = pods.filter((pod) => readySince(pod) !== undefined).length;
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const observedGeneration = budget.metadata.generation ?? 1;
  const wanted = disruptionsAllowed > 0 ? 'True' : 'False';
  const last = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const condition = {
    ...{ type: 'DisruptionAllowed', status: wanted, observedGeneration, message: '' },
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    lastTransitionTime: last?.status === wanted ? last.lastTransitionTime : timestamp(picture.now),
  };
  const status = {
    conditions: [condition],
    ...{ currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, observedGeneration },
  };
  if (equal(status, budget.status)) return [];
  return [update('kube-controller-manager', { ...budget, status } as KubeObject, '/status')];
}

/** How many Pods those that made these want in all; a Pod that nobody made counts for itself. */
function expected({ replicaSets, statefulSets }: Picture, pods: readonly WorkPod[]): number {
  const owners = new Map<string, number>();
  for (const { metadata } of pods) {
    const uid = metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? metadata.uid ?? '';
    const set = [...replicaSets, ...statefulSets].find((each) => each.metadata.uid === uid);
    owners.set(uid, set ? (set.spec.replicas ?? 1) : (owners.get(uid) ?? 0) + 1);
  }
  return [...owners.values()].reduce((sum, count) => sum + count, 0);
}
