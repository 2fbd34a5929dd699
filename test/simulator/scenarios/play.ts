/** The life of one scenario, from its beginning to the rest after it. */

import { expect } from 'vitest';
import { minute } from '../harness.ts';
import { census, unrest } from './rest.ts';
import { type Signal, signals } from './signals.ts';
import { openTheatre, type TheatreOptions } from './theatre.ts';

export interface PlayOptions extends TheatreOptions {
  /** Simulated ms in which the signal comes. As long as a spectator waits for anything to be seen where left out. */
  within?: number;
  /** Orders to go on once the signal has been seen, until nothing follows; and what is seen then. */
  afterwards?: Signal;
  /** Simulated ms in which the world comes to rest after it was healed. */
  rest?: number;
  /** What stays as it is after healing, out of what is not at rest. */
  stays?: RegExp;
}

/** Half a minute at the demonstration's speed: by then a spectator wants to see something. */
const glance = 7.5 * minute;

/** Plays a scenario, expects its signal, heals it, and expects the world to be as it was. */
export async function playThrough(name: string, options: PlayOptions = {}): Promise<void> {
  const { within = glance, rest = 3 * 60 * minute, afterwards, stays } = options;
  const theatre = await openTheatre(options);
  const { scenarios, wait, errors, broken } = theatre;
  try {
    expect(unrest(theatre)).toEqual([]);
    const before = census(theatre);
    const signal = signals[name];
    if (!signal) throw new Error(`there is no signal for ${name}`);
    expect(await signal(theatre)).toBe(false);
    await scenarios.start(name);
    const seen = async () => (await signal(theatre)) || unrest(theatre).length > 0;
    await wait(seen, glance, `anything to be seen of ${name}`);
    await wait(() => signal(theatre), within, `the signal of ${name}`);
    if (afterwards) {
      while (scenarios.state.standing === 'running') await scenarios.goOn();
      await wait(() => afterwards(theatre), 60 * minute, `the end of ${name}`);
    }
    const healing = scenarios.heal();
    await wait(() => scenarios.state.standing === 'healed', rest, `the healing of ${name}`);
    await healing;
    await wait(() => unrest(theatre).every((one) => stays?.test(one)), rest, `rest after ${name}: ${unrest(theatre)}`);
    expect(scenarios.state).toMatchObject({ standing: 'healed', problem: undefined });
    // What is said to stay does, however long one waits.
    if (stays) {
      await theatre.run(60 * minute);
      expect(await signal(theatre)).toBe(true);
      expect(unrest(theatre)).not.toEqual([]);
    }
    expect(census(theatre)).toEqual(before);
    expect(broken).toEqual([]);
    expect(errors.filter((error) => !/exceeded quota/.test(error))).toEqual([]);
  } finally {
    await theatre.stop();
  }
}
