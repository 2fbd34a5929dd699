/** Killed anywhere and gone on with: the end is always the same. */
import { afterEach, expect, it } from 'vitest';
import { interrupted, undisturbed } from './killed.ts';
import type { Site } from './support.ts';

const sites: Site[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.stop();
});
const open = (site: Site) => {
  sites.push(site);
  return site;
};

it.each([11])('comes to the same end when it is killed at every write, seed %i', async (seed) => {
  const whole = await undisturbed(open);
  const cut = await interrupted(open, seed);
  expect(cut.kills).toBeGreaterThan(3);
  expect(cut.outcome).toEqual(whole);
});
