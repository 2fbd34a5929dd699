import { expect, it } from 'vitest';
import { compareForecasts } from './support/forecasts.ts';

it.each([1, 2, 3])('foretells what the controllers do, in ten states of seed %i', async (seed) => {
  const { compared, differences, errors } = await compareForecasts(seed, 10, { hosts: 16, pace: 2 });
  expect(differences).toEqual([]);
  expect(compared).toBe(10);
  expect(errors).toEqual([]);
});
