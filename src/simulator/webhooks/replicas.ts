/** How many replicas a group gets that names none, with the autoscaler's annotations. Source: Cluster API 1.10. */

import type { KubeObject } from '../controllers/shapes/meta.ts';

const least = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size';
const most = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size';

/** The old number within the autoscaler's limits; the lower limit for a new group; 1 without limits. */
export function defaultReplicas(group: KubeObject, old: number | undefined): number {
  const { [least]: low, [most]: high } = group.metadata.annotations ?? {};
  if (low === undefined || high === undefined) return old ?? 1;
  const [min, max] = [Number(low), Number(high)];
  if (!Number.isInteger(min) || !Number.isInteger(max)) return old ?? 1;
  return old === undefined ? min : Math.min(Math.max(old, min), max);
}
