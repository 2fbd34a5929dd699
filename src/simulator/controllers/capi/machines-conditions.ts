/** Conditions in which a group of Machines is summed up, in the second generation's words. */

import { find, type Saying } from '../conditions.ts';
import { type MachineMessage, machineMessages, names } from '../messages.ts';
import type { Machine, NextGeneration } from '../shapes/capi.ts';
import { lateMachines, type Since } from './late-deletion.ts';

interface Reasons {
  yes: string;
  no: string;
  unknown: string;
}

function sumUp(type: string, of: string, machines: readonly Machine[], reasons: Reasons): Saying {
  if (machines.length === 0) return { type, status: 'True', reason: 'NoReplicas' };
  let status: Saying['status'] = 'True';
  const messages: MachineMessage[] = [];
  for (const machine of machines) {
    const condition = find(machine.status?.v1beta2?.conditions, of);
    if (condition?.status === 'True') continue;
    const grave = condition?.status === 'False';
    if (grave) status = 'False';
    else if (status === 'True') status = 'Unknown';
    const message = condition?.message ?? `Condition ${of} not yet reported`;
    messages.push({ name: machine.metadata.name, message, grave });
  }
  const reason = status === 'True' ? reasons.yes : status === 'False' ? reasons.no : reasons.unknown;
  return { type, status, reason, message: machineMessages(messages) };
}

/** `MachinesReady` (or another `type`) over the Ready conditions of Machines. */
export function machinesReady(machines: readonly Machine[], type = 'MachinesReady'): Saying {
  return sumUp(type, 'Ready', machines, { yes: 'Ready', no: 'NotReady', unknown: 'ReadyUnknown' });
}

/** `MachinesUpToDate` (or another `type`); Machines made a moment ago and not yet judged do not count. */
export function machinesUpToDate(machines: readonly Machine[], type = 'MachinesUpToDate'): Saying {
  const judged = machines.filter((machine) => find(machine.status?.v1beta2?.conditions, 'UpToDate'));
  const reasons = { yes: 'UpToDate', no: 'NotUpToDate', unknown: 'UpToDateUnknown' };
  return sumUp(type, 'UpToDate', judged, reasons);
}

/** How many Machines are ready, available and up to date by their second-generation conditions. */
export function counters(machines: readonly Machine[]): Required<Omit<NextGeneration, 'conditions'>> {
  const count = (type: string) =>
    machines.filter((machine) => find(machine.status?.v1beta2?.conditions, type)?.status === 'True').length;
  return {
    readyReplicas: count('Ready'),
    availableReplicas: count('Available'),
    upToDateReplicas: count('UpToDate'),
  };
}

/** Whether the Node of a Machine is Ready: what the first generation's `readyReplicas` counts. */
export function nodeIsReady(machine: Machine): boolean {
  return find(machine.status?.v1beta2?.conditions, 'NodeReady')?.status === 'True';
}

/** The condition `RollingOut` of a group: how many of its Machines differ, and in what. */
export function rollingOut(machines: readonly Machine[]): Saying {
  const outdated = machines.flatMap((machine) => {
    const condition = find(machine.status?.v1beta2?.conditions, 'UpToDate');
    return condition?.status === 'False' ? [condition.message] : [];
  });
  if (outdated.length === 0) return { type: 'RollingOut', status: 'False', reason: 'NotRollingOut' };
  const differences = [...new Set(outdated.flatMap((message) => message.split('\n')))].sort(versionFirst);
  const message = [`Rolling out ${outdated.length} not up-to-date replicas`, ...differences].join('\n');
  return { type: 'RollingOut', status: 'True', reason: 'RollingOut', message };
}

function versionFirst(a: string, b: string): number {
  const other = (text: string) => Number(!text.startsWith('* Version'));
  return other(a) - other(b) || (a < b ? -1 : 1);
}

/** Why nothing moves, as it follows `Scaling up from 1 to 2 replicas`. */
export function blockedBecause(lines: readonly string[]): string {
  return lines.length > 0 ? ` is blocked because:\n${lines.map((line) => `* ${line}`).join('\n')}` : '';
}

/** What more the conditions of a group's size say: why it does not grow, would not, or shrinks slowly. */
export interface Slowness {
  up?: string;
  wouldBe?: string;
  down?: string;
}

/** That templates are not there, by their kinds; undefined where none is missing. */
export function missingSentence(kinds: readonly string[]): string | undefined {
  if (kinds.length === 0) return undefined;
  return `${kinds.join(' and ')} ${kinds.length > 1 ? 'do' : 'does'} not exist`;
}

/** What a MachineSet or a MachineDeployment adds of Machines that take long to go. */
export function slowly(machines: readonly Machine[], since: Since): string {
  const late = lateMachines(machines, since);
  return late ? `\n* ${late}` : '';
}

/** The conditions `ScalingUp` and `ScalingDown`. */
export function scaling(current: number, desired: number, more: Slowness = {}): Saying[] {
  const up = desired > current;
  const down = desired < current;
  return [
    down
      ? {
          type: 'ScalingDown',
          status: 'True',
          reason: 'ScalingDown',
          message: `Scaling down from ${current} to ${desired} replicas${more.down ?? ''}`,
        }
      : { type: 'ScalingDown', status: 'False', reason: 'NotScalingDown' },
    up
      ? {
          type: 'ScalingUp',
          status: 'True',
          reason: 'ScalingUp',
          message: `Scaling up from ${current} to ${desired} replicas${more.up ?? ''}`,
        }
      : { type: 'ScalingUp', status: 'False', reason: 'NotScalingUp', message: more.wouldBe ?? '' },
  ];
}

/** The condition `Remediating` of a group: what becomes of Machines a health check has given up. */
export function remediating(machines: readonly Machine[], by: string): Saying {
  const type = 'Remediating';
  const given = machines.flatMap((machine) => {
    const condition = find(machine.status?.v1beta2?.conditions, 'OwnerRemediated');
    return condition?.status === 'False' ? [{ name: machine.metadata.name, message: condition.message }] : [];
  });
  if (given.length > 0) return { type, status: 'True', reason: 'Remediating', message: machineMessages(given) };
  const ill = machines.flatMap((machine) =>
    find(machine.status?.v1beta2?.conditions, 'HealthCheckSucceeded')?.status === 'False'
      ? [machine.metadata.name]
      : [],
  );
  if (ill.length === 0) return { type, status: 'False', reason: 'NotRemediating' };
  const some = ill.length > 1;
  const message = `Machine${some ? 's' : ''} ${names(ill.sort())} ${some ? 'are' : 'is'} not healthy (not to be remediated by ${by})`;
  return { type, status: 'False', reason: 'NotRemediating', message };
}

/** The condition `Deleting` of a group; `late` follows the number of Machines that are left. */
export function deletingSaying(deletes: boolean, left: number, late = ''): Saying {
  if (!deletes) return { type: 'Deleting', status: 'False', reason: 'NotDeleting' };
  const message = left > 0 ? `Deleting ${left} Machine${left > 1 ? 's' : ''}${late}` : 'Deletion completed';
  return { type: 'Deleting', status: 'True', reason: 'Deleting', message };
}
