/** How long the parts of an upgrade take: learnt, or guessed where nothing was seen yet. */
import { lateAfter, usual } from '../../domain/durations/learnt.ts';
import type { Duration } from '../../domain/durations/spread.ts';
import type { Estimate, Known } from '../contract.ts';

const MINUTE = 60_000;

/**
 * metaldeck's own guesses, marked as such wherever they are shown: a drain of minutes and a clean plan; an image, a
 * reboot and a join; a chart on every node.
 */
const GUESSES: Readonly<Record<string, Duration>> = {
  'machine-gone': { median: 8 * MINUTE, p95: 20 * MINUTE, count: 0 },
  'machine-running': { median: 12 * MINUTE, p95: 25 * MINUTE, count: 0 },
  'kube-ovn': { median: 5 * MINUTE, p95: 15 * MINUTE, count: 0 },
};

/** How long something takes in a cluster. */
export function lengthOf({ learnt }: Known, cluster: string, what: keyof typeof GUESSES): Duration {
  return usual(learnt, cluster, what) ?? GUESSES[what] ?? { median: 0, p95: 0, count: 0 };
}

/** How long one machine's turn takes: one goes, then one comes. */
export function turnLength(known: Known, cluster: string): Duration {
  const [gone, running] = [lengthOf(known, cluster, 'machine-gone'), lengthOf(known, cluster, 'machine-running')];
  return {
    median: gone.median + running.median,
    p95: gone.p95 + running.p95,
    count: Math.min(gone.count, running.count),
  };
}

const LONGEST_TURN = GUESSES['machine-gone']!.p95 + GUESSES['machine-running']!.p95;

/** After how long a turn is late, ms. */
export const turnLateAfter = (length: Duration): number => lateAfter(length) ?? LONGEST_TURN;

/** So many turns, `atOnce` of them side by side; of the present ones `spent` ms are over. */
export function turnsEstimate(length: Duration, turns: number, atOnce: number, spent = 0): Estimate {
  const rounds = Math.ceil(turns / Math.max(1, atOnce));
  const left = (each: number) => Math.max(0, rounds * each - Math.min(spent, each));
  return {
    hosts: turns,
    usual: left(length.median),
    longest: left(length.p95),
    guessed: turns > 0 && length.count === 0,
  };
}

export const NO_TIME: Estimate = { hosts: 0, usual: 0, longest: 0, guessed: false };

/** One after the other. */
export function sumOf(estimates: readonly Estimate[]): Estimate {
  return estimates.reduce(
    (sum, one) => ({
      hosts: sum.hosts + one.hosts,
      usual: sum.usual + one.usual,
      longest: sum.longest + one.longest,
      guessed: sum.guessed || one.guessed,
    }),
    NO_TIME,
  );
}
