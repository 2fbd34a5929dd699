/**
 * Whether a control plane may replace a Machine its health check has given up, and what it remembers of it. Source:
 * Cluster API 1.10, remediation.go of the kubeadm control plane provider.
 */

import { isTrue, type Saying, saySorted } from '../conditions.ts';
import { findLegacy, no, sayLegacy } from '../legacy-conditions.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { deleting, durationMs } from './common.ts';
import { etcdHealthy, managesEtcd } from './kcp-components.ts';

/** On the control plane, from the deletion of an unhealthy Machine until its replacement is made. */
export const inProgress = 'controlplane.cluster.x-k8s.io/remediation-in-progress';
/** On the replacement: which Machine it stands for. */
export const remediationFor = 'controlplane.cluster.x-k8s.io/remediation-for';

const defaultHealthyPeriod = '1h0m0s';

export interface Remediation {
  machine: string;
  timestamp: string;
  retryCount: number;
}

/** What an annotation remembers; undefined where it is absent or cannot be read. */
export function remembered(text: string | undefined): Remediation | undefined {
  try {
    const data = JSON.parse(text ?? '') as Partial<Remediation>;
    const { machine, timestamp, retryCount } = data;
    return machine && timestamp ? { machine, timestamp, retryCount: Number(retryCount ?? 0) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why `ill` may not be replaced now, and after how many ms time alone may have changed that; or as what its replacement
 * will be remembered. `since` gives ms.
 */
export function judgeRemediation(
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  ill: Machine,
  now: { at: string; since: (at: string) => number },
): { refused: string; again?: number } | { remediation: Remediation } {
  const name = ill.metadata.name;
  const chain = remembered(ill.metadata.annotations?.[remediationFor]);
  const { maxRetry, retryPeriod, minHealthyPeriod = defaultHealthyPeriod } = plane.spec?.remediationStrategy ?? {};
  // A Machine that was well long enough begins a new chain of tries.
  const again = chain && now.since(chain.timestamp) < durationMs(minHealthyPeriod) ? chain : undefined;
  const retryCount = again ? again.retryCount + 1 : 0;
  const cannot = "KubeadmControlPlane can't remediate this machine because the operation already failed";
  if (again && retryPeriod && now.since(again.timestamp) < durationMs(retryPeriod)) {
    const rest = Math.min(durationMs(retryPeriod), durationMs(minHealthyPeriod)) - now.since(again.timestamp);
    return { refused: `${cannot} in the latest ${retryPeriod} (RetryPeriod)`, again: rest };
  }
  if (again && maxRetry !== undefined && retryCount > maxRetry) {
    const rest = durationMs(minHealthyPeriod) - now.since(again.timestamp);
    return { refused: `${cannot} ${maxRetry} times (MaxRetry)`, again: rest };
  }
  if (plane.status?.initialized) {
    if (all.length <= 1) {
      return { refused: "KubeadmControlPlane can't remediate if current replicas are less or equal to 1" };
    }
    if (all.some(deleting)) {
      const why =
        'KubeadmControlPlane waiting for control plane Machine deletion to complete before triggering remediation';
      return { refused: why };
    }
    if (managesEtcd(plane) && !keepsQuorum(all, ill)) {
      const why = "KubeadmControlPlane can't remediate this Machine because this could result in etcd loosing quorum";
      return { refused: why };
    }
  }
  return { remediation: { machine: name, timestamp: now.at, retryCount } };
}

/** Whether etcd without one member still has more than half of its members well. */
function keepsQuorum(all: readonly Machine[], leaving: Machine): boolean {
  const others = all.filter((machine) => machine !== leaving);
  const well = others.filter(etcdHealthy).length;
  return well >= Math.floor(others.length / 2) + 1;
}

/** Writes into `draft`, a Machine, that it waits, and for what. */
export function deferRemediation(draft: Machine, why: string, at: string): void {
  sayRemediation(draft, { status: 'False', reason: 'CannotBeRemediated', message: why }, at);
  const saying = no('OwnerRemediated', 'WaitingForRemediation', 'Warning', why);
  draft.status!.conditions = sayLegacy(draft.status?.conditions, [saying], at);
}

/** Writes into `draft`, a Machine, that its owner is deleting it. */
export function markRemediated(draft: Machine, at: string, legacy: 'RemediationInProgress' | undefined): void {
  sayRemediation(draft, { status: 'False', reason: 'MachineDeleting', message: 'Machine is deleting' }, at);
  const saying = legacy
    ? no('OwnerRemediated', legacy, 'Warning')
    : ({ type: 'OwnerRemediated', status: 'True' } as const);
  draft.status!.conditions = sayLegacy(draft.status?.conditions, [saying], at);
}

/** Takes from `draft`, a Machine that is well again before its owner replaced it, what was said about replacing it. */
export function forgetRemediation(draft: Machine): void {
  const { status } = draft;
  const pending = findLegacy(status?.conditions, 'OwnerRemediated')?.status === 'False';
  if (!status || deleting(draft) || !pending || !isTrue(status.conditions, 'HealthCheckSucceeded')) return;
  const others = ({ type }: { type: string }) => type !== 'OwnerRemediated';
  status.conditions = status.conditions?.filter(others);
  status.v1beta2 = { ...status.v1beta2, conditions: status.v1beta2?.conditions?.filter(others) };
}

function sayRemediation(draft: Machine, saying: Omit<Saying, 'type'>, at: string): void {
  draft.status ??= {};
  const old = draft.status.v1beta2;
  const said = saySorted(old?.conditions, [{ type: 'OwnerRemediated', ...saying }], at, draft.metadata.generation);
  draft.status.v1beta2 = { ...old, conditions: said };
}
