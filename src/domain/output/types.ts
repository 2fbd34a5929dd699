/** What a plan Secret tells of what its instructions said. Every text is clean and redacted. Times are epoch ms. */
import type { PlanState } from '../fleet/rows.ts';
import type { PlanDetail } from '../objects.ts';

/**
 * `failed`: the one that ended the run. `done`: it ended well. `not run`: one before it failed. `silent`: it is not
 * among those whose output is saved, or printed nothing. `unknown`: the plan has not been run yet, or nobody says.
 */
export type StepState = 'failed' | 'done' | 'not run' | 'unknown';

export interface InstructionOutput {
  name: string;
  /** Place in the current plan, from 1; absent: of an earlier plan. */
  place?: number;
  state: StepState;
  /** What it printed; absent: nothing was saved. Only the standard output is ever saved. */
  lines?: readonly string[];
  bytes: number;
  /** What was left out, or why it cannot be read. */
  note?: string;
  /** It was printed when an earlier plan ran, whatever the name. */
  earlier: boolean;
  /** `saveOutput` as the plan has it. */
  saved: boolean;
}

export interface PeriodicOutput {
  name: string;
  /** In the current plan. */
  current: boolean;
  exitCode?: number;
  failures?: number;
  lastSuccess?: string;
  lastFailure?: string;
  stdout: readonly string[];
  stderr: readonly string[];
  bytes: number;
  note?: string;
}

export interface ProbeStatus {
  name: string;
  healthy?: boolean;
  successes?: number;
  failures?: number;
}

export interface PlanOutput {
  name: string;
  type?: string;
  state: PlanState;
  detail: PlanDetail;
  /** When the plan was written at the latest, as the API server noted it for the writer of its bytes. */
  writtenAt?: number;
  /** The agent tries again then, not before. */
  coolsUntil?: number;
  /** Instructions of the current plan that are through, as a newer agent counts them. */
  completed?: number;
  /** The instruction that failed. */
  failing?: string;
  /** Of the current plan in its order, then those of earlier plans. */
  instructions: readonly InstructionOutput[];
  periodic: readonly PeriodicOutput[];
  probes: readonly ProbeStatus[];
  /** What could not be decoded: what it is, and how large. */
  notes: readonly string[];
}
