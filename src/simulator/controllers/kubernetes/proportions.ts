/**
 * How many Pods each ReplicaSet of a Deployment gets when that is scaled while it rolls, or rests: each its share. After
 * k8s.io/kubernetes/pkg/controller/deployment, whose arithmetic this is.
 */

import { margins } from './margins.ts';
import type { Deployment, ReplicaSet } from './shapes.ts';

/** What a ReplicaSet was told last of the whole it is a part of. */
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MOST = 'deployment.kubernetes.io/max-replicas';

const wantedOf = ({ spec }: { spec: { replicas?: number } }): number => spec.replicas ?? 1;
const bornOf = ({ metadata }: ReplicaSet): number => Date.parse(metadata.creationTimestamp ?? '') || 0;

/** Whether a Deployment was scaled since its ReplicaSets were told of it. */
export function isScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some(({ metadata, spec }) => {
    const told = metadata.annotations?.[DESIRED];
    return (spec.replicas ?? 1) > 0 && told !== undefined && Number(told) !== wantedOf(deployment);
  });
}

/** The size that each ReplicaSet is to have; one that is left out keeps its own. `old`: those before `current`, if there is one. */
export function sizesOf(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Map<ReplicaSet, number> {
  const replicas = wantedOf(deployment);
  const all = [...old, ...(current ? [current] : [])];
  const active = all.filter((set) => wantedOf(set) > 0);
  const latest = current ?? [...old].sort((a, b) => bornOf(b) - bornOf(a))[0];
  const only = active.length === 1 ? active[0] : active.length === 0 ? latest : undefined;
  if (only) return new Map([[only, replicas]]);
  const isFull = current && wantedOf(current) === replicas && (current.status?.availableReplicas ?? 0) === replicas;
  if (isFull) return new Map(active.filter((set) => set !== current).map((set) => [set, 0]));
  if (deployment.spec.strategy?.type === 'Recreate') return new Map();
  const most = replicas > 0 ? replicas + margins(deployment).surge : 0;
  const more = most - active.reduce((sum, set) => sum + wantedOf(set), 0);
  if (more === 0) return new Map(active.map((set) => [set, wantedOf(set)]));
  // The largest first; of those of one size the newest gains first, and the oldest loses first.
  active.sort((a, b) => wantedOf(b) - wantedOf(a) || (more > 0 ? bornOf(b) - bornOf(a) : bornOf(a) - bornOf(b)));
  let added = 0;
  const sizes = new Map(
    active.map((set) => {
      const own = wantedOf(set);
      const before = Number(set.metadata.annotations?.[MOST] ?? 0) || Number(deployment.status?.replicas ?? own);
      const share = replicas === 0 ? -own : Math.round((own * most) / before) - own;
      const part = more > 0 ? Math.min(share, more - added) : Math.max(share, more - added);
      added += part;
      return [set, own + part];
    }),
  );
  const [largest] = active;
  sizes.set(largest!, Math.max(0, sizes.get(largest!)! + more - added));
  return sizes;
}
