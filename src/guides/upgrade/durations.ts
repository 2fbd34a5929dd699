/** How long the turns of an upgrade take. */
import { lateAfter } from '../../domain/durations/learnt.ts';
import type { Duration } from '../../domain/durations/spread.ts';
import type { Estimate, Known } from '../contract.ts';
import { GUESSES, lengthOf } from '../estimate.ts';

/** How long one machine's turn takes: one goes, then one comes. */
export function turnLength(known: Known, cluster: string): Duration {
  const [gone, running] = [lengthOf(known, cluster, 'machine-gone'), lengthOf(known, cluster, 'machine-running')];
  return {
    median: gone.median + running.median,
    p95: gone.p95 + running.p95,
    count: Math.min(gone.count, running.count),
  };
}

const LONGEST_TURN = GUESSES['machine-gone'].p95 + GUESSES['machine-running'].p95;

/** After how long a turn is late, ms. */
export const turnLateAfter = (length: Duration): number => lateAfter(length) ?? LONGEST_TURN;

/** So many turns, `atOnce` of them side by side; of the present ones `spent` ms are over. */
export function turnsEstimate(known: Known, cluster: string, turns: number, atOnce: number, spent = 0): Estimate {
  const length = turnLength(known, cluster);
  const rounds = Math.ceil(turns / Math.max(1, atOnce));
  const left = (each: number) => Math.max(0, rounds * each - Math.min(spent, each));
  const parts = ['machine-gone', 'machine-running'] as const;
  return {
    hosts: turns,
    usual: left(length.median),
    longest: left(length.p95),
    rests: turns === 0 ? [] : parts.map((what) => ({ what, count: lengthOf(known, cluster, what).count })),
  };
}
