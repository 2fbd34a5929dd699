/** A life through chaos, with as much simulated time afterwards as the world needs to come to rest. */

import { minute } from '../harness.ts';
import { census, unrest } from './rest.ts';
import { openTheatre, type TheatreOptions } from './theatre.ts';

export interface Chaos {
  /** What was done, in order. */
  told: string[];
  /** What did not hold on the way, what went wrong, and what is not at rest in the end. */
  wrong: string[];
}

/** Plays chaos to its end, or for `limit` simulated ms and then orders it to heal. */
export async function liveThroughChaos(
  seed: string | number,
  options: TheatreOptions & { limit?: number } = {},
): Promise<Chaos> {
  const { limit = 24 * 60 * minute } = options;
  const theatre = await openTheatre({ hosts: 24, ...options, seed, maxSurge: 1 });
  const { scenarios, clock, broken, errors } = theatre;
  const told: string[] = [];
  try {
    const before = census(theatre);
    await scenarios.start('chaos');
    const end = clock.now() + limit;
    const listen = () => {
      const { did = '' } = scenarios.state;
      if (told.at(-1) !== did) told.push(did);
    };
    while (scenarios.state.standing === 'running' && clock.now() < end) {
      listen();
      await theatre.run(minute / 2);
    }
    listen();
    const healing = scenarios.heal();
    const healed = () => scenarios.state.standing === 'healed';
    await theatre.wait(healed, 12 * 60 * minute, `healing (${scenarios.state.did})`);
    await healing;
    const rest = () => unrest(theatre).length === 0;
    await theatre.wait(rest, 12 * 60 * minute, 'rest').catch(() => {});
    const { problem } = scenarios.state;
    const after = JSON.stringify(census(theatre));
    const drift = after === JSON.stringify(before) ? [] : [`${JSON.stringify(before)} became ${after}`];
    return { told, wrong: [...broken, ...errors, ...(problem ? [problem] : []), ...unrest(theatre), ...drift] };
  } finally {
    await theatre.stop();
  }
}
