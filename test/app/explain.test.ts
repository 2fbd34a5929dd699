/** What `metaldeck explain` says of one object that nothing is wrong with. */
import { expect, it } from 'vitest';
import { answer, explainData, explainText } from '../../src/app/explain.ts';
import { callOf } from '../../src/app/run-list.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { operationNamed } from '../../src/operations/index.ts';
import { createAppStore } from '../../src/store/store.ts';
import * as raw from '../domain/fixtures.ts';
import { workerFleet } from '../operations/support/fleets.ts';

it('says what a machine waits for, although it is not late', () => {
  const index = createFleet();
  index.apply(
    [
      ...raw.smallFleet().filter((each) => (each['metadata'] as { name: string }).name !== 'h4'),
      raw.bmm('w4', 'h4', 'Reprovisioning'),
      raw.machine('w4', 'Provisioning'),
      raw.host('h4', 'Reprovisioning', { pool: 'workers-pool', bmm: 'w4' }),
      raw.plan('h4', 'reprovision'),
    ].map(raw.set),
  );
  const store = createAppStore({ namespace: 'cpaas-system' } as never, index.snapshot(), raw.T0 + 30_000);
  const question = { word: 'machine', name: 'w4' };
  const given = answer(store.getState(), question);
  const data = explainData(store.getState(), given, question);
  const [last] = explainText(store.getState(), given, question).trimEnd().split('\n').reverse();
  expect(last).toMatch(/wrong with machine w4; it waits, and is not late yet: .*reprovision plan on h4/);
  expect(last).toMatch(/ \(in this state for \d+s\)$/);
  expect(data.waits).toMatchObject({ for: expect.stringMatching(/reprovision plan/) });
  const fine = { word: 'machine', name: 'w1' };
  expect(answer(store.getState(), fine).waits).toBeUndefined();
});

it('says of a group how long it has been at it, and not as if its machine had taken the step for as long', () => {
  const index = createFleet();
  const figures = { ...raw.settled(3), updatedReplicas: 1 };
  const going = { type: 'Deleting', status: 'True', reason: 'DrainingNode', lastTransitionTime: raw.at(50) };
  const leaving = raw.machine('w1', 'Deleting', { meta: { deletionTimestamp: raw.at(50) }, conditions: [going] });
  const workers = raw.deployment('workers', 3, figures, { conditions: [raw.condition('RollingOut', 'True')] });
  index.apply([...raw.smallFleet(), workers, leaving].map(raw.set));
  const store = createAppStore({ namespace: 'cpaas-system' } as never, index.snapshot(), raw.T0 + 56_000);
  const question = { word: 'group', name: 'workers' };
  const [last] = explainText(store.getState(), answer(store.getState(), question), question)
    .trimEnd()
    .split('\n')
    .reverse();
  expect(last).toMatch(/rolling out, 1 of 3: drain.*; the group has been at it for 56s$/);
});

it('tells the command that helps with what it has to be given, so that it can be pasted', () => {
  const index = createFleet();
  const ahead = raw.controlPlane(
    'control-plane',
    3,
    { ...raw.settled(3), version: 'v1.34.5' },
    { spec: { replicas: 3, version: 'v1.34.5' } },
  );
  index.apply([...raw.smallFleet(), ahead].map(raw.set));
  const store = createAppStore({ namespace: 'cpaas-system' } as never, index.snapshot(), raw.T0 + 30_000);
  const question = { word: 'group', name: 'workers' };
  const given = answer(store.getState(), question);
  const command = 'metaldeck run upgrade-workers deployment/workers --kubernetes v1.34.5';
  expect(explainText(store.getState(), given, question)).toContain(`helps    ${command}\n`);
  expect(explainData(store.getState(), given, question).explanations[0]!.operations).toEqual([
    { operation: 'upgrade-workers', target: { kind: 'MachineDeployment', name: 'workers' }, command },
  ]);
});

const inNoPool = [raw.host('h9', 'Available', { ready: raw.condition('Ready', 'True') }), raw.plan('h9')];
it.each([
  ['a host is free', 4, [], ['metaldeck run replace machine/w2']],
  ['none is: its own may serve again', 3, [], ['metaldeck run replace machine/w2 --host any']],
  [
    'none is, and one is in no pool',
    3,
    inNoPool,
    ['metaldeck run pool-add pool/workers-pool --host h9', 'metaldeck run replace machine/w2 --host any'],
  ],
])(
  'tells a command that is not refused to replace a machine that failed, where %s',
  (_what, members, more, commands) => {
    const index = createFleet();
    const names = ['h1', 'h2', 'h3', 'h4'].slice(0, members);
    index.apply(
      [
        ...workerFleet().filter((each) => (each['metadata'] as { name: string }).name !== 'h4' || members === 4),
        raw.pool('workers-pool', names),
        raw.host('h2', 'Unavailable', { pool: 'workers-pool', bmm: 'w2' }),
        raw.bmm('w2', 'h2', 'Failed'),
        raw.machine('w2', 'Failed'),
        ...more,
      ].map(raw.set),
    );
    const store = createAppStore({ namespace: 'cpaas-system' } as never, index.snapshot(), raw.T0 + 30_000);
    const question = { word: 'machine', name: 'w2' };
    const text = explainText(store.getState(), answer(store.getState(), question), question);
    const [, helps = ''] = text.split('helps');
    expect(helps.trim().split(/\n\s*/)).toEqual(commands);
  },
);

it('tells no command that does more, pasted, than it says: what a server calls a version is one word', () => {
  const index = createFleet();
  const version = 'v1.34.5 $(reboot)';
  const ahead = raw.controlPlane(
    'control-plane',
    3,
    { ...raw.settled(3), version },
    { spec: { replicas: 3, version } },
  );
  index.apply([...raw.smallFleet(), ahead].map(raw.set));
  const store = createAppStore({ namespace: 'cpaas-system' } as never, index.snapshot(), raw.T0 + 30_000);
  const state = store.getState();
  const target = state.fleet.groups.list.find(({ name }) => name === 'workers')!.object;
  const world = { ...state, namespace: 'cpaas-system', raw: new Map() };
  expect(callOf(operationNamed('upgrade-workers')!, target, world)).toBe(
    "metaldeck run upgrade-workers deployment/workers --kubernetes 'v1.34.5 $(reboot)'",
  );
});
