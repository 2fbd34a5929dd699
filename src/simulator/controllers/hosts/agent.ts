/** The system agent of a host: applies the plan in its Secret, and probes. Source of the rules: domain §1.2 to §1.4. */

import { KubeError } from '../../../kube/types.ts';
import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import { checksum, encode, lastApplied, type Plan, planTypeOf, text } from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';
import { type Hosts, soonest } from './body.ts';
import { failureByHand } from './by-hand.ts';
import { advance, nextStep, stateOfPlan } from './plan-state.ts';
import { afterPeriodic, settledProbes, settleTime, untilDue } from './probes.ts';
import { afterFailure, afterSuccess, decide } from './run.ts';

/** What the agent needs to know of its host. */
export interface Surroundings {
  plan: Plan;
  /** Whether the agent knows `plan-state`. */
  modern: boolean;
  /** Whether a kubelet runs and is well. */
  kubelet: boolean;
}

/** Lets the agent of a host do what is due. Gives the ms until it wants to be called again. Throws KubeError. */
export async function runAgent(hosts: Hosts, name: string, secret: Secret, around: Surroundings) {
  const { rt } = hosts;
  const body = hosts.body(name);
  if (rt.faults.ofHost(name).unauthorized) {
    body.refused = true;
    return undefined;
  }
  if (body.refused) {
    const rest = backOff(hosts, name);
    if (rest > 0) return rest;
    rt.delays.forget(`host/${name}`, 'backoff');
    body.refused = false;
  }
  try {
    const modern = around.modern && stateOfPlan(secret) !== undefined;
    const again = modern
      ? await follow(hosts, name, secret, around.plan)
      : await apply(hosts, name, secret, around.plan);
    if (modern) body.forced = false;
    // The Secret has just been written: what else there is to do is looked at when that has come back.
    if (hosts.secrets.get(name) !== secret) return again;
    return soonest(again, await probe(hosts, name, secret, around), await runPeriodic(hosts, name, secret, around));
  } catch (error) {
    if (!isTrouble(error)) throw error;
    body.refused = true;
    return backOff(hosts, name);
  }
}

/** After an error of the API the agent asks again one to five minutes later, not when the cause is gone. */
function backOff({ rt }: Hosts, name: string): number {
  const { least, most } = durations.backoff;
  return rt.delays.left(`host/${name}`, 'backoff', () =>
    rt.random('backoff', name, rt.clock.now()).integer(least, most),
  );
}

/** Whether the API is at fault, or refuses the agent: not where the agent has only been overtaken. */
function isTrouble(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return (
    error.code === 401 || error.code === 403 || error.code === 429 || error.code >= 500 || error.reason === 'Network'
  );
}

/** The legacy flow. Every run has an end of its own, at which the outcome is booked. */
async function apply(hosts: Hosts, name: string, secret: Secret, plan: Plan): Promise<number | undefined> {
  const { rt } = hosts;
  const body = hosts.body(name);
  const type = planTypeOf(secret);
  const sum = checksum(secret);
  const count = text(secret, 'failed-checksum') === sum ? text(secret, 'failure-count') : '';
  const run = `run ${sum} ${count}`;
  const running = hosts.waits(name, run);
  const decision = decide(secret, body.forced || running, sinceLast(hosts, secret));
  if (decision.do === 'wait') return decision.ms;
  if (decision.do === 'nothing' || (decision.again && !body.forced)) {
    body.forced = false;
    return undefined;
  }
  const what = decision.again ? `rerun ${sum}` : run;
  const slow = paceOf(hosts, name, what);
  const mean = decision.again ? durations.rerun : (durations.plan[type] ?? durations.plan['other'] ?? 0);
  const rest = hosts.left(name, what, mean * slow);
  if (rest > 0) return rest;
  const fault = faultOf(hosts, name, type) ?? failureByHand(plan, name, rt.clock.now());
  const { mountFails } = rt.faults.ofHost(name);
  const said: Record<string, string> =
    decision.again && mountFails ? { 'sim-activate-volumes': `${mountFails}\n` } : {};
  await rt.client.change(kinds.Secret, secret, (draft) => {
    const now = rt.clock.now();
    draft.data = fault ? afterFailure(draft, fault, now) : afterSuccess(draft, now, said);
  });
  hosts.forget(name, what);
  body.forced = false;
  return undefined;
}

/** How many times longer the wait `what` of a host takes; it begins anew where that has changed. */
function paceOf(hosts: Hosts, name: string, what: string): number {
  const body = hosts.body(name);
  const slow = Math.max(hosts.rt.faults.ofHost(name).slow ?? 1, 0);
  if (slow !== (body.slow ?? 1)) hosts.forget(name, what);
  body.slow = slow;
  return slow;
}

/** How this run of a plan fails, if it does: a fault of the plan, or of the storage it is to work on. */
function faultOf({ rt }: Hosts, name: string, type: string) {
  const storage = rt.faults.ofHost(name).storageFails;
  const at = { 'storage-prepare': 'Prepare', 'storage-release': 'Release', clean: 'Deactivate' }[type];
  if (storage && at === storage.type) {
    const mutationState = storage.durable ? 'DurableStateChanged' : 'None';
    return { instruction: 0, output: `${storage.message}\n${JSON.stringify({ mutationState })}\n` };
  }
  return rt.faults.failureOf(name, type);
}

/** The newer flow: one instruction at a time, with a checkpoint after each. */
async function follow(hosts: Hosts, name: string, secret: Secret, plan: Plan): Promise<number | undefined> {
  const { rt } = hosts;
  const step = nextStep(secret, sinceLast(hosts, secret));
  if (step.do === 'wait') return step.ms;
  if (step.do === 'nothing') return undefined;
  if (step.do === 'write') {
    await rt.client.change(kinds.Secret, secret, (draft) => {
      draft.data = step.data;
    });
    return undefined;
  }
  const type = planTypeOf(secret);
  const mean = durations.plan[type] ?? durations.plan['other'] ?? 0;
  const what = `step ${checksum(secret)} ${step.attempt} ${step.index}`;
  const slow = paceOf(hosts, name, what);
  const rest = hosts.left(name, what, (mean / Math.max(1, step.total)) * slow);
  if (rest > 0) return rest;
  // A fault counts runs, not instructions: it is asked for at the instruction that would fail, or at the last one.
  const own = failureByHand(plan, name, rt.clock.now());
  const fault =
    faultAt(hosts, name, type, step.index, step.total) ?? (own?.instruction === step.index ? own : undefined);
  await rt.client.change(kinds.Secret, secret, (draft) => {
    draft.data = advance(draft, fault, rt.clock.now());
  });
  hosts.forget(name, what);
  return undefined;
}

function faultAt(hosts: Hosts, name: string, type: string, index: number, total: number) {
  const known = hosts.rt.faults.peek(name, type);
  const storage = hosts.rt.faults.ofHost(name).storageFails !== undefined;
  if (!storage && index < Math.min(known?.instruction ?? total - 1, total - 1)) return undefined;
  return faultOf(hosts, name, type);
}

function sinceLast({ rt }: Hosts, secret: Secret): number {
  const at = lastApplied(secret);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : Math.max(0, rt.clock.now() - at) * rt.speed;
}

/** Probes settle some periods after what they ask has changed; what they find is written once. */
async function probe(hosts: Hosts, name: string, secret: Secret, { plan, kubelet }: Surroundings) {
  if (Object.keys(plan.probes ?? {}).length === 0) return undefined;
  if (text(secret, 'applied-checksum') !== checksum(secret)) return undefined;
  const settled = settledProbes(plan, kubelet);
  if (text(secret, 'probe-statuses') === settled) return undefined;
  const what = `probe ${settled}`;
  const rest = hosts.rt.delays.left(`host/${name}`, what, () => settleTime(secret, plan));
  if (rest > 0) return rest;
  await hosts.rt.client.change(kinds.Secret, secret, (draft) => {
    draft.data = { ...draft.data, 'probe-statuses': encode(settled) };
  });
  hosts.forget(name, what);
  return undefined;
}

/** Periodic instructions run whether or not the plan has been applied by this agent, as soon as it is. */
async function runPeriodic(hosts: Hosts, name: string, secret: Secret, { plan }: Surroundings) {
  const { rt } = hosts;
  if (!plan.periodicInstructions?.length || text(secret, 'applied-checksum') !== checksum(secret)) return undefined;
  let next: number | undefined;
  for (const instruction of plan.periodicInstructions) {
    if (!instruction.name) continue;
    const rest = untilDue(secret, instruction, rt.clock.now(), rt.speed);
    if (rest <= 0) {
      const fault = rt.faults.failureOf(name, 'periodic');
      await rt.client.change(kinds.Secret, secret, (draft) => {
        draft.data = afterPeriodic(draft, instruction, fault, rt.clock.now());
      });
      return 0;
    }
    next = soonest(next, rest);
  }
  return next;
}
