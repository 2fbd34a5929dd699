import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/simulator/scenarios/catalog.ts';
import { explainAtOnce, explained, explainThrough, late } from '../simulator/scenarios/explained.ts';

/** Those that no object tells of: the API server itself is in trouble, or anything at all is. */
const apart = ['api-restart', 'history-lost', 'chaos'];

describe('every scenario', () => {
  it('has an explanation', () => {
    const seen = catalog.filter(({ waits }) => !waits);
    expect([...Object.keys(explained), ...apart].sort()).toEqual(seen.map(({ name }) => name).sort());
  });

  it.each(Object.keys(explained))('%s is explained at its cause, and no more once it is healed', async (name) => {
    await explainThrough(name);
  });

  it.each(Object.keys(explained).filter((name) => !late.includes(name)))(
    '%s stands first within five seconds',
    async (name) => {
      await explainAtOnce(name);
    },
  );
});
