/**
 * Whether a Machine is well, and whether its health check may have it replaced. Source: Cluster API 1.10,
 * machinehealthcheck_targets.go and machinehealthcheck_controller.go.
 */

import { find, isTrue } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { labels } from '../owners.ts';
import { selects } from '../selector.ts';
import type { Cluster, Machine, MachineHealthCheck } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import { deleting, durationMs, hasNode, isControlPlane, scaled } from './common.ts';
import type { Since } from './late-deletion.ts';

const remediateAnnotation = 'cluster.x-k8s.io/remediate-machine';
/** Machines nobody looks after, though they are selected. */
const exempt = ['cluster.x-k8s.io/skip-remediation', 'cluster.x-k8s.io/paused'];

/** Whether a check looks after a Machine. */
export function looksAfter(check: MachineHealthCheck, { metadata }: Machine): boolean {
  if (exempt.some((key) => metadata.annotations?.[key] !== undefined)) return false;
  if (metadata.labels?.[labels.cluster] !== check.spec?.clusterName) return false;
  return selects(check.spec?.selector ?? {}, metadata.labels);
}

/** Why a Machine is unwell, in the words of both generations; the second has none for a failure. */
export interface Problem {
  legacy: { reason: string; message?: string };
  fresh?: { reason: string; message: string };
}

export interface Verdict {
  machine: Machine;
  /** Where the Machine is unwell. */
  problem?: Problem;
  /** Ms after which it will be, if nothing changes: it has no Node yet, or one that is not as it should be. */
  wait?: number;
  /** Whether it has a Node that is as it should be, and stays. */
  healthy?: true;
}

/** Cluster API looks again a second after a time is over. */
const margin = 1000;

/** Conditions that must not last: which have for too long, in words, and after how many ms the next one will have. */
function lasting(
  wrong: readonly { type: string; status: string; timeout: string }[] | undefined,
  conditions: readonly { type: string; status: string; lastTransitionTime?: string }[] | undefined,
  of: 'Machine' | 'Node',
  since: Since,
): { said: string[]; waits: number[] } {
  const said: string[] = [];
  const waits: number[] = [];
  for (const { type, status, timeout } of wrong ?? []) {
    const found = conditions?.find((condition) => condition.type === type);
    if (found?.status !== status) continue;
    const rest = durationMs(timeout) - since(found.lastTransitionTime);
    if (rest < 0) said.push(`Condition ${type} on ${of} is reporting status ${status} for more than ${timeout}`);
    else waits.push(rest + margin);
  }
  return { said, waits };
}

/**
 * Judges one Machine by its Node, where there is one; `since` gives the ms since a time. From v1.12 on it is judged by its
 * own conditions as well, and no longer by a failure that somebody reports.
 */
export function judge(
  check: MachineHealthCheck,
  cluster: Cluster,
  machine: Machine,
  node: Node | undefined,
  since: Since,
  clusterApi: ClusterApiVersion = 'v1beta1',
): Verdict {
  const { status, metadata } = machine;
  const fresh = clusterApi === 'v1beta2';
  const problem = marked(machine) ?? (fresh ? undefined : (failure(machine) ?? lostNode(machine, node, [])));
  if (problem) return { machine, problem };
  const ofCluster = cluster.status?.v1beta2?.conditions;
  if (!isTrue(cluster.status?.conditions, 'ControlPlaneInitialized') && !isControlPlane(machine)) return { machine };
  if (!cluster.status?.infrastructureReady) return { machine };
  const own = lasting(check.spec?.unhealthyMachineConditions, status?.v1beta2?.conditions, 'Machine', since);
  const lost = lostNode(machine, node, own.said);
  if (lost) return { machine, problem: lost };
  const waiting = (waits: readonly number[]) => ({ machine, wait: Math.min(...waits) });
  if (!node) {
    if (own.said.length > 0) return { machine, problem: unwell('UnhealthyMachine', own.said) };
    const timeout = check.spec?.nodeStartupTimeout ?? '10m0s';
    const limit = durationMs(timeout);
    if (limit === 0) return own.waits.length > 0 ? waiting(own.waits) : { machine };
    const beginnings = [
      find(ofCluster, 'ControlPlaneInitialized'),
      find(ofCluster, 'InfrastructureReady'),
      find(status?.v1beta2?.conditions, 'InfrastructureReady'),
    ].flatMap((condition) => (condition?.status === 'True' ? [condition.lastTransitionTime] : []));
    const passed = Math.min(...[metadata.creationTimestamp, ...beginnings].map(since));
    if (passed <= limit) return waiting([...own.waits, limit - passed + margin]);
    return { machine, problem: unwell('NodeStartupTimeout', [`Node failed to report startup in ${timeout}`]) };
  }
  const its = lasting(check.spec?.unhealthyConditions, node.status?.conditions, 'Node', since);
  // Up to v1.11 the first one found is told, and the first generation writes the Node small.
  const told = fresh ? [...its.said, ...own.said] : its.said.slice(0, 1);
  if (told.length > 0) {
    const verdict = unwell(own.said.length > 0 ? 'UnhealthyMachine' : 'UnhealthyNode', told);
    if (!fresh) verdict.legacy.message = told[0]!.replace(' on Node is ', ' on node is ');
    return { machine, problem: verdict };
  }
  const waits = [...own.waits, ...its.waits];
  if (waits.length > 0) return waiting(waits);
  return deleting(machine) ? { machine } : { machine, healthy: true };
}

function unwell(reason: string, said: readonly string[]): Problem {
  const message = said.join('; ');
  return { legacy: { reason, message }, fresh: { reason, message: `Health check failed: ${message}` } };
}

function marked({ metadata }: Machine): Problem | undefined {
  if (metadata.annotations?.[remediateAnnotation] === undefined) return undefined;
  const message = 'Marked for remediation via remediate-machine annotation';
  const fresh = `Health check failed: marked for remediation via ${remediateAnnotation} annotation`;
  return {
    legacy: { reason: 'HasRemediateMachineAnnotation', message },
    fresh: { reason: 'HasRemediateAnnotation', message: fresh },
  };
}

function failure({ status }: Machine): Problem | undefined {
  const { failureReason, failureMessage } = status ?? {};
  const said = failureReason
    ? `FailureReason: ${failureReason}`
    : failureMessage && `FailureMessage: ${failureMessage}`;
  return said ? { legacy: { reason: 'MachineHasFailure', message: said } } : undefined;
}

/** A Machine that had a Node, and has none any more; `also` is what else is wrong with it. */
function lostNode(machine: Machine, node: Node | undefined, also: readonly string[]): Problem | undefined {
  if (node || !hasNode(machine)) return undefined;
  const said = [`Node ${machine.status?.nodeRef?.name ?? ''} has been deleted`, ...also];
  if (also.length > 0) return unwell('UnhealthyMachine', said);
  return { legacy: { reason: 'NodeNotFound' }, fresh: unwell('NodeDeleted', said).fresh! };
}

/** Whether a check may have Machines replaced; how many more, and what is said where it may not. */
export interface Allowance {
  allowed: boolean;
  left: number;
  message: string;
}

/** `total` Machines are looked after, so many `healthy`, so many `ill`; the others are still to be judged. */
export function allowance(check: MachineHealthCheck, total: number, healthy: number, ill: number): Allowance {
  const { unhealthyRange: range, maxUnhealthy = '100%' } = check.spec ?? {};
  const begin = 'Remediation is not allowed, the number of not started or unhealthy machines';
  const missing = total - healthy;
  const bounds = /^\[(\d+)-(\d+)\]$/.exec(range ?? '');
  if (bounds) {
    const [low, high] = [Number(bounds[1]), Number(bounds[2])];
    const numbers = `(total: ${total}, unhealthy: ${ill}, unhealthyRange: ${range ?? ''})`;
    const allowed = missing >= low && missing <= high;
    return {
      allowed,
      left: allowed ? high - missing : 0,
      message: `${begin} does not fall within the range ${numbers}`,
    };
  }
  const limit = scaled(maxUnhealthy, total, total, false);
  const numbers = `(total: ${total}, unhealthy: ${ill}, maxUnhealthy: ${maxUnhealthy})`;
  const left = Math.max(0, limit - missing);
  return { allowed: missing <= limit, left, message: `${begin} exceeds maxUnhealthy ${numbers}` };
}
