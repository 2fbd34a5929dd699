/** The state of a plan in words, with how sure it is. */
import type { PlanRow, PlanState } from './fleet/rows.ts';

/**
 * `applied`; `applied?` where only the MachineInventory says so and no checksum was compared; `not read` where that may
 * be about the plan before; `no steps` of a plan that asks for nothing. Nothing where there is no plan.
 */
export function planStateText(state: PlanState | undefined): string {
  if (!state) return '';
  if (state.word === 'none') return 'no steps';
  if (state.word === 'unknown') return state.source === 'agent' ? 'not known' : 'not read';
  return state.source === 'reported' ? `${state.word}?` : state.word;
}

/** `reprovision applied`; of a host that was never told to do anything, that alone. */
export function planText(plan: PlanRow | undefined): string {
  if (!plan) return '';
  return plan.state.word === 'none' && plan.type === 'empty' ? 'none yet' : `${plan.type} ${planStateText(plan.state)}`;
}

/** What a `?` on a list is about: `refused` is why plan Secrets may not be read. Nothing where they are. */
export function doubtText(refused: string | undefined): string | undefined {
  return refused === undefined ? undefined : '? is only reported: you may not get plan Secrets';
}

/** Why a state is not certain; nothing where it is. `refused` is why plan Secrets may not be read. */
export function planDoubt({ source, word }: PlanState, refused: string | undefined): string | undefined {
  if (source === 'checksum' || source === 'agent') return undefined;
  const secret = `its Secret ${refused === undefined ? 'is being read' : 'may not be read'}`;
  if (source === 'unknown') return secret;
  return word === 'unknown'
    ? `${secret}; what the MachineInventory reports may be of the plan before`
    : `as the MachineInventory reports; ${secret}`;
}
