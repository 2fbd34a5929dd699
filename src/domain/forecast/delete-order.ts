/**
 * Which Machines of a MachineSet go first. Source: Cluster API v1.10 machineset_delete_policy.go; v1.11 and newer put
 * Machines that are being updated in place after marked ones and before unhealthy ones
 * (machineset_deletion_order.go).
 */
import { findCondition } from '../conditions.ts';
import { byName } from '../fleet/sorted.ts';
import type { Machine } from '../objects.ts';

/** Why a Machine stands where it stands. */
export type Ground = 'deleting' | 'marked' | 'updating' | 'unhealthy' | 'oldest' | 'newest' | 'name';

/** A Machine with its place in the order. */
export interface Ranked {
  machine: Machine;
  ground: Ground;
  /** `marked for deletion`, `unhealthy: it has no Node`: a phrase. */
  why: string;
}

const TEN_DAYS = 864_000_000;

/** The condition of a MachineHealthCheck that a Machine has failed, in either generation. */
function failedCheck({ conditions }: Machine) {
  return conditions.find(({ type, status }) => type === 'HealthCheckSucceeded' && status === 'False');
}

/** Whether a MachineHealthCheck has found a Machine to be unhealthy. */
export function hasFailedCheck(machine: Machine): boolean {
  return failedCheck(machine) !== undefined;
}

/** What makes Cluster API count a Machine as unhealthy when it chooses, as a phrase; undefined for a healthy one. */
export function illness(machine: Machine): string | undefined {
  const { node, failure, conditions } = machine;
  if (node === undefined) return 'it has no Node';
  if (failure) return `it has failed${failure.reason === undefined ? '' : `, ${failure.reason}`}`;
  if (findCondition(conditions, 'NodeHealthy')?.status === 'False') return 'its Node is not healthy';
  const checked = failedCheck(machine);
  return checked && `its health check failed${checked.reason === undefined ? '' : `, ${checked.reason}`}`;
}

interface Placed extends Ranked {
  priority: number;
}

function place(machine: Machine, policy: string | undefined, now: number): Placed {
  if (machine.deleting !== undefined) {
    return { machine, ground: 'deleting', why: 'already being deleted', priority: 100 };
  }
  if (machine.deleteMark) return { machine, ground: 'marked', why: 'marked for deletion', priority: 80 };
  if (machine.phase === 'Updating') return { machine, ground: 'updating', why: 'being updated in place', priority: 75 };
  const ill = illness(machine);
  if (ill !== undefined) return { machine, ground: 'unhealthy', why: `unhealthy: ${ill}`, priority: 50 };
  if (policy !== 'Oldest' && policy !== 'Newest') {
    return { machine, ground: 'name', why: 'first by name', priority: 20 };
  }
  const age = now - (machine.created ?? Number.NaN);
  const old = age > 0 ? 50 * (1 - Math.exp(-age / TEN_DAYS)) : 0;
  return policy === 'Oldest'
    ? { machine, ground: 'oldest', why: 'the oldest', priority: old }
    : { machine, ground: 'newest', why: 'the newest', priority: 50 - old };
}

/** The Machines of one MachineSet, those that go first first. `policy`: its deletePolicy; `now`: epoch ms. */
export function deletionOrder(machines: readonly Machine[], policy: string | undefined, now: number): Ranked[] {
  return machines
    .map((machine) => place(machine, policy, now))
    .sort((a, b) => b.priority - a.priority || byName(a.machine, b.machine))
    .map(({ machine, ground, why }) => ({ machine, ground, why }));
}
