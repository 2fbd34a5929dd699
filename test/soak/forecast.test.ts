import { expect, it } from 'vitest';
import { compareForecasts } from '../operations/support/forecasts.ts';

// A thousand states in all, twenty to a fleet.
const seeds = [2, ...Array.from({ length: 41 }, (_, at) => 100 + at)];

it.each(seeds.slice(1, 9))(
  'foretells scalings in the middle of rollouts, in twenty states of seed %i',
  async (seed) => {
    const clusterApi = seed % 2 === 0 ? 'v1beta1' : 'v1beta2';
    const setting = { hosts: 16 + (seed % 12), pace: 1 + (seed % 5), clusterApi, rolling: true } as const;
    const { by, differences, errors } = await compareForecasts(seed, 20, setting);
    expect(differences).toEqual([]);
    expect(by['scale while rolling']).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  },
);

it.each(seeds)('foretells what the controllers do, in twenty states of seed %i', async (seed) => {
  const clusterApi = seed % 2 === 0 ? 'v1beta1' : 'v1beta2';
  const { compared, differences, errors } = await compareForecasts(seed, 20, {
    hosts: 16 + (seed % 12),
    pace: 1 + (seed % 5),
    clusterApi,
  });
  expect(differences).toEqual([]);
  expect(compared).toBe(20);
  expect(errors).toEqual([]);
});
