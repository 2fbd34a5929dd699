/**
 * Every story, in fixed order against its log in `__stories__` (`npx vitest run test/simulator/stories.test.ts -u` writes
 * them anew), and in an order of chance, where the log may differ but neither the end nor what always holds. Many more of
 * those are in test/soak/simulator-stories.test.ts.
 */

import { describe, expect, it } from 'vitest';
import { openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';
import { playDisordered } from './stories/disorder.ts';
import { type StoryName, stories } from './stories/index.ts';
import { logStory } from './stories/log.ts';
import { world } from './stories/stage.ts';

const names = Object.keys(stories) as StoryName[];

describe.each(names)('%s', (name) => {
  it('is told as it was written down', async () => {
    const lab = await openLab({ ...world, seed: 'story', even: true });
    const watch = watchInvariants(lab.runtime);
    const log = await logStory(lab.runtime, 'prod');
    try {
      await stories[name](lab);
      expect({ broken: watch.broken, errors: lab.errors }).toEqual({ broken: [], errors: [] });
      const file = `__stories__/${name.replaceAll(' ', '-')}.txt`;
      await expect(`${log.lines().join('\n')}\n`).toMatchFileSnapshot(file);
    } finally {
      await lab.stop();
    }
  });

  it('ends the same in a disorder', async () => {
    expect(await playDisordered(name, 2)).toEqual([]);
  });
});
