/** What traffic is made of: acts, each a small story that ends where it began. */

import type { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';

/** What an act waits for: real milliseconds of the clock, or a state, for so many of them at most. */
export type Wait = { rest: number } | { until: () => boolean; limit: number };

/** An act in progress: it acts, and yields what it waits for. */
export type Act = AsyncGenerator<Wait, void, void>;

export const second = 1000;
export const minute = 60_000;

/** Shared by all acts. */
export interface Stage {
  rt: Runtime;
  random: Random;
  /** What an act is busy with, so that two do not meet: names of groups, pools, hosts. */
  busy: Set<string>;
}

/** Rests, as an act. */
export async function* rest(ms: number): Act {
  yield { rest: ms };
}

/** Waits until `until` holds, for an hour at most. */
export async function* wait(until: () => boolean, limit = 60 * minute): Act {
  yield { until, limit };
}
