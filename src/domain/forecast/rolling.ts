/**
 * What a MachineDeployment in the middle of a rolling update does at once when its number changes. Source: Cluster API
 * v1.10, machinedeployment_rolling.go and mdutil, taken to the point where nothing moves before a Machine comes up or
 * is gone.
 */
import type { Held } from './sets.ts';

/** What is allowed while it rolls. */
export interface Limits {
  replicas: number;
  maxSurge: number;
  maxUnavailable: number;
}

/** A MachineSet as far as the arithmetic goes. */
interface Count {
  held: Held;
  /** `spec.replicas` */
  wanted: number;
  /** Machines, deleting ones included. */
  there: number;
  available: number;
}

const sum = (counts: readonly Count[], of: (count: Count) => number): number =>
  counts.reduce((total, count) => total + of(count), 0);

/** mdutil NewMSNewReplicas. */
function growth(limits: Limits, current: Count, all: readonly Count[]): number {
  if (current.wanted >= limits.replicas) return limits.replicas;
  const total = sum(all, ({ wanted, there }) => Math.max(wanted, there));
  const room = limits.replicas + limits.maxSurge - total;
  return current.wanted + Math.max(0, Math.min(room, limits.replicas - current.wanted));
}

/** reconcileOldMachineSets: what is not available goes first, then as many as may be unavailable. */
function shrink(limits: Limits, current: Count, old: readonly Count[]): void {
  if (sum(old, ({ wanted }) => wanted) === 0) return;
  const least = limits.replicas - limits.maxUnavailable;
  const coming = current.wanted - current.available;
  const most = sum(old, ({ wanted }) => wanted) + current.wanted - least - coming;
  if (most <= 0) return;
  let done = 0;
  for (const count of old) {
    const ill = Math.min(most - done, Math.max(0, count.wanted - count.available));
    count.wanted -= ill;
    done += ill;
  }
  let spare = sum([...old, current], ({ available }) => available) - least;
  for (const count of old) {
    const step = Math.min(count.wanted, Math.max(0, spare), Math.max(0, most - done));
    count.wanted -= step;
    spare -= step;
    done += step;
  }
}

/** More rounds than any real group needs. */
const ROUNDS = 10_000;

/** A MachineSet with the replicas it is given at once, and how many Machines it makes. */
export interface Turned extends Held {
  wanted: number;
  makes: number;
}

/**
 * The MachineSets as they stand once nothing moves by itself; the present one first. `held`: whether old ones are left
 * alone (the rollout is paused, or waits for hands); `blocked`: whether a set may make Machines. Undefined where it
 * does not come to rest.
 */
export function turned(
  limits: Limits,
  current: Held,
  others: readonly Held[],
  held: boolean,
  blocked: (of: Held) => boolean,
): Turned[] | undefined {
  const countOf = (of: Held): Count => ({
    held: of,
    wanted: of.set.replicas.desired ?? 0,
    there: of.machines.length,
    available: of.set.replicas.available ?? 0,
  });
  const now = countOf(current);
  const old = others.map(countOf).sort((a, b) => (a.held.set.created ?? 0) - (b.held.set.created ?? 0));
  const all = [now, ...old];
  for (let round = 0; round < ROUNDS; round++) {
    const before = JSON.stringify(all.map(({ wanted, there }) => [wanted, there]));
    now.wanted = growth(limits, now, all);
    if (!held) shrink(limits, now, old);
    for (const count of all) if (!blocked(count.held)) count.there = Math.max(count.there, count.wanted);
    if (JSON.stringify(all.map(({ wanted, there }) => [wanted, there])) === before) {
      return all.map(({ held: of, wanted, there }) => ({ ...of, wanted, makes: there - of.machines.length }));
    }
  }
  return undefined;
}
