/**
 * Whether a Machine is well, and whether its health check may have it replaced. Source: Cluster API 1.10,
 * machinehealthcheck_targets.go and machinehealthcheck_controller.go.
 */

import { find, isTrue } from '../conditions.ts';
import { labels } from '../owners.ts';
import { selects } from '../selector.ts';
import type { Cluster, Machine, MachineHealthCheck } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import { deleting, durationMs, hasNode, isControlPlane, scaled } from './common.ts';

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

/** Judges one Machine by its Node, where there is one; `since` gives the ms since a time. */
export function judge(
  check: MachineHealthCheck,
  cluster: Cluster,
  machine: Machine,
  node: Node | undefined,
  since: (at: string | undefined) => number,
): Verdict {
  const { status, metadata } = machine;
  const problem = ownProblem(machine, node);
  if (problem) return { machine, problem };
  const ofCluster = cluster.status?.v1beta2?.conditions;
  if (!isTrue(cluster.status?.conditions, 'ControlPlaneInitialized') && !isControlPlane(machine)) return { machine };
  if (!cluster.status?.infrastructureReady) return { machine };
  if (!node) {
    const timeout = check.spec?.nodeStartupTimeout ?? '10m0s';
    const limit = durationMs(timeout);
    if (limit === 0) return { machine };
    const beginnings = [
      find(ofCluster, 'ControlPlaneInitialized'),
      find(ofCluster, 'InfrastructureReady'),
      find(status?.v1beta2?.conditions, 'InfrastructureReady'),
    ].flatMap((condition) => (condition?.status === 'True' ? [condition.lastTransitionTime] : []));
    const passed = Math.min(...[metadata.creationTimestamp, ...beginnings].map(since));
    if (passed <= limit) return { machine, wait: limit - passed + margin };
    const message = `Node failed to report startup in ${timeout}`;
    return { machine, problem: both('NodeStartupTimeout', message) };
  }
  const waits: number[] = [];
  for (const { type, status: bad, timeout } of check.spec?.unhealthyConditions ?? []) {
    const found = node.status?.conditions?.find((condition) => condition.type === type);
    if (found?.status !== bad) continue;
    const passed = since(found.lastTransitionTime);
    const rest = `is reporting status ${bad} for more than ${timeout}`;
    if (passed > durationMs(timeout)) {
      const fresh = `Condition ${type} on Node ${rest}`;
      return { machine, problem: both('UnhealthyNode', `Condition ${type} on node ${rest}`, fresh) };
    }
    waits.push(durationMs(timeout) - passed + margin);
  }
  if (waits.length > 0) return { machine, wait: Math.min(...waits) };
  return deleting(machine) ? { machine } : { machine, healthy: true };
}

const both = (reason: string, message: string, fresh = message): Problem => ({
  legacy: { reason, message },
  fresh: { reason, message: `Health check failed: ${fresh}` },
});

/** What is wrong with a Machine whatever its check says. */
function ownProblem({ metadata, status }: Machine, node: Node | undefined): Problem | undefined {
  if (metadata.annotations?.[remediateAnnotation] !== undefined) {
    const message = 'Marked for remediation via remediate-machine annotation';
    const fresh = `Health check failed: marked for remediation via ${remediateAnnotation} annotation`;
    return {
      legacy: { reason: 'HasRemediateMachineAnnotation', message },
      fresh: { reason: 'HasRemediateAnnotation', message: fresh },
    };
  }
  if (status?.failureReason) {
    return { legacy: { reason: 'MachineHasFailure', message: `FailureReason: ${status.failureReason}` } };
  }
  if (status?.failureMessage) {
    return { legacy: { reason: 'MachineHasFailure', message: `FailureMessage: ${status.failureMessage}` } };
  }
  if (node || !hasNode({ metadata, status } as Machine)) return undefined;
  const message = `Health check failed: Node ${status?.nodeRef?.name ?? ''} has been deleted`;
  return { legacy: { reason: 'NodeNotFound' }, fresh: { reason: 'NodeDeleted', message } };
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
