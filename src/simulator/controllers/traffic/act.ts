/** What traffic is made of: acts, each a small story that ends where it began. */

import { KubeError } from '../../../kube/types.ts';
import { isConflict } from '../client.ts';
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

/** Ms of the clock until a request that failed is made again. */
const again = 3000;
/** Whoever loses so many races in a row has something else wrong. */
const races = 20;

/**
 * Makes a request until the API can be reached, and again where somebody else wrote first: `work` must look at its
 * object anew each time. Throws any other failure.
 */
export async function* insist<T>(work: () => Promise<T>): AsyncGenerator<Wait, T, void> {
  for (let lost = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof KubeError && (error.code === 0 || error.code === 429 || error.code >= 500);
      if (!away && !(isConflict(error) && ++lost < races)) throw error;
    }
    yield { rest: again };
  }
}
