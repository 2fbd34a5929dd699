/** Every story in a hundred orders of chance: the end is the same, and what always holds holds. */

import { describe, expect, it } from 'vitest';
import { playDisordered } from '../simulator/stories/disorder.ts';
import { type StoryName, stories } from '../simulator/stories/index.ts';

const seeds = [1, 3, ...Array.from({ length: 100 }, (_, at) => 1000 + at)];

// An upgrade contains that of the control plane.
const told = (Object.keys(stories) as StoryName[]).filter((name) => name !== 'control plane upgrade');

describe.each(told)('%s', (name) => {
  it('ends the same in a hundred disorders', async () => {
    for (const seed of seeds) expect({ seed, wrong: await playDisordered(name, seed) }).toEqual({ seed, wrong: [] });
  });
});
