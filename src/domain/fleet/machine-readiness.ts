import { findCondition } from '../conditions.ts';
import type { Condition, Machine } from '../objects.ts';

/** Reasons of v1beta1 `Ready=False` that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  'WaitingForDataSecret',
  'WaitingForInfrastructure',
  'WaitingForNodeRef',
  'NodeProvisioning',
  'Deleting',
  'Deleted',
  'Draining',
]);

/** What checks say while they have not looked yet. */
const NOT_LOOKED = /waiting for|not yet reported|is false$/i;

function isPassing({ status, reason, message }: Condition): boolean {
  if (status !== 'False') return true;
  if (reason !== undefined && PASSING.has(reason)) return true;
  const lines = message?.split('\n').filter((line) => !/:\s*$/.test(line)) ?? [];
  return lines.length > 0 && lines.every((line) => NOT_LOOKED.test(line));
}

/**
 * Whether a Machine whose node is up is ready, by its own `Ready`: `pending` while its checks have yet to look at it,
 * `failed` once one of them has said no.
 */
export function readiness(machine: Machine): { word: 'ready' | 'pending' | 'failed'; condition?: Condition } {
  const condition = findCondition(machine.conditions, 'Ready');
  if (!condition || condition.status === 'True') return { word: 'ready', condition };
  return { word: isPassing(condition) ? 'pending' : 'failed', condition };
}
