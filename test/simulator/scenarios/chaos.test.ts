import { expect, it } from 'vitest';
import { minute } from '../harness.ts';
import { liveThroughChaos } from './chaotic.ts';

it('chaos plays many scenarios, heals them all, and leaves the world as it was', async () => {
  const { told, wrong } = await liveThroughChaos(1);
  expect(wrong).toEqual([]);
  expect(told.at(-1)).toBe('everything was healed');
  expect(new Set(told.map((did) => did.split(':')[0])).size).toBeGreaterThan(6);
});

it('chaos can be healed in its midst', async () => {
  const { told, wrong } = await liveThroughChaos(3, { limit: 25 * minute });
  expect(wrong).toEqual([]);
  expect(told).not.toContain('everything was healed');
});
