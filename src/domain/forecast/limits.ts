/** How many Machines a MachineDeployment may have too many, or lack, while it rolls. Source: Kubernetes' intstr. */
import type { GroupRow } from '../fleet/rows.ts';

/** A count or a share of `total`, as Kubernetes scales it (intstr). Undefined: not readable. */
function scaled(value: string | undefined, total: number, fallback: number, up: boolean): number | undefined {
  if (value === undefined) return fallback;
  const share = /^(\d{1,9})%$/.exec(value)?.[1];
  if (share !== undefined) return (up ? Math.ceil : Math.floor)((Number(share) * total) / 100);
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** What a MachineDeployment allows while it rolls; both limits 0 would stand still: then one may be unavailable. */
export function limitsOf(
  group: GroupRow,
  replicas = group.replicas.desired ?? 0,
): { maxSurge: number; maxUnavailable: number } | undefined {
  const maxSurge = scaled(group.rollout.maxSurge, replicas, 1, true);
  const maxUnavailable = scaled(group.rollout.maxUnavailable, replicas, 0, false);
  if (maxSurge === undefined || maxUnavailable === undefined) return undefined;
  return { maxSurge, maxUnavailable: Math.min(replicas, maxSurge + maxUnavailable === 0 ? 1 : maxUnavailable) };
}
