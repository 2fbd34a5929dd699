/** What a plan's row says. */
import { findCondition } from '../conditions.ts';
import type { BaremetalMachine, Host, Plan, PlanDetail } from '../objects.ts';
import { derivePlanState } from '../plan.ts';
import { bad, type Rule, warn, worst } from './problems.ts';
import type { ObjectRef, PlanRow, PlanState } from './rows.ts';

export interface PlanFacts {
  plan: Plan;
  detail?: PlanDetail;
  host?: Host;
  /** The BaremetalMachine that holds the host. */
  baremetal?: BaremetalMachine;
  /** All BaremetalMachines are known. */
  baremetalComplete: boolean;
}

/** A BaremetalMachine whose node is up as far as the provider can see. */
export function isRunning(baremetal: BaremetalMachine | undefined): boolean {
  return baremetal?.phase === 'Running' || (baremetal?.phase === undefined && baremetal?.ready === true);
}

/** Whether the host is being told to do something just now, so that what is reported may be about the plan before. */
export function planInFlight(
  host: Host | undefined,
  baremetal: BaremetalMachine | undefined,
  baremetalComplete: boolean,
): boolean {
  const operation = host?.storageOperation?.phase;
  return (
    host?.allocation === 'Preparing' ||
    host?.allocation === 'Reprovisioning' ||
    // While BaremetalMachines arrive, one not found may be running: otherwise every Secret would be read at the start.
    (host?.allocation === 'Allocated' && (baremetal ? !isRunning(baremetal) : baremetalComplete)) ||
    host?.deleting !== undefined ||
    operation === 'Pending' ||
    operation === 'Running' ||
    baremetal?.phase === 'Preparing' ||
    baremetal?.phase === 'Reprovisioning'
  );
}

/** The provider's word for the plan, or else the operator's. */
export function planType(plan: Plan): string {
  return plan.planType ?? plan.elementalType ?? 'unknown';
}

interface Judged {
  type: string;
  state: PlanState;
  detail?: PlanDetail;
  cause?: ObjectRef;
}

const FAILED: Rule<Judged> = ({ type, state, detail, cause }) => {
  if (state.word !== 'failed') return undefined;
  const tries = detail?.failureCount;
  const why = detail?.said === undefined ? '' : `: ${detail.said}`;
  return bad(
    `${type} plan failed${tries !== undefined && tries > 1 ? ` after ${tries} tries` : ''}${why}`,
    detail?.lastApplied,
    cause,
  );
};

const RETRYING: Rule<Judged> = ({ type, state, detail, cause }) => {
  if (state.word !== 'retrying') return undefined;
  const limit = detail?.maxFailures === undefined ? '' : ` of ${detail.maxFailures}`;
  return warn(`${type} plan fails, try ${detail?.failureCount ?? 1}${limit}`, detail?.lastApplied, cause);
};

const RERUN_FAILED: Rule<Judged> = ({ type, state, detail, cause }) =>
  state.word === 'rerun-failed' ? warn(`${type} plan failed when run again`, detail?.lastApplied, cause) : undefined;

const HELD: Rule<Judged> = ({ type, state, cause }) =>
  state.word === 'paused' || state.word === 'canceled'
    ? warn(`${type} plan is ${state.word}`, undefined, cause)
    : undefined;

const UNKNOWN_WORD: Rule<Judged> = ({ state, detail, cause }) =>
  state.word === 'unknown' && state.source === 'agent'
    ? warn(`plan-state "${detail?.agentState}" is not known`, undefined, cause)
    : undefined;

const PLAN_PROBLEMS: readonly Rule<Judged>[] = [FAILED, RETRYING, RERUN_FAILED, HELD, UNKNOWN_WORD];

/** Words of a plan at rest. */
const AT_REST: ReadonlySet<string> = new Set(['none', 'applied']);

/** Builds the row. The plan's problem has the host as its cause: there it is acted upon. */
export function planRow({ plan, detail: read, host, baremetal, baremetalComplete }: PlanFacts): PlanRow {
  // The annotation is written with the plan: where they differ, older data is of the plan before.
  const current = read?.resourceVersion === plan.resourceVersion || read?.planType === plan.planType;
  const detail = current ? read : undefined;
  const inFlight = planInFlight(host, baremetal, baremetalComplete) || (read !== undefined && detail === undefined);
  const ready = findCondition(host?.conditions, 'Ready');
  const state = derivePlanState(detail, {
    state: host?.reportedPlanState,
    checksum: host?.reportedPlanChecksum,
    ready,
    // Of a machine that was given up, what is reported as applied is most likely the plan before, too.
    inFlight: inFlight || baremetal?.phase === 'Failed',
  });
  const type = planType(plan);
  const cause: ObjectRef | undefined = host && {
    kind: 'host',
    uid: host.uid,
    name: host.name,
  };
  return {
    kind: 'plan',
    uid: plan.uid,
    name: plan.name,
    object: plan,
    host: host?.name,
    hostUid: host?.uid,
    type,
    state,
    detail,
    // Until it is run, the time of the last run is that of the plan before.
    since: state.word === 'pending' ? undefined : detail?.lastApplied,
    attempts: detail?.failureCount,
    maxAttempts: detail?.maxFailures,
    inFlight,
    problem: worst(PLAN_PROBLEMS, { type, state, detail, cause }),
    wantsDetail:
      inFlight ||
      host?.reportedPlanState === 'Failed' ||
      host?.allocation === 'Unavailable' ||
      ready?.status === 'False' ||
      baremetal?.phase === 'Failed' ||
      (detail !== undefined && !AT_REST.has(state.word)),
  };
}
