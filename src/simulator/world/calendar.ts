/** When things were done: by people in their hours, by programs in the moments after. */

import type { Random } from '../controllers/random.ts';

export const second = 1000;
export const minute = 60_000;
export const hour = 3_600_000;
export const day = 86_400_000;

/** The hours of the day, UTC, in which people work on a datacenter. */
const opens = 7;
const closes = 16;

/** A moment in working hours of the day of `at`, Unix time in ms; of the Friday before it on a weekend. */
export function officeTime(random: Random, at: number): number {
  const midnight = Math.floor(at / day) * day;
  // Unix time begins on a Thursday.
  const weekday = (Math.floor(at / day) + 4) % 7;
  const back = weekday === 6 ? 1 : weekday === 0 ? 2 : 0;
  return midnight - back * day + opens * hour + random.integer(0, (closes - opens) * hour - 1);
}

/** The moments at which the objects of one manifest are made that somebody applies at `at`, one after the other. */
export function applying(random: Random, at: number): () => number {
  let next = at;
  return () => {
    const now = next;
    next += random.integer(60, 640);
    return now;
  };
}

/** When the parts of a cluster were made, Unix times in ms. */
export interface Dates {
  registration: number;
  image: number;
  /** When its first ISO was ready. */
  built: number;
  pools: number;
  /** The Cluster, and all its control plane is made of. */
  born: number;
  /** By when its hosts are registered. */
  registered: number;
}

/** The dates of a cluster that was made some weeks before `now`. */
export function datesOf(random: Random, now: number): Dates {
  const born = officeTime(random, now - random.integer(25, 40) * day);
  const pools = born - random.integer(11 * minute, 70 * minute);
  const registration = officeTime(random, born - random.integer(5, 16) * day);
  const image = registration + random.integer(40 * second, 9 * minute);
  const built = image + random.integer(170 * second, 400 * second);
  return { registration, image, built, pools, born, registered: pools - random.integer(20 * minute, 3 * hour) };
}
