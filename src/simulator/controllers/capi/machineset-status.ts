/** What a MachineSet reports. Shapes and words: Cluster API 1.10. */

import { saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { aggregate, findLegacy, type LegacySaying, no, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import type { Machine, MachineSet } from '../shapes/capi.ts';
import { deleting, leaveZeros } from './common.ts';
import {
  counters,
  deletingSaying,
  machinesReady,
  machinesUpToDate,
  nodeIsReady,
  remediating,
  scaling,
} from './machines-conditions.ts';

/** Writes the whole status of `draft`, a MachineSet with these Machines. `blocked`: why none may be made. */
export function setMachineSetStatus(
  draft: MachineSet,
  machines: Machine[],
  blocked: readonly string[],
  at: string,
  clusterApi: ClusterApiVersion = 'v1beta1',
) {
  const desired = draft.spec?.replicas ?? 0;
  const ready = machines.filter(nodeIsReady).length;
  const template = Object.entries(draft.spec?.template?.metadata?.labels ?? {});
  const labeled = machines.filter((machine) =>
    template.every(([key, value]) => machine.metadata.labels?.[key] === value),
  );
  const old = draft.status;
  const generation = draft.metadata.generation;
  draft.status = {
    ...old,
    selector: selectorText(draft.spec?.selector?.matchLabels),
    replicas: machines.length,
    fullyLabeledReplicas: labeled.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: generation,
    conditions: legacy(draft, machines, { desired, ready }, blocked, at, clusterApi),
    v1beta2: {
      ...counters(machines),
      conditions: saySorted(
        old?.v1beta2?.conditions,
        [
          remediating(machines, 'MachineSet'),
          ...scaling(machines.length, deleting(draft) ? 0 : desired, blocked),
          machinesReady(machines),
          machinesUpToDate(machines),
          { type: 'Paused', status: 'False', reason: 'NotPaused' },
          deletingSaying(deleting(draft), machines.length),
        ],
        at,
        generation,
      ),
    },
  };
  if (clusterApi === 'v1beta1') leaveZeros(draft.status, old, counts);
}

const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

/** Match labels as a selector is written: `a=b,c=d`. */
export function selectorText(matchLabels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(',');
}

function legacy(
  draft: MachineSet,
  machines: Machine[],
  { desired, ready }: { desired: number; ready: number },
  blocked: readonly string[],
  at: string,
  clusterApi: ClusterApiVersion,
) {
  const count = machines.length;
  const sayings: LegacySaying[] = [];
  if (count < desired) {
    const message = `Scaling up MachineSet to ${desired} replicas (actual ${count})`;
    sayings.push(no('Resized', 'ScalingUp', 'Warning', message));
    const why = blocked.join('; ');
    sayings.push(why ? no('MachinesCreated', 'PreflightCheckFailed', 'Error', why) : yes('MachinesCreated'));
  } else {
    sayings.push(yes('MachinesCreated'));
    if (count > desired) {
      const message = `Scaling down MachineSet to ${desired} replicas (actual ${count})`;
      sayings.push(no('Resized', 'ScalingDown', 'Warning', message));
    } else if (ready === count) {
      sayings.push(yes('Resized'));
    }
  }
  const readiness = machines.map((machine) => ({
    name: machine.metadata.name,
    ready: findLegacy(machine.status?.conditions, 'Ready'),
  }));
  const all = aggregate('MachinesReady', readiness);
  if (all) sayings.push(all);
  // With no Machine left the last word about one stands, up to v1.10.
  else if (clusterApi === 'v1beta2') sayings.push(yes('MachinesReady'));
  const next = sayLegacy(draft.status?.conditions, sayings, at);
  const parts = ['MachinesCreated', 'Resized', 'MachinesReady'].flatMap((type) => findLegacy(next, type) ?? []);
  return sayLegacy(next, [summary(parts)], at);
}
