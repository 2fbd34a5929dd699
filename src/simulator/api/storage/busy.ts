/** How busy a cluster is at a time: more and less, in waves of minutes, hours and a day, the same for the same cluster. */

import { digest } from '../../controllers/digest.ts';
import { Random } from '../../controllers/random.ts';

/** How long waves are, in ms, and what share of all writes they move; their sum is less than one, so that time never runs back. */
const waves: readonly (readonly [period: number, share: number])[] = [
  [2.3 * 60_000, 0.14],
  [7.1 * 60_000, 0.2],
  [19 * 60_000, 0.14],
  [67 * 60_000, 0.14],
  [24 * 3_600_000, 0.2],
];

/** Phases by seed: few clusters are looked at. */
const phases = new Map<string, readonly number[]>();

function phasesOf(seed: string): readonly number[] {
  let found = phases.get(seed);
  if (!found) {
    found = waves.map((_wave, index) => Number.parseInt(digest(`${seed}/wave/${index}`).slice(0, 8), 16) / 2 ** 32);
    phases.set(seed, found);
  }
  return found;
}

/** A Unix time in ms as the writes of a cluster count it: in busy times it passes faster, on the whole as fast. */
export function busyTime(seed: string, at: number): number {
  const turns = phasesOf(seed);
  let time = at;
  for (const [index, [period, share]] of waves.entries()) {
    time += ((share * period) / (2 * Math.PI)) * Math.sin(2 * Math.PI * (at / period + turns[index]!));
  }
  return time;
}

/** Counts the writes of a cluster that nobody sees, `pace` of them in a ms, from a moment on. */
export class Passage {
  readonly #seed: string;
  /** How many writes there are in a ms on the whole. */
  pace: number;
  #until: number;
  #owed = 0;

  constructor(seed: string, pace: number, now: number) {
    this.#seed = seed;
    this.pace = pace;
    this.#until = now;
  }

  /** How many there have been since the last time; none at a time before that. */
  count(now: number): number {
    if (now <= this.#until) return 0;
    this.#owed += Math.max(0, (busyTime(this.#seed, now) - busyTime(this.#seed, this.#until)) * this.pace);
    this.#until = now;
    const whole = Math.floor(this.#owed);
    this.#owed -= whole;
    return whole;
  }
}

/**
 * How many pages of 4 KiB the file of a cluster's store has, of each member the same: whoever joins gets a copy. It grows with what is
 * written, up to where pages are used again. `cluster`: what it is known by.
 */
export const databasePages = (cluster: string, revision: number): number =>
  Math.min(16_100 + new Random('database', cluster).integer(0, 4000), 520 + Math.floor(revision / 12));
