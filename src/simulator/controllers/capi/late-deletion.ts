/**
 * What Cluster API says of Machines whose deletion takes long, and what it takes for the cause. Source: Cluster API 1.10,
 * the status of Machines and of what owns them.
 */

import { find } from '../conditions.ts';
import { names } from '../messages.ts';
import type { Machine } from '../shapes/capi.ts';

/** After so long a deletion counts as late; a drain is asked for the cause after the second, in ms. */
const late = 15 * 60_000;
const lateDrain = 5 * 60_000;

/** Simulated ms since a time; 0 where there is none. */
export type Since = (at: string | undefined) => number;

/** How long ago something was by `at`, the time of the clock: for what is told at the speed of life. */
export function sinceBy(at: string): Since {
  return (then) => {
    const ms = Date.parse(at) - Date.parse(then ?? '');
    return Number.isFinite(ms) ? Math.max(0, ms) : 0;
  };
}

const isLate = ({ metadata }: Machine, since: Since): boolean =>
  metadata.deletionTimestamp !== undefined && since(metadata.deletionTimestamp) > late;

/** Ms until the deletion of `machine` counts as late; undefined where it does, or where there is none. */
export function untilLate({ metadata }: Machine, since: Since): number | undefined {
  const rest = late - since(metadata.deletionTimestamp);
  return metadata.deletionTimestamp !== undefined && rest >= 0 ? rest + 1 : undefined;
}

const causes: readonly (readonly [said: string, cause: string])[] = [
  ["cannot evict pod as it would violate the pod's disruption budget.", 'PodDisruptionBudgets'],
  ['deletionTimestamp set, but still not removed from the Node', 'Pods not terminating'],
  ['failed to evict Pod', 'Pod eviction errors'],
  ['waiting for completion', 'Pods not completed yet'],
];

/** Why the drain of a Machine takes long, by what it says of it. */
function causesOf({ status }: Machine, since: Since): string[] {
  const deleting = find(status?.v1beta2?.conditions, 'Deleting');
  const drains = deleting?.status === 'True' && deleting.reason === 'DrainingNode';
  if (!drains || since(status?.deletion?.nodeDrainStartTime) <= lateDrain) return [];
  return causes.flatMap(([said, cause]) => (deleting.message.includes(said) ? [cause] : []));
}

const due = (found: readonly string[]): string => (found.length > 0 ? `, delay likely due to ${found.join(', ')}` : '');

/** What the condition Ready of a Machine that is deleted says of it: the stage, and not its details. */
export function deletionInShort(machine: Machine, stage: string, since: Since): string {
  if (!isLate(machine, since)) return `Machine deletion in progress, stage: ${stage}`;
  return `Machine deletion in progress since more than 15m, stage: ${stage}${due(causesOf(machine, since))}`;
}

/** What an owner says of Machines whose deletion is late; undefined where there are none. */
export function lateMachines(machines: readonly Machine[], since: Since): string | undefined {
  const found = machines.filter((machine) => isLate(machine, since));
  if (found.length === 0) return undefined;
  const why = new Set(found.flatMap((machine) => causesOf(machine, since)));
  const known = causes.flatMap(([, cause]) => (why.has(cause) ? [cause] : []));
  const [noun, verb] = found.length > 1 ? ['Machines', 'are'] : ['Machine', 'is'];
  const list = names(found.map(({ metadata }) => metadata.name).sort());
  return `${noun} ${list} ${verb} in deletion since more than 15m${due(known)}`;
}
