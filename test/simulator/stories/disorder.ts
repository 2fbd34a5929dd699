/**
 * A story in an order of chance: who is reconciled first, and how long everything takes, is drawn under a seed. Every
 * other seed is played with Cluster API v1beta2.
 */

import { openLab } from '../harness.ts';
import { watchInvariants } from '../invariants.ts';
import { type StoryName, stories } from './index.ts';
import { world } from './stage.ts';

/** Plays a story in the disorder of a seed. Gives what went wrong. */
export async function playDisordered(name: StoryName, seed: number): Promise<string[]> {
  const clusterApi = seed % 2 === 0 ? 'v1beta2' : 'v1beta1';
  const lab = await openLab({ ...world, clusterApi, seed, disorder: `${name} ${seed}` });
  const watch = watchInvariants(lab.runtime);
  try {
    await stories[name](lab);
    return [...watch.broken, ...lab.errors];
  } catch (error) {
    return [String(error), ...watch.broken, ...lab.errors];
  } finally {
    await lab.stop();
  }
}
