import { scaled } from '../capi/common.ts';
import type { Deployment } from './shapes.ts';

/** How many more and how many fewer than wanted there may be while it rolls. */
export function margins({ spec }: Deployment): { surge: number; unavailable: number } {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, replicas, 1, true);
  const unavailable = Math.min(replicas, scaled(maxUnavailable, replicas, 0, false));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
