import { expect, it } from 'vitest';
import { LIMITS } from '../../../src/domain/explain/limits.ts';
import { catalog } from '../../../src/simulator/scenarios/catalog.ts';
import { listScenarios } from '../../../src/simulator/scenarios/index.ts';
import { minute } from '../harness.ts';
import { late } from './explained.ts';
import { type PlayOptions, playThrough } from './play.ts';
import { signals } from './signals.ts';

/** What is different about some of them. */
const special: Record<string, PlayOptions> = {
  'agent-unauthorized': { within: 20 * minute },
  'exhausted-mid-rollout': { within: 40 * minute },
  'import-incomplete': { within: 20 * minute },
  'never-joins': { within: 20 * minute },
  'storage-mount-fails': { within: 20 * minute },
  'registry-down': { within: 30 * minute },
  'reprovision-fails': { within: 30 * minute },
  'slow-clean': { within: 20 * minute },
  // What it did to the disk cannot be undone: the host stays out of service, and its pool says so.
  'storage-operation-failed': { stays: /^prod-\S+-pool is (not Ready|at work)$/ },
  'upgrade-bad-host': { within: 40 * minute },
  'surge-stalls': { within: 40 * minute, maxSurge: 1 },
};

/** Those whose signal is not one of the API's objects: they have tests of their own. */
const apart = ['api-restart', 'history-lost', 'chaos'];

it('says after how long what only time tells of is listed', () => {
  const { agent, clean, deletion, join, release } = LIMITS;
  const told = Object.fromEntries(catalog.flatMap(({ name, late }) => (late === undefined ? [] : [[name, late]])));
  expect(told).toEqual({
    'never-joins': join,
    'kube-ovn-not-converging': release,
    'agent-unauthorized': agent,
    'slow-clean': clean,
    'drain-blocked': deletion,
  });
  for (const name of Object.keys(told)) expect(late).toContain(name);
  expect(listScenarios()).toMatch(/Only time tells: metaldeck lists it\s+after 15\s+minutes/);
});

it('every scenario has a signal', () => {
  const seen = catalog.filter(({ waits }) => !waits);
  expect([...Object.keys(signals), ...apart].sort()).toEqual(seen.map(({ name }) => name).sort());
});

it.each(Object.keys(signals))('%s shows its signal, and the fleet comes back when it is healed', async (name) => {
  await playThrough(name, special[name]);
});
