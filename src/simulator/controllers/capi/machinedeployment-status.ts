/** What a MachineDeployment reports. Shapes and words: Cluster API 1.10. */

import { type Saying, saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { findLegacy, type LegacySaying, no, repeat, sayLegacy, yes } from '../legacy-conditions.ts';
import type { Machine, MachineDeployment, MachineSet } from '../shapes/capi.ts';
import { deleting, leaveZeros } from './common.ts';
import { type Since, sinceBy } from './late-deletion.ts';
import {
  counters,
  deletingSaying,
  machinesReady,
  machinesUpToDate,
  missingSentence,
  remediating,
  rollingOut,
  scaling,
  slowly,
} from './machines-conditions.ts';
import { selectorText } from './machineset-status.ts';
import { budgetOf } from './rollout.ts';
import { belongs } from './set-machines.ts';

const sum = (sets: readonly MachineSet[], of: (set: MachineSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (of(set) ?? 0), 0);

/** What else a MachineDeployment has to tell. */
export interface GroupNews {
  /** The kinds of its templates that are not there. */
  missing?: readonly string[];
  /** Simulated ms since a time; as the clock has it where left out. */
  since?: Since;
}

/** Writes the whole status of `draft`, with its MachineSets, the current one among them, and all their Machines. */
export function setDeploymentStatus(
  draft: MachineDeployment,
  sets: readonly MachineSet[],
  current: MachineSet | undefined,
  machines: readonly Machine[],
  at: string,
  clusterApi: ClusterApiVersion = 'v1beta1',
  { missing = [], since = sinceBy(at) }: GroupNews = {},
): void {
  const old = draft.status;
  const desired = draft.spec?.replicas ?? 1;
  const replicas = sum(sets, (set) => set.status?.replicas);
  const total = sum(sets, (set) => set.spec?.replicas);
  const available = sum(sets, (set) => set.status?.availableReplicas);
  const ready = sum(sets, (set) => set.status?.readyReplicas);
  draft.status = {
    ...old,
    selector: selectorText(draft.spec?.selector?.matchLabels),
    phase:
      clusterApi === 'v1beta2'
        ? sizePhase(deleting(draft) ? -1 : desired, replicas)
        : readyPhase(desired, ready, total - available, old?.phase),
    replicas,
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: ready,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total - available),
    observedGeneration: draft.metadata.generation,
    conditions: legacy(draft, available, current, at),
    v1beta2: {
      ...counters(machines.filter((machine) => sets.some((set) => belongs(machine, set)))),
      conditions: saySorted(
        old?.v1beta2?.conditions,
        sayings(draft, replicas, machines, missingSentence(missing), slowly(machines, since)),
        at,
        draft.metadata.generation,
      ),
    },
  };
  if (clusterApi === 'v1beta1') leaveZeros(draft.status, old, counts);
}

const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'];

/** Up to v1.10 the phase follows the ready replicas, and says ScalingDown while more are available than wanted. */
function readyPhase(desired: number, ready: number, unavailable: number, old: string | undefined): string {
  if (unavailable < 0) return 'ScalingDown';
  if (desired > ready) return 'ScalingUp';
  return desired < ready && old ? old : 'Running';
}

/** Since v1beta2 it follows their number. */
function sizePhase(desired: number, replicas: number): string {
  if (desired === replicas) return 'Running';
  return desired > replicas ? 'ScalingUp' : 'ScalingDown';
}

function legacy(draft: MachineDeployment, available: number, current: MachineSet | undefined, at: string) {
  const { replicas, maxUnavailable } = budgetOf(draft);
  const least = replicas - maxUnavailable;
  const message = `Minimum availability requires ${least} replicas, current ${available} available`;
  const isAvailable: LegacySaying =
    available >= least ? yes('Available') : no('Available', 'WaitingForAvailableMachines', 'Warning', message);
  const setReady = findLegacy(current?.status?.conditions, 'Ready');
  return sayLegacy(
    draft.status?.conditions,
    [
      isAvailable,
      repeat('Ready', isAvailable),
      setReady ? repeat('MachineSetReady', setReady) : no('MachineSetReady', 'WaitingForMachineSet', 'Info'),
    ],
    at,
  );
}

function sayings(
  draft: MachineDeployment,
  replicas: number,
  machines: readonly Machine[],
  lacks: string | undefined,
  late: string,
): Saying[] {
  const goes = deleting(draft);
  return [
    availableSaying(draft, counters(machines).availableReplicas),
    rollingOut(machines),
    remediating(machines, 'MachineDeployment'),
    ...scaling(replicas, goes ? 0 : (draft.spec?.replicas ?? 1), {
      up: lacks ? ` is blocked because ${lacks}` : '',
      wouldBe: lacks && !goes ? `Scaling up would be blocked because ${lacks}` : '',
      down: late,
    }),
    machinesReady(machines),
    machinesUpToDate(machines),
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
    deletingSaying(goes, machines.length, late),
  ];
}

function availableSaying(draft: MachineDeployment, available: number): Saying {
  const { replicas, maxUnavailable } = budgetOf(draft);
  const least = replicas - maxUnavailable;
  if (available >= least) return { type: 'Available', status: 'True', reason: 'Available' };
  if (deleting(draft)) {
    return { type: 'Available', status: 'False', reason: 'NotAvailable', message: 'Deletion in progress' };
  }
  const message =
    `${available} available replicas, at least ${least} required (spec.strategy.rollout.maxUnavailable is ` +
    `${draft.spec?.strategy?.rollingUpdate?.maxUnavailable ?? 0}, spec.replicas is ${replicas})`;
  return { type: 'Available', status: 'False', reason: 'NotAvailable', message };
}
