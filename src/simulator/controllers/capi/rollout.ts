/**
 * The arithmetic of a rolling update. Source: Cluster API 1.10, machinedeployment_rolling.go and mdutil; with maxSurge 0
 * a Machine goes before the next one comes.
 */

import type { ClusterApiVersion } from '../kinds.ts';
import type { MachineDeployment, MachineSet } from '../shapes/capi.ts';
import { byAge, scaled } from './common.ts';

export interface Budget {
  replicas: number;
  maxSurge: number;
  maxUnavailable: number;
}

/** What a MachineDeployment allows during a rollout. Both limits 0 would stand still: then one may be unavailable. */
export function budgetOf(deployment: MachineDeployment): Budget {
  const replicas = deployment.spec?.replicas ?? 1;
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const maxSurge = scaled(rolling?.maxSurge, replicas, 1, true);
  let maxUnavailable = scaled(rolling?.maxUnavailable, replicas, 0, false);
  if (maxSurge === 0 && maxUnavailable === 0) maxUnavailable = 1;
  return { replicas, maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

const spec = (set: MachineSet): number => set.spec?.replicas ?? 0;
const sum = (sets: readonly MachineSet[], of: (set: MachineSet) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);

/** How many replicas the current MachineSet should have now. `all` includes it. */
export function newSetReplicas(budget: Budget, current: MachineSet, all: readonly MachineSet[]): number {
  const own = spec(current);
  if (own >= budget.replicas) return budget.replicas;
  const total = sum(all, (set) => Math.max(spec(set), set.status?.replicas ?? 0));
  const room = budget.replicas + budget.maxSurge - total;
  return own + Math.max(0, Math.min(room, budget.replicas - own));
}

/**
 * The replicas the old MachineSets should have now: unhealthy ones go first, then as many as may be unavailable. From
 * v1.11 on what is available is counted by the Machines' condition, which one that is being deleted has lost.
 */
export function oldSetReplicas(
  budget: Budget,
  current: MachineSet,
  old: readonly MachineSet[],
  clusterApi: ClusterApiVersion,
): Map<string, number> {
  const available = ({ status }: MachineSet): number =>
    (clusterApi === 'v1beta2' ? status?.v1beta2?.availableReplicas : status?.availableReplicas) ?? 0;
  const wanted = new Map(old.map((set) => [set.metadata.name, spec(set)]));
  if (sum(old, spec) === 0) return wanted;
  const minAvailable = budget.replicas - budget.maxUnavailable;
  const newUnavailable = spec(current) - available(current);
  const most = sum(old, spec) + spec(current) - minAvailable - newUnavailable;
  if (most <= 0) return wanted;
  const oldestFirst = [...old].sort(byAge);
  let done = 0;
  for (const set of oldestFirst) {
    const surplus = Math.min(most - done, Math.max(0, spec(set) - available(set)));
    wanted.set(set.metadata.name, spec(set) - surplus);
    done += surplus;
  }
  let left = sum([...old, current], available) - minAvailable;
  for (const set of oldestFirst) {
    const now = wanted.get(set.metadata.name)!;
    const step = Math.min(now, Math.max(0, left), Math.max(0, most - done));
    wanted.set(set.metadata.name, now - step);
    left -= step;
    done += step;
  }
  return wanted;
}
