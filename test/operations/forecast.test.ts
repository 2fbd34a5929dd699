import { expect, it } from 'vitest';
import { compareForecasts } from './support/forecasts.ts';

it.each([
  [1, 'v1beta1'],
  [3, 'v1beta2'],
] as const)('foretells what the controllers do, in ten states of seed %i, Cluster API %s', async (seed, clusterApi) => {
  const { compared, differences, errors } = await compareForecasts(seed, 10, { hosts: 16, pace: 2, clusterApi });
  expect(differences).toEqual([]);
  expect(compared).toBe(10);
  expect(errors).toEqual([]);
});
