/** Sessions killed at writes, many seeds: always the same final state. */
import { afterEach, expect, it } from 'vitest';
import { interrupted, undisturbed } from '../driver/killed.ts';
import type { Site } from '../driver/support.ts';

const SEEDS = Number(process.env['SOAK_SESSIONS'] ?? 100);
const sites: Site[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.stop();
});
const open = (site: Site) => {
  sites.push(site);
  return site;
};

it.each(Array.from({ length: SEEDS }, (_, at) => at + 1))('seed %i', async (seed) => {
  const whole = await undisturbed(open);
  expect((await interrupted(open, seed)).outcome).toEqual(whole);
});
