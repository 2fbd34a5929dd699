import type { Deployment } from './shapes.ts';

/** How many more and how many fewer than wanted there may be while it rolls. */
export function margins({ spec }: Deployment): { surge: number; unavailable: number } {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: replicas };
  const of = (value: number | string = '25%', round: (share: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseFloat(value) / 100) * replicas);
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
  const surge = of(maxSurge, Math.ceil);
  const unavailable = Math.min(replicas, of(maxUnavailable, Math.floor));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
