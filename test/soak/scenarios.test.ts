import { describe, expect, it } from 'vitest';
import { minute } from '../simulator/harness.ts';
import { liveThroughChaos } from '../simulator/scenarios/chaotic.ts';

const seeds = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

describe('chaos, for long', () => {
  it.each([2, ...seeds(100, 30)])('heals, and leaves the world as it was (seed %i)', async (seed) => {
    expect((await liveThroughChaos(seed)).wrong).toEqual([]);
  });

  it.each(seeds(200, 10))('can be healed at any moment (seed %i)', async (seed) => {
    expect((await liveThroughChaos(seed, { limit: (seed % 10) * 13 * minute })).wrong).toEqual([]);
  });

  it.each(seeds(300, 5))('heals in three clusters that serve v1beta2 (seed %i)', async (seed) => {
    const options = { hosts: 42, clusters: 3, clusterApi: 'v1beta2' as const };
    expect((await liveThroughChaos(seed, options)).wrong).toEqual([]);
  });

  it.each(seeds(400, 5))('goes along with everyday life (seed %i)', async (seed) => {
    // Servers come and go meanwhile: only how many hosts there are may differ.
    const { wrong } = await liveThroughChaos(seed, { hosts: 42, clusters: 3, traffic: true, speed: 15 });
    expect(wrong.filter((one) => !one.startsWith('{"'))).toEqual([]);
  });
});
