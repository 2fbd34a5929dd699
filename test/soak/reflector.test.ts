/** The honesty of "live" under many more storms than a quick run has time for; see test/kube/reflector/honesty.test.ts. */
import { describe, expect, it } from 'vitest';
import { Chaos, type ChaosOptions } from '../kube/reflector/support/chaos.ts';

const SEEDS = Array.from({ length: 100 }, (_, n) => 1_000 + n);
const HALF_AN_HOUR = 1_800_000;

const storms: [string, Omit<ChaosOptions, 'seed' | 'forMs'>, number][] = [
  ['of every fault', {}, 15_100],
  ['with sleep', { jumps: true }, 15_100],
  ['with single connections that die unseen', { singleDeaths: true }, 15_100],
  [
    'the same, where watches may be long',
    { singleDeaths: true, settings: { idleMs: 75_000, watchTimeoutMs: [300_000, 600_000] } },
    76_100,
  ],
  ['through WatchList', { settings: { strategy: 'watchlist' } }, 15_100],
  ['of all together', { jumps: true, singleDeaths: true, settings: { strategy: 'watchlist' } }, 15_100],
];

describe('in a long storm', () => {
  it.each(storms)('%s no kind claims more than it knows', async (_, options, bound) => {
    for (const seed of SEEDS) {
      const outcome = await new Chaos({ seed, forMs: HALF_AN_HOUR, ...options }).run();
      expect(outcome.worstAge, `seed ${seed}`).toBeLessThanOrEqual(bound);
      expect(outcome.share, `seed ${seed}`).toBeGreaterThan(0.2);
    }
  });
});
