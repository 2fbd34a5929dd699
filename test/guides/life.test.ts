/** Upgrades lived to their end on the simulated datacenter, by the stages' own operations. */
import { afterEach, expect, it } from 'vitest';
import type { Ask } from '../../src/guides/contract.ts';
import { upgrade } from '../../src/guides/upgrade/index.ts';
import { type Lab, openLab } from '../simulator/harness.ts';
import { knownOf, live } from './support/lived.ts';

let lab: Lab;
afterEach(() => lab.stop());

async function askFor(to: string): Promise<Ask> {
  const ask: Ask = { guide: 'upgrade', targets: [], values: { to } };
  const { fleet } = await knownOf(lab, upgrade, { ask, notes: [], operations: new Map() }, 'prod');
  const { uid, name } = fleet.clusters.list.find((each) => each.name === 'prod')!;
  const open: Ask = { ...ask, targets: [{ kind: 'cluster', uid, name }] };
  return upgrade.settle(await knownOf(lab, upgrade, { ask: open, notes: [], operations: new Map() }, 'prod'), open);
}

it('one minor: every machine is replaced once, in the order of the stages', async () => {
  lab = await openLab({ hosts: 12, clusters: 1, seed: 5 });
  const ask = await askFor('v1.34.5');
  expect(ask.values).toMatchObject({ to: 'v4.3.0', from: 'v1.33.7-2', rows: 'v4.3.0' });
  const crossed: string[] = [];
  const { course, written, session } = await live(lab, upgrade, ask, 'prod', 20, ({ line, stages }) => {
    const now = stages.find(({ state }) => state === 'running')?.id ?? '-';
    if (line?.crossed && crossed.length === 0) crossed.push(now);
  });
  const workers = ask.values['order']!.split(',').map((name) => `v1.34.5/workers/${name}`);
  expect(written).toEqual(['v1.34.5/kube-ovn', 'v1.34.5/control-plane', ...workers]);
  expect(crossed).toEqual(['v1.34.5/control-plane']);
  expect(course).toMatchObject({ outcome: 'done', next: { what: 'end' }, estimate: { hosts: 0 } });
  const turns = course.stages.flatMap((stage) => stage.turns);
  expect(turns.every(({ state, old, fresh }) => state === 'done' && old?.host && fresh?.host)).toBe(true);
  const { fleet } = await knownOf(lab, upgrade, session, 'prod');
  expect(turns).toHaveLength(fleet.machines.list.length);
  expect(fleet.machines.list.every(({ version }) => version === 'v1.34.5')).toBe(true);
  expect(lab.errors).toEqual([]);
});
