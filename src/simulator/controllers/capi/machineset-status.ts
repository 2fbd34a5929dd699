/** What a MachineSet reports. Shapes and words: Cluster API 1.10. */

import { saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { aggregate, findLegacy, type LegacySaying, no, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import type { Machine, MachineSet } from '../shapes/capi.ts';
import { deleting, leaveZeros } from './common.ts';
import { type Since, sinceBy } from './late-deletion.ts';
import {
  blockedBecause,
  counters,
  deletingSaying,
  machinesReady,
  machinesUpToDate,
  missingSentence,
  nodeIsReady,
  remediating,
  scaling,
  slowly,
} from './machines-conditions.ts';

/** What else a MachineSet has to tell. */
export interface SetNews {
  /** The kinds of its templates that are not there. */
  missing?: readonly string[];
  /** Why the first Machine that it wanted to make could not be cloned: a reason of its first generation, and the error. */
  failure?: { reason: string; message: string } | undefined;
  /** Simulated ms since a time; as the clock has it where left out. */
  since?: Since;
}

/** Writes the whole status of `draft`, a MachineSet with these Machines. `blocked`: why none may be made. */
export function setMachineSetStatus(
  draft: MachineSet,
  machines: Machine[],
  blocked: readonly string[],
  at: string,
  clusterApi: ClusterApiVersion = 'v1beta1',
  { missing = [], failure, since = sinceBy(at) }: SetNews = {},
) {
  const desired = draft.spec?.replicas ?? 0;
  const ready = machines.filter(nodeIsReady).length;
  const template = Object.entries(draft.spec?.template?.metadata?.labels ?? {});
  const labeled = machines.filter((machine) =>
    template.every(([key, value]) => machine.metadata.labels?.[key] === value),
  );
  const lacks = missingSentence(missing);
  const late = slowly(machines, since);
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
    conditions: legacy(draft, machines, { desired, ready }, { blocked, failure }, at, clusterApi),
    v1beta2: {
      ...counters(machines),
      conditions: saySorted(
        old?.v1beta2?.conditions,
        [
          remediating(machines, 'MachineSet'),
          ...scaling(machines.length, deleting(draft) ? 0 : desired, {
            up: blockedBecause([...blocked, ...(lacks ? [lacks] : [])]),
            wouldBe: lacks && !deleting(draft) ? `Scaling up would be blocked because ${lacks}` : '',
            down: late,
          }),
          machinesReady(machines),
          machinesUpToDate(machines),
          { type: 'Paused', status: 'False', reason: 'NotPaused' },
          deletingSaying(deleting(draft), machines.length, late),
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
  { blocked, failure }: { blocked: readonly string[]; failure: SetNews['failure'] },
  at: string,
  clusterApi: ClusterApiVersion,
) {
  const count = machines.length;
  const sayings: LegacySaying[] = [];
  if (count < desired) {
    const message = `Scaling up MachineSet to ${desired} replicas (actual ${count})`;
    sayings.push(no('Resized', 'ScalingUp', 'Warning', message));
    const why = blocked.join('; ');
    const { reason, message: said } = failure ?? { reason: 'PreflightCheckFailed', message: why };
    sayings.push(said ? no('MachinesCreated', reason, 'Error', said) : yes('MachinesCreated'));
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
