/**
 * The MachineHealthCheck controller: says which Machines are unwell and asks their owners to replace them, unless too
 * many are. Source: Cluster API 1.10, machinehealthcheck_controller.go and _targets.go.
 */

import { find, isTrue, type Saying, saySorted } from '../conditions.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { findLegacy, type LegacySaying, no, sayLegacy, yes } from '../legacy-conditions.ts';
import type { Runtime } from '../runtime.ts';
import { selects } from '../selector.ts';
import type { Machine, MachineHealthCheck } from '../shapes/capi.ts';
import { onClusterTurn } from './clusters.ts';
import { capiController, deleting, durationMs, isPaused, scaled } from './common.ts';
import { machineInformer } from './machine.ts';
import { outageOf } from './remote-connection.ts';

const remediateAnnotation = 'cluster.x-k8s.io/remediate-machine';
const skipAnnotation = 'cluster.x-k8s.io/skip-remediation';

/** Registers the controller. */
export function healthCheckController(rt: Runtime): void {
  const checks = rt.informer(kinds.MachineHealthCheck);
  const machines = machineInformer(rt);
  const clusters = rt.informer(kinds.Cluster);
  checks.index('cluster', (check) => [check.spec?.clusterName ?? '']);
  const controller = capiController(rt, 'machinehealthcheck', reconcile);
  const ofCluster = (cluster: string | undefined) => {
    for (const check of checks.by('cluster', cluster)) controller.enqueue(check.metadata.name);
  };
  checks.onChange((check) => controller.enqueue(check.metadata.name));
  machines.onChange((machine) => ofCluster(machine.spec?.clusterName));
  rt.faults.onCluster(ofCluster);
  onClusterTurn(rt, ofCluster);

  async function reconcile(name: string): Promise<number | undefined> {
    const check = checks.get(name);
    const cluster = clusters.get(check?.spec?.clusterName);
    if (!check || !cluster || deleting(check) || isPaused(cluster, check)) return undefined;
    // Nobody is given up for what cannot be seen.
    if (outageOf(rt, cluster.metadata.name)) return undefined;
    const targets = machines.by('cluster', cluster.metadata.name).filter((machine) => looksAfter(check, machine));
    const verdicts = targets.map((machine) => judge(check, machine, (at) => rt.since(at)));
    const ill = verdicts.filter(({ problem }) => problem).length;
    const { allowed } = allowance(check, targets.length, ill);
    for (const { machine, problem } of verdicts) {
      if (!problem && isTrue(machine.status?.conditions, 'HealthCheckSucceeded')) continue;
      await rt.client.change(kinds.Machine, machines.get(machine.metadata.name) ?? machine, (draft) =>
        setHealth(draft, problem, allowed, rt.timestamp()),
      );
    }
    const draft = copy(check);
    setCheckStatus(draft, targets, ill, rt.timestamp());
    await rt.client.replace(kinds.MachineHealthCheck, check, draft);
    const waits = verdicts.flatMap(({ wait }) => wait ?? []);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }
}

/** Whether a check may remediate with so many Machines unwell, how many more, and what is said where it may not. */
function allowance(check: MachineHealthCheck, total: number, ill: number) {
  const { unhealthyRange: range, maxUnhealthy } = check.spec ?? {};
  const begin = 'Remediation is not allowed, the number of not started or unhealthy machines';
  const bounds = /^\[(\d+)-(\d+)\]$/.exec(range ?? '');
  if (bounds) {
    const [low, high] = [Number(bounds[1]), Number(bounds[2])];
    const numbers = `(total: ${total}, unhealthy: ${ill}, unhealthyRange: ${range ?? ''})`;
    const allowed = ill >= low && ill <= high;
    return { allowed, left: allowed ? high - ill : 0, message: `${begin} does not fall within the range ${numbers}` };
  }
  const limit = scaled(maxUnhealthy, total, total, false);
  const numbers = `(total: ${total}, unhealthy: ${ill}, maxUnhealthy: ${maxUnhealthy ?? ''})`;
  return { allowed: ill <= limit, left: Math.max(0, limit - ill), message: `${begin} exceeds maxUnhealthy ${numbers}` };
}

/** Whether a check looks after a Machine. */
export const looksAfter = (check: MachineHealthCheck, machine: Machine): boolean =>
  selects(check.spec?.selector ?? {}, machine.metadata.labels);

interface Verdict {
  machine: Machine;
  /** Reason and message, where the Machine is unwell. */
  problem?: { reason: string; message: string };
  /** Ms after which it will be, if nothing changes. */
  wait?: number;
}

function judge(check: MachineHealthCheck, machine: Machine, since: (at: string | undefined) => number): Verdict {
  const { status, metadata } = machine;
  if (deleting(machine)) return { machine };
  if (metadata.annotations?.[remediateAnnotation] !== undefined) {
    const message = 'Marked for remediation via remediate-machine annotation';
    return { machine, problem: { reason: 'HasRemediateMachineAnnotation', message } };
  }
  if (status?.failureReason) {
    return { machine, problem: { reason: 'MachineHasFailure', message: `FailureReason: ${status.failureReason}` } };
  }
  const nodeReady = find(status?.v1beta2?.conditions, 'NodeReady');
  if (nodeReady?.reason === 'NodeDeleted') {
    return { machine, problem: { reason: 'NodeNotFound', message: nodeReady.message } };
  }
  if (!status?.nodeRef) {
    const timeout = check.spec?.nodeStartupTimeout ?? '10m0s';
    const wait = durationMs(timeout) - since(metadata.creationTimestamp);
    if (durationMs(timeout) === 0 || wait > 0) return wait > 0 ? { machine, wait } : { machine };
    return {
      machine,
      problem: { reason: 'NodeStartupTimeout', message: `Node failed to report startup in ${timeout}` },
    };
  }
  let soonest: number | undefined;
  for (const { type, status: bad, timeout } of check.spec?.unhealthyConditions ?? []) {
    if (type !== 'Ready' || nodeReady?.status !== bad) continue;
    const wait = durationMs(timeout) - since(nodeReady.lastTransitionTime);
    const message = `Condition ${type} on node is reporting status ${bad} for more than ${timeout}`;
    if (wait <= 0) return { machine, problem: { reason: 'UnhealthyNode', message } };
    soonest = Math.min(soonest ?? wait, wait);
  }
  return soonest === undefined ? { machine } : { machine, wait: soonest };
}

/** Writes into `draft`, a Machine, whether it is well; and where it is not and may be, that it is to be replaced. */
export function setHealth(draft: Machine, problem: Verdict['problem'], allowed: boolean, at: string): void {
  const status = draft.status ?? {};
  draft.status = status;
  const sayings: Saying[] = [];
  const legacy: LegacySaying[] = [];
  if (problem) {
    const { reason, message } = problem;
    sayings.push({ type: 'HealthCheckSucceeded', status: 'False', reason, message: `Health check failed: ${message}` });
    legacy.push(no('HealthCheckSucceeded', reason, 'Warning', message));
    const skipped = draft.metadata.annotations?.[skipAnnotation] !== undefined;
    if (allowed && !skipped && mayAsk(draft)) {
      const waiting = 'Waiting for remediation';
      sayings.push({ type: 'OwnerRemediated', status: 'False', reason: 'WaitingForRemediation', message: waiting });
      legacy.push(no('OwnerRemediated', 'WaitingForRemediation', 'Warning'));
    }
  } else {
    sayings.push({ type: 'HealthCheckSucceeded', status: 'True', reason: 'HealthCheckSucceeded' });
    legacy.push(yes('HealthCheckSucceeded'));
  }
  const old = status.v1beta2?.conditions;
  const news = sayings.filter(({ type, status: is, reason, message = '' }) => {
    const known = find(old, type);
    return known?.status !== is || known.reason !== reason || known.message !== message;
  });
  status.conditions = sayLegacy(status.conditions, legacy, at);
  if (news.length > 0) {
    status.v1beta2 = { ...status.v1beta2, conditions: saySorted(old, news, at, draft.metadata.generation) };
  }
}

/**
 * Whether a health check may ask for a Machine to be replaced: nobody has asked yet, or that is done with. Until then its
 * owner alone says how it stands: two who both write that condition would answer each other for ever.
 */
function mayAsk({ status }: Machine): boolean {
  const asked =
    findLegacy(status?.conditions, 'OwnerRemediated') ?? find(status?.v1beta2?.conditions, 'OwnerRemediated');
  return asked === undefined || asked.status === 'True';
}

/** Whether a Machine is unwell and somebody has asked for it to be replaced. */
export function awaitsRemediation(machine: Machine): boolean {
  const said = (type: string) => findLegacy(machine.status?.conditions, type)?.status;
  return !deleting(machine) && said('HealthCheckSucceeded') === 'False' && said('OwnerRemediated') === 'False';
}

/** Writes the whole status of a check into `draft`. */
export function setCheckStatus(draft: MachineHealthCheck, targets: readonly Machine[], ill: number, at: string): void {
  const generation = draft.metadata.generation;
  const { allowed, left, message } = allowance(draft, targets.length, ill);
  const old = draft.status;
  const sayings: Saying[] = [
    allowed
      ? { type: 'RemediationAllowed', status: 'True', reason: 'RemediationAllowed' }
      : { type: 'RemediationAllowed', status: 'False', reason: 'TooManyUnhealthy', message },
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  draft.status = {
    ...old,
    expectedMachines: targets.length,
    currentHealthy: targets.length - ill,
    remediationsAllowed: left,
    observedGeneration: generation,
    targets: targets.map((machine) => machine.metadata.name).sort(),
    conditions: sayLegacy(
      old?.conditions,
      [allowed ? yes('RemediationAllowed') : no('RemediationAllowed', 'TooManyUnhealthy', 'Warning', message)],
      at,
    ),
    v1beta2: { ...old?.v1beta2, conditions: saySorted(old?.v1beta2?.conditions, sayings, at, generation) },
  };
}
