import { expect, it } from 'vitest';
import { explainThrough } from './explained.ts';

/** A few kinds of place a cause can be in; all of them are played in test/soak/explain.test.ts. */
const some = ['pool-exhausted', 'host-without-plan', 'bootstrap-waiting', 'pool-member-missing'];

it.each(some)('%s is explained at its cause, and no more once it is healed', async (name) => {
  const seen = await explainThrough(name);
  // What follows from it is told there, and nowhere else.
  expect(seen.map(({ root }) => root.uid)).toHaveLength(new Set(seen.map(({ root }) => root.uid)).size);
});
