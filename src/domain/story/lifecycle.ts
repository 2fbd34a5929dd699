/** The way of a host through the hands of a machine: the provider's phases, with the times that can be known. */
import { findCondition } from '../conditions.ts';
import type { BaremetalMachine } from '../objects.ts';
import type { Observed } from './observed.ts';
import type { Subjects } from './subjects.ts';

/**
 * The phases of a BaremetalMachine in their order; `Failed` is no place but what happens at one. `Preparing` is that of
 * one that is deleted, while its host is cleaned.
 */
export const STAGES = ['Pending', 'Allocated', 'Reprovisioning', 'Running', 'Preparing'] as const;
export type StageName = (typeof STAGES)[number];

export interface Stage {
  name: StageName;
  state: 'done' | 'now' | 'failed' | 'ahead' | 'passed by';
  /** When it began, epoch ms, where anything says so. */
  since?: number;
  /** How long it took, ms, where its end is known as well. */
  took?: number;
}

const isTrue = (object: BaremetalMachine, type: string): number | undefined => {
  const condition = findCondition(object.conditions, type);
  return condition?.status === 'True' ? condition.since : undefined;
};

/** At which stage a failed machine stands: the furthest one of which there is a trace. */
function failedAt(baremetal: BaremetalMachine, allocation: string | undefined): StageName {
  if (baremetal.deleting !== undefined) return 'Preparing';
  if (baremetal.inventory === undefined) return 'Pending';
  if (findCondition(baremetal.conditions, 'ImageResolved')?.status === 'False') return 'Allocated';
  return baremetal.planSecret !== undefined || allocation === 'Reprovisioning' ? 'Reprovisioning' : 'Allocated';
}

/**
 * When each stage began: as it was seen; else from the conditions that let it begin, of which the provider documents
 * the types. A reprovision plan is written when there is bootstrap data and an image, so that its stage began with the
 * later of the two.
 */
function times({ machine }: Subjects, seen: readonly Observed[]): Partial<Record<StageName, number>> {
  const baremetal = machine?.baremetal;
  if (!machine || !baremetal) return {};
  const sight = (name: StageName) => seen.findLast(({ uid, stage }) => uid === machine.uid && stage === name)?.at;
  const allocated = isTrue(baremetal, 'InventoryAllocated');
  const ready = [allocated, isTrue(baremetal, 'BootstrapReady'), isTrue(baremetal, 'ImageResolved')];
  const infrastructure = findCondition(machine.machine?.conditions, 'InfrastructureReady');
  return {
    Pending: baremetal.created,
    Allocated: sight('Allocated') ?? allocated,
    Reprovisioning:
      sight('Reprovisioning') ??
      (ready.every((at) => at !== undefined) ? Math.max(...ready.filter((at) => at !== undefined)) : undefined),
    Running: sight('Running') ?? (infrastructure?.status === 'True' ? infrastructure.since : undefined),
    Preparing: sight('Preparing') ?? baremetal.deleting ?? machine.machine?.deleting,
  };
}

/** The strip of stages; empty where no BaremetalMachine has the host, or its phase is none that is known. */
export function lifecycleOf(subjects: Subjects, seen: readonly Observed[]): Stage[] {
  const baremetal = subjects.machine?.baremetal;
  if (!baremetal) return [];
  const failed = baremetal.phase === 'Failed';
  const at = STAGES.indexOf(
    (failed ? failedAt(baremetal, subjects.host?.object.allocation) : (baremetal.phase ?? 'Pending')) as StageName,
  );
  if (at < 0) return [];
  const began = times(subjects, seen);
  // Nothing runs towards being cleaned: that comes only once it is to go, and then it says what became of the host.
  const leaves = STAGES[at] === 'Preparing' || began.Preparing !== undefined;
  return STAGES.filter((name) => leaves || name !== 'Preparing').map((name, index): Stage => {
    if (index > at) return { name, state: 'ahead' };
    const since = began[name];
    if (index === at) return { name, state: failed ? 'failed' : 'now', since };
    // A machine that is deleted early never comes to some of the stages.
    const end = STAGES.slice(index + 1, at + 1)
      .map((next) => began[next])
      .find((time) => time !== undefined);
    const took = since !== undefined && end !== undefined && end >= since ? end - since : undefined;
    const passed = since === undefined && name !== 'Pending' && STAGES[at] === 'Preparing';
    return { name, state: passed ? 'passed by' : 'done', since, took };
  });
}
