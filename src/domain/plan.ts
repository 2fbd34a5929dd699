/**
 * The state of a plan. `MachineInventory.status.plan.state` is not trusted where the Secret's data is known: the
 * operator tests `applied-checksum` first and never compares it with the plan, so that a new failing plan goes on
 * showing `Applied` (elemental-operator, controllers/machineinventory_controller.go).
 */
import type { PlanState, PlanWord } from './fleet/rows.ts';
import type { Condition, PlanDetail } from './objects.ts';

/** sha256 of `{}` and of `{}\n`, the empty plan the operator gives every new host. */
const EMPTY_PLANS: ReadonlySet<string> = new Set([
  '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  'ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356',
]);

/** What the MachineInventory says of its plan. */
export interface ReportedPlan {
  state?: string;
  checksum?: string;
  /** Its `Ready` condition, which follows the plan. */
  ready?: Condition;
  /** A new plan is known to have been asked for, so that a reported `Applied` may be about the one before. */
  inFlight?: boolean;
}

/** The `plan-state` words of newer agents; they have no word for running apart from `in-progress`. */
const AGENT_WORDS: Readonly<Record<string, PlanWord>> = {
  pending: 'pending',
  'in-progress': 'pending',
  succeeded: 'applied',
  failed: 'failed',
  canceled: 'canceled',
  paused: 'paused',
};

function exhausted(detail: PlanDetail): boolean {
  return detail.maxFailures !== undefined && (detail.failureCount ?? 0) >= detail.maxFailures;
}

function fromDetail(detail: PlanDetail): PlanState {
  const sum = detail.checksum;
  if (sum === undefined || EMPTY_PLANS.has(sum)) return { word: 'none', source: 'checksum' };
  if (detail.agentState !== undefined) {
    const { agentState } = detail;
    const word = Object.hasOwn(AGENT_WORDS, agentState) ? AGENT_WORDS[agentState]! : 'unknown';
    // A run after one that failed is no fresh start: between two failures it would look as if all were well.
    const again = agentState === 'in-progress' && detail.failedChecksum === sum && (detail.failureCount ?? 0) > 0;
    if (again) return { word: 'retrying', source: 'agent' };
    const tries = word === 'failed' && detail.maxFailures !== undefined && !exhausted(detail);
    return { word: tries ? 'retrying' : word, source: 'agent' };
  }
  const applied = detail.appliedChecksum === sum;
  if (detail.failedChecksum === sum) {
    if (applied) return { word: 'rerun-failed', source: 'checksum' };
    return { word: exhausted(detail) ? 'failed' : 'retrying', source: 'checksum' };
  }
  return { word: applied ? 'applied' : 'pending', source: 'checksum' };
}

/**
 * What is known of a plan, from the Secret's reduced data where that was read, or else from the inventory's word with
 * its doubts. The checksum rule is the agent's own (rancher/system-agent, pkg/k8splan/watcher.go); a failed plan is
 * terminal only once `failure-count` has reached `max-failures`.
 */
export function derivePlanState(detail: PlanDetail | undefined, reported: ReportedPlan = {}): PlanState {
  if (detail) return fromDetail(detail);
  if (reported.ready?.status === 'False') {
    if (reported.ready.reason === 'WaitingForPlan') return { word: 'pending', source: 'reported' };
    if (reported.ready.reason === 'PlanFailure') return { word: 'failed', source: 'reported' };
  }
  if (reported.state === 'Failed') return { word: 'failed', source: 'reported' };
  if (reported.state === 'Applied') {
    if (reported.inFlight) return { word: 'unknown', source: 'reported' };
    const empty = reported.checksum !== undefined && EMPTY_PLANS.has(reported.checksum);
    return { word: empty ? 'none' : 'applied', source: 'reported' };
  }
  return { word: 'unknown', source: reported.state === undefined ? 'unknown' : 'reported' };
}
