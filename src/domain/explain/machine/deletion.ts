/** At which step a deletion is: by the v1beta2 reason, or else by the first v1beta1 condition that is False. */
import { falseCondition, findCondition } from '../../conditions.ts';
import type { MachineRow } from '../../fleet/rows.ts';
import type { Condition } from '../../objects.ts';

export type Stage = 'preDrain' | 'drain' | 'volumes' | 'preTerminate' | 'infrastructure' | 'later' | 'error';

/** Reasons of `Deleting` (Cluster API, api/core, machine conditions). */
const BY_REASON: Readonly<Record<string, Stage>> = {
  WaitingForPreDrainHook: 'preDrain',
  DrainingNode: 'drain',
  WaitingForVolumeDetach: 'volumes',
  WaitingForPreTerminateHook: 'preTerminate',
  WaitingForInfrastructureDeletion: 'infrastructure',
  WaitingForBootstrapDeletion: 'later',
  DeletingNode: 'later',
  DeletionCompleted: 'later',
  InternalError: 'error',
};

const LEGACY: readonly (readonly [type: string, stage: Stage])[] = [
  ['PreDrainDeleteHookSucceeded', 'preDrain'],
  ['DrainingSucceeded', 'drain'],
  ['VolumeDetachSucceeded', 'volumes'],
  ['PreTerminateDeleteHookSucceeded', 'preTerminate'],
];

/** The step, and the condition that tells it: the legacy one where there is one, since it turns with the step. */
export function stageOf({ machine, baremetal }: MachineRow): { stage: Stage; condition?: Condition } | undefined {
  if (machine?.deleting === undefined) return undefined;
  const deleting = findCondition(machine.conditions, 'Deleting');
  const { reason } = deleting ?? {};
  const known = reason !== undefined && Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  const legacy = LEGACY.find(([type, stage]) => falseCondition(machine.conditions, type) && (known ?? stage) === stage);
  const told = legacy && falseCondition(machine.conditions, legacy[0]);
  if (deleting?.status === 'True' && known) return { stage: known, condition: told ?? deleting };
  if (legacy) return { stage: legacy[1], condition: told };
  return baremetal?.deleting === undefined ? undefined : { stage: 'infrastructure', condition: deleting };
}
