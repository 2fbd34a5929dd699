/**
 * "live" is a promise. Here it is checked at every step of the clock, under random faults, against a server that knows
 * when what was true: not only that the cache converges in the end, but that it never claimed more than it could know.
 */
import { describe, expect, it } from 'vitest';
import { Chaos } from './support/chaos.ts';

const MINUTES = 60_000;

describe('a kind that claims to be live holds a truth that is at most so old', () => {
  it.each([1, 2, 3, 4, 5, 6])('15 s, whatever the network, the server and its answers do (seed %i)', async (seed) => {
    const outcome = await new Chaos({ seed, forMs: 20 * MINUTES }).run();
    // The storm must leave room for claims, and put them to the test.
    expect(outcome.share).toBeGreaterThan(0.3);
    expect(outcome.worstAge).toBeGreaterThan(2_000);
  });

  it.each([11, 12, 13])('15 s, when the machine sleeps and wakes (seed %i)', async (seed) => {
    const outcome = await new Chaos({ seed, forMs: 20 * MINUTES, jumps: true }).run();
    expect(outcome.share).toBeGreaterThan(0.3);
  });

  it.each([31, 32])(
    'the idle limit, where single connections die unseen and that is longer (seed %i)',
    async (seed) => {
      const settings = { idleMs: 75_000, watchTimeoutMs: [300_000, 600_000] } as const;
      const outcome = await new Chaos({ seed, forMs: 20 * MINUTES, singleDeaths: true, settings }).run();
      expect(outcome.worstAge).toBeGreaterThan(20_000);
    },
  );

  it.each([21, 22, 23])('15 s, when single connections die unseen (seed %i)', async (seed) => {
    const outcome = await new Chaos({ seed, forMs: 20 * MINUTES, singleDeaths: true }).run();
    expect(outcome.worstAge).toBeGreaterThan(2_000);
    expect(outcome.worstAge).toBeLessThanOrEqual(15_100);
  });

  it.each([41, 42])('15 s, when the first state comes through WatchList (seed %i)', async (seed) => {
    const settings = { strategy: 'watchlist' } as const;
    const outcome = await new Chaos({ seed, forMs: 20 * MINUTES, settings }).run();
    expect(outcome.share).toBeGreaterThan(0.3);
  });
});
