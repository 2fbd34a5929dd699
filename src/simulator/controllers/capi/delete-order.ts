/** Which Machines of a MachineSet go first. Source: Cluster API 1.10, machineset_delete_policy.go. */

import { find } from '../conditions.ts';
import { findLegacy } from '../legacy-conditions.ts';
import type { Machine } from '../shapes/capi.ts';
import { byName, deleting } from './common.ts';

export const deleteAnnotation = 'cluster.x-k8s.io/delete-machine';
const tenDays = 864_000_000;

/** `machines` with those to delete first first. `policy` is Random (or nothing), Newest or Oldest; `now` in ms. */
export function deleteOrder(machines: readonly Machine[], policy: string | undefined, now: number): Machine[] {
  const priority = new Map(machines.map((machine) => [machine, priorityOf(machine, policy, now)]));
  return [...machines].sort((a, b) => priority.get(b)! - priority.get(a)! || byName(a, b));
}

function priorityOf(machine: Machine, policy: string | undefined, now: number): number {
  if (deleting(machine)) return 100;
  if (machine.metadata.annotations?.[deleteAnnotation] !== undefined) return 75;
  if (isUnhealthy(machine)) return 50;
  if (policy !== 'Newest' && policy !== 'Oldest') return 20;
  const age = now - Date.parse(machine.metadata.creationTimestamp ?? '');
  const old = Number.isFinite(age) && age > 0 ? 50 * (1 - Math.exp(-age / tenDays)) : 0;
  return policy === 'Oldest' ? old : 50 - old;
}

function isUnhealthy(machine: Machine): boolean {
  const { nodeRef, failureReason, failureMessage, conditions, v1beta2 } = machine.status ?? {};
  if (!nodeRef || failureReason || failureMessage) return true;
  return (
    findLegacy(conditions, 'NodeHealthy')?.status === 'False' ||
    findLegacy(conditions, 'HealthCheckSucceeded')?.status === 'False' ||
    find(v1beta2?.conditions, 'HealthCheckSucceeded')?.status === 'False'
  );
}
