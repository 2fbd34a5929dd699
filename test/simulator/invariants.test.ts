import { expect, it } from 'vitest';
import { liveThrough } from './random-life.ts';

it.each([1, 2])('holds together through a life by chance and comes back to rest (seed %i)', async (seed) => {
  const life = await liveThrough(seed, 14);
  expect(life).toMatchObject({ broken: [], errors: [] });
});
