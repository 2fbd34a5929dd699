/** How long the parts of a guide take: learnt where they were seen, guessed where they were not, and which is which. */
import { usual } from '../domain/durations/learnt.ts';
import type { Duration } from '../domain/durations/spread.ts';
import type { Estimate, Known, Part } from './contract.ts';

const MINUTE = 60_000;

/**
 * metaldeck's own guesses, told as such wherever they are shown: a drain of minutes and a clean plan; an image, a reboot
 * and a join; a chart on every node.
 */
export const GUESSES: Readonly<Record<Part['what'], Duration>> = {
  'machine-gone': { median: 8 * MINUTE, p95: 20 * MINUTE, count: 0 },
  'machine-running': { median: 12 * MINUTE, p95: 25 * MINUTE, count: 0 },
  'kube-ovn': { median: 5 * MINUTE, p95: 15 * MINUTE, count: 0 },
};

const WORDS: Readonly<Record<Part['what'], string>> = {
  'machine-gone': 'a machine that goes',
  'machine-running': 'a machine that comes',
  'kube-ovn': 'Kube-OVN',
};

export const NO_TIME: Estimate = { hosts: 0, usual: 0, longest: 0, rests: [] };

/** How long something takes in a cluster; of no samples: a guess. */
export function lengthOf({ learnt }: Pick<Known, 'learnt'>, cluster: string, what: Part['what']): Duration {
  return usual(learnt, cluster, what) ?? GUESSES[what];
}

/** One after the other. */
export function sumOf(estimates: readonly Estimate[]): Estimate {
  return estimates.reduce(
    (sum, one) => ({
      hosts: sum.hosts + one.hosts,
      usual: sum.usual + one.usual,
      longest: sum.longest + one.longest,
      rests: [...sum.rests, ...one.rests.filter(({ what }) => !sum.rests.some((known) => known.what === what))],
    }),
    NO_TIME,
  );
}

/** Whether some of it was never seen here. */
export function isGuessed({ rests }: Estimate): boolean {
  return rests.some(({ count }) => count === 0);
}

/** `learnt: a machine that goes (12 seen); guessed: Kube-OVN`; undefined where nothing is to be done. */
export function basisText({ rests }: Estimate): string | undefined {
  if (rests.length === 0) return undefined;
  const learnt = rests.filter(({ count }) => count > 0).map(({ what, count }) => `${WORDS[what]} (${count} seen)`);
  const guessed = rests.filter(({ count }) => count === 0).map(({ what }) => WORDS[what]);
  if (learnt.length === 0) return 'a guess: nothing was learnt here yet';
  return [`learnt: ${learnt.join(', ')}`, ...(guessed.length > 0 ? [`guessed: ${guessed.join(', ')}`] : [])].join('; ');
}
