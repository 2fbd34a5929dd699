/**
 * How agents of the newer generation follow a plan: where the Secret has `plan-state`, a state machine takes the place of
 * the checksums (domain §1.2; states as in rancher/rancher pkg/plan/state.go). The checksums are still written, since the
 * operator reads them. Which state follows a failure that may be tried again is not documented; here it is `failed`
 * until the cool-down is over.
 */

import { durations } from '../durations.ts';
import type { PlanFault } from '../faults.ts';
import { checksum, encode, numberOf, type Plan, parseObject, parsePlan, text } from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';
import { afterFailure, afterSuccess } from './run.ts';

export type PlanState = 'pending' | 'in-progress' | 'succeeded' | 'failed' | 'canceled' | 'paused';

export const canceledAnnotation = 'plan.cattle.io/canceled';
export const pausedAnnotation = 'plan.cattle.io/paused';

/** How far a plan has come. */
export interface Checkpoint {
  checksum: string;
  completedInstructions: number;
  totalInstructions: number;
  /** The state to go on with after a pause. */
  resumeState: string;
  paused: boolean;
  terminationIncomplete: boolean;
}

/** `plan-state` of a Secret; undefined where the checksums rule. */
export function stateOfPlan(secret: Secret): string | undefined {
  return text(secret, 'plan-state') || undefined;
}

/** `plan-checkpoint` of a Secret, for its present plan: at the beginning where there is none for it. `plan`: as it is known already. */
export function checkpointOf(secret: Secret, plan: Plan = parsePlan(secret)): Checkpoint {
  const sum = checksum(secret);
  const fresh: Checkpoint = {
    checksum: sum,
    completedInstructions: 0,
    totalInstructions: plan.instructions?.length ?? 0,
    resumeState: '',
    paused: false,
    terminationIncomplete: false,
  };
  const kept = parseObject(text(secret, 'plan-checkpoint'));
  if (kept['checksum'] !== sum) return fresh;
  const completed = Number(kept['completedInstructions']);
  return {
    ...fresh,
    completedInstructions: Number.isInteger(completed) ? Math.min(completed, fresh.totalInstructions) : 0,
    resumeState: String(kept['resumeState'] ?? ''),
    paused: kept['paused'] === true,
  };
}

/** What such an agent does next. */
export type StateStep =
  | { do: 'nothing' }
  | { do: 'wait'; ms: number }
  /** Write this data. */
  | { do: 'write'; data: Record<string, string> }
  /** Run the instruction with this index, then call `advance`. With none left, only finish. */
  | { do: 'instruction'; index: number; total: number; attempt: number };

/** The next step for a Secret with `plan-state`; `since`: simulated ms since `last-apply-time`. */
export function nextStep(secret: Secret, since: number): StateStep {
  const state = stateOfPlan(secret);
  const annotations = secret.metadata.annotations ?? {};
  const checkpoint = checkpointOf(secret);
  const ended = state === 'succeeded' || state === 'canceled' || (state === 'failed' && isGivenUp(secret));
  if (state === undefined || ended) return { do: 'nothing' };
  if (isSet(annotations[canceledAnnotation])) return write(secret, 'canceled', checkpoint);
  if (isSet(annotations[pausedAnnotation])) {
    if (state === 'paused') return { do: 'nothing' };
    return write(secret, 'paused', { ...checkpoint, resumeState: state, paused: true });
  }
  switch (state) {
    case 'paused':
      return write(secret, (checkpoint.resumeState || 'pending') as PlanState, {
        ...checkpoint,
        resumeState: '',
        paused: false,
      });
    case 'pending': {
      const revision = encode(String((numberOf(secret, 'plan-revision') ?? 0) + 1));
      return write(secret, 'in-progress', { ...checkpoint, completedInstructions: 0 }, { 'plan-revision': revision });
    }
    case 'failed': {
      const rest = durations.cooldown - since;
      if (rest > 0) return { do: 'wait', ms: rest };
      return write(secret, 'in-progress', { ...checkpoint, completedInstructions: 0 });
    }
    case 'in-progress': {
      const failures = text(secret, 'failed-checksum') === checkpoint.checksum ? numberOf(secret, 'failure-count') : 0;
      const { completedInstructions: index, totalInstructions: total } = checkpoint;
      return { do: 'instruction', index, total, attempt: (failures ?? 0) + 1 };
    }
    default:
      return { do: 'nothing' };
  }
}

/**
 * The data after the instruction the checkpoint stood before, at Unix time `now` in ms. `fault`: how this run of the plan
 * fails; it does when its instruction is reached.
 */
export function advance(secret: Secret, fault: PlanFault | undefined, now: number): Record<string, string> {
  const checkpoint = checkpointOf(secret);
  const { completedInstructions: index, totalInstructions: total } = checkpoint;
  if (fault && index >= Math.min(fault.instruction, total - 1)) {
    return { ...afterFailure(secret, fault, now), ...stateData('failed', checkpoint) };
  }
  const done = { ...checkpoint, completedInstructions: Math.min(index + 1, total) };
  if (done.completedInstructions < total) return { ...secret.data, ...stateData('in-progress', done) };
  return { ...afterSuccess(secret, now), ...stateData('succeeded', done) };
}

/** The keys of a plan that has ended in `state`. */
export function endedAt(state: 'succeeded' | 'failed', secret: Secret, plan?: Plan): Record<string, string> {
  const checkpoint = checkpointOf(secret, plan);
  const done = state === 'succeeded' ? checkpoint.totalInstructions : 0;
  return { 'plan-revision': encode('1'), ...stateData(state, { ...checkpoint, completedInstructions: done }) };
}

function isGivenUp(secret: Secret): boolean {
  const limit = numberOf(secret, 'max-failures');
  return limit !== undefined && (numberOf(secret, 'failure-count') ?? 0) >= limit;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== 'false';

function write(secret: Secret, state: PlanState, checkpoint: Checkpoint, more: Record<string, string> = {}): StateStep {
  return { do: 'write', data: { ...secret.data, ...stateData(state, checkpoint), ...more } };
}

function stateData(state: PlanState, checkpoint: Checkpoint): Record<string, string> {
  return { 'plan-state': encode(state), 'plan-checkpoint': encode(JSON.stringify(checkpoint)) };
}
