/**
 * Whether a control plane may replace a Machine its health check has given up, and what it remembers of it. Source:
 * Cluster API 1.10, remediation.go of the kubeadm control plane provider.
 */

import { find, isTrue, type Saying, saySorted } from '../conditions.ts';
import { kinds } from '../kinds.ts';
import { findLegacy, no, sayLegacy } from '../legacy-conditions.ts';
import { annotate } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { byAge, deleting, durationMs, hasNode } from './common.ts';
import { managesEtcd, memberHealthy } from './kcp-components.ts';
import { deletedMachine } from './kcp-log.ts';

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

/** Why a Machine is not replaced yet: a reason, and words for both generations; the first may be left as it is. */
export interface Refusal {
  reason: string;
  fresh: string;
  legacy?: string | undefined;
  legacyReason?: 'RemediationFailed';
}

const isIll = ({ status }: Machine): boolean =>
  findLegacy(status?.conditions, 'HealthCheckSucceeded')?.status === 'False';

/** Which of the Machines that are to be replaced is next: the oldest that never came up, or else the oldest. */
export function firstToRemediate(ill: readonly Machine[]): Machine | undefined {
  const sorted = [...ill].sort(byAge);
  return sorted.find((machine) => !hasNode(machine)) ?? sorted[0];
}

/** Whether a control plane still waits for the replacement of a Machine it has deleted. */
export function remediates(plane: KubeadmControlPlane, all: readonly Machine[]): boolean {
  const last = remembered(plane.metadata.annotations?.[inProgress]);
  const at = Date.parse(last?.timestamp ?? '');
  return last !== undefined && !all.some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') > at);
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
): { refused: Refusal; again?: number } | { remediation: Remediation } {
  const name = ill.metadata.name;
  const chain = remembered(ill.metadata.annotations?.[remediationFor]);
  const { maxRetry, retryPeriod, minHealthyPeriod = defaultHealthyPeriod } = plane.spec?.remediationStrategy ?? {};
  // A Machine that was well long enough begins a new chain of tries.
  const again = chain && now.since(chain.timestamp) < durationMs(minHealthyPeriod) ? chain : undefined;
  const retryCount = again ? again.retryCount + 1 : 0;
  const cannot = "KubeadmControlPlane can't remediate this machine because the operation already failed";
  if (again && retryPeriod && now.since(again.timestamp) < durationMs(retryPeriod)) {
    const rest = Math.min(durationMs(retryPeriod), durationMs(minHealthyPeriod)) - now.since(again.timestamp);
    return { refused: deferred(`${cannot} in the latest ${retryPeriod} (RetryPeriod)`), again: rest };
  }
  if (again && maxRetry !== undefined && retryCount > maxRetry) {
    const rest = durationMs(minHealthyPeriod) - now.since(again.timestamp);
    return { refused: impossible(`${cannot} ${maxRetry} times (MaxRetry)`), again: rest };
  }
  const refused = plane.status?.initialized ? refusalOf(plane, all, ill) : undefined;
  return refused ? { refused } : { remediation: { machine: name, timestamp: now.at, retryCount } };
}

const deferred = (legacy: string, fresh = legacy): Refusal => ({ reason: 'RemediationDeferred', legacy, fresh });
const impossible = (legacy: string, fresh = legacy): Refusal => ({ reason: 'CannotBeRemediated', legacy, fresh });
/** The second generation writes kinds as they are written. */
const capital = (text: string): [string, string] => [text, text.replace(/(plane|this) machine/, '$1 Machine')];

/** Why the others could not carry the cluster meanwhile. */
function refusalOf(plane: KubeadmControlPlane, all: readonly Machine[], ill: Machine): Refusal | undefined {
  const name = 'KubeadmControlPlane';
  if (all.length <= 1) return impossible(`${name} can't remediate if current replicas are less or equal to 1`);
  const waits = (what: string) =>
    deferred(...capital(`${name} waiting for control plane machine ${what} to complete before triggering remediation`));
  if (all.some((machine) => !isIll(machine) && !hasNode(machine))) return waits('provisioning');
  if (all.some(deleting)) return waits('deletion');
  if (!managesEtcd(plane)) return undefined;
  if (!keepsQuorum(all, ill)) {
    return impossible(
      ...capital(`${name} can't remediate this machine because this could result in etcd loosing quorum`),
    );
  }
  if (all.some((machine) => !isIll(machine))) return undefined;
  const lack = 'there is no healthy';
  const legacy = `A control plane machine needs remediation, but ${lack} machine to forward etcd leadership to. Skipping remediation`;
  const fresh = `${name} can't remediate this Machine because ${lack} Machine to forward etcd leadership to`;
  return { reason: 'CannotBeRemediated', legacy, fresh, legacyReason: 'RemediationFailed' };
}

/** Whether etcd without one member still has more than half of its members well. */
function keepsQuorum(all: readonly Machine[], leaving: Machine): boolean {
  const others = all.filter((machine) => machine !== leaving && hasNode(machine));
  const well = others.filter(memberHealthy).length;
  return well >= Math.floor(others.length / 2) + 1;
}

/** Writes into `draft`, a Machine, that it waits, and for what. */
export function deferRemediation(draft: Machine, { reason, fresh, legacy, legacyReason }: Refusal, at: string): void {
  const known = find(draft.status?.v1beta2?.conditions, 'OwnerRemediated');
  if (known?.reason !== reason || known.message !== fresh) {
    sayRemediation(draft, { status: 'False', reason, message: fresh }, at);
  }
  if (legacy === undefined) return;
  const saying = no('OwnerRemediated', legacyReason ?? 'WaitingForRemediation', 'Warning', legacy);
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

/**
 * Replaces a Machine its health check has given up, where the others can carry the cluster meanwhile; else says on it why
 * not, and gives after how many ms to ask again. Throws KubeError.
 */
export async function remediatePlane(
  rt: Runtime,
  plane: KubeadmControlPlane,
  all: Machine[],
  ill: Machine,
): Promise<'deleted' | number | undefined> {
  const now = { at: rt.timestamp(), since: (at: string) => rt.since(at) };
  const verdict = judgeRemediation(plane, all, ill, now);
  if ('refused' in verdict) {
    await rt.client.change(kinds.Machine, ill, (draft) => deferRemediation(draft, verdict.refused, rt.timestamp()));
    return verdict.again;
  }
  const text = JSON.stringify(verdict.remediation);
  const latest = rt.informer(kinds.KubeadmControlPlane).get(plane.metadata.name) ?? plane;
  await rt.client.change(kinds.KubeadmControlPlane, latest, (draft) => annotate(draft, { [inProgress]: text }));
  await rt.client.change(kinds.Machine, ill, (draft) => markRemediated(draft, rt.timestamp(), 'RemediationInProgress'));
  await rt.client.remove(kinds.Machine, ill.metadata.name);
  const outdated = all.filter((machine) => find(machine.status?.v1beta2?.conditions, 'UpToDate')?.status === 'False');
  const names = new Set(outdated.map(({ metadata }) => metadata.name));
  deletedMachine(rt, plane, all, names, ill, 'remediation.go:330', 'remediating unhealthy Machine');
  return 'deleted';
}
