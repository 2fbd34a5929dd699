import { describe, expect, it } from 'vitest';
import { NOTHING_SEEN } from '../../src/domain/explain/facts.ts';
import type { Falls } from '../../src/domain/falls.ts';
import { replace } from '../../src/operations/replace.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, warnings, withObject, worldOf } from './support/world.ts';

const raws = workerFleet();
const of = (name: string) => ask(replace, [ref('Machine', name)]);
const ill = (fleet: make.Raw[], name: string) =>
  changed(
    fleet,
    'Machine',
    name,
    ['status', 'conditions'],
    [
      make.condition('APIServerPodHealthy', 'True'),
      make.condition('ControllerManagerPodHealthy', 'True'),
      make.condition('SchedulerPodHealthy', 'True'),
      make.condition('EtcdPodHealthy', 'False', 'PodFailed'),
    ],
  );

it.each([
  [
    'one that goes already',
    changed(raws, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(5)),
    'w1',
    'w1 is being deleted',
  ],
  [
    'one without a group',
    [...raws, make.machine('lone', 'Running', { group: '' })],
    'lone',
    'lone belongs to no group',
  ],
  [
    'one too many anyway',
    changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2),
    'w1',
    'this one would not be replaced',
  ],
  [
    'one whose pool is not known',
    withObject(raws, 'MachineInventoryPool', 'workers-pool', () => undefined),
    'w1',
    'the pool of workers is not known',
  ],
  [
    'while no new worker could join',
    ['spec', 'status'].reduce(
      (all, part) => changed(all, 'KubeadmControlPlane', 'control-plane', [part, 'version'], 'v1.34.5'),
      raws,
    ),
    'w1',
    'preflight: no replacement would be made',
  ],
  [
    'a control-plane machine while another goes',
    changed(planeFleet(), 'Machine', 'c2', ['metadata', 'deletionTimestamp'], make.at(5)),
    'c1',
    'c2 is being deleted: a control plane loses one at a time',
  ],
  [
    'the quorum',
    ill(planeFleet(), 'c2'),
    'c1',
    'etcd of 3 machines can do without 1, and EtcdPodHealthy of c2 is False: it would lose its quorum',
  ],
  [
    'what is not known of etcd',
    changed(planeFleet(), 'Machine', 'c2', ['status', 'conditions'], []),
    'c1',
    'APIServerPodHealthy of c2 is not known',
  ],
])('refuses %s', (_what, fleet, name, why) => {
  expect(replace.refuse(worldOf(fleet), of(name))).toContain(why);
});

describe('the plan', () => {
  it('is one delete, bound to what was seen', () => {
    const plan = replace.plan(worldOf(raws), of('w2'));
    expect(plan.steps.map(({ write }) => write)).toEqual([
      { verb: 'delete', kind: 'machine', name: 'w2', seen: { uid: 'Machine/w2', resourceVersion: '1' } },
    ]);
    expect(plan).toMatchObject({ severity: 'destructive', confirm: ['w2'] });
    expect(plan.expected.map(({ text }) => text)).toEqual([
      'w2 is drained and deleted',
      'Host h2 is cleaned: count its local data as lost',
      'workers makes a new machine once w2 is gone, not before',
      'Host that serves: h2, the same one, if it comes back clean: the first free one of workers-pool',
      'For h4 instead: choose "other" (--host other)',
    ]);
    expect(warnings(plan)).toEqual(['the machine: w2 runs and nothing is wrong with it']);
  });

  it('names another host where one stands earlier in the pool, and warns of data left behind', () => {
    const early = changed(
      raws,
      'MachineInventoryPool',
      'workers-pool',
      ['spec', 'machineInventories'],
      [{ name: 'h4' }, { name: 'h1' }, { name: 'h2' }, { name: 'h3' }],
    );
    const texts = replace.plan(worldOf(early), of('w2')).expected.map(({ text }) => text);
    expect(texts).toContain('Host that serves: h4');
    expect(texts).toContain('Data kept on the host does not follow to another one');
  });

  it('puts a host in trouble at the end of its pool first, so that a sound one serves', () => {
    const failed = changed(raws, 'BaremetalMachine', 'w2', ['status', 'phase'], 'Failed');
    const plan = replace.plan(reading(failed, 'workers-pool'), of('w2'));
    const [order, deletion] = plan.steps.map(({ write }) => write);
    const members = (...names: string[]) => names.map((name) => ({ name }));
    const path = '/spec/machineInventories';
    expect(order).toMatchObject({ verb: 'patch', kind: 'pool', seen: { resourceVersion: '1' } });
    expect(order).toHaveProperty(
      'body',
      expect.arrayContaining([
        { op: 'test', path, value: members('h1', 'h2', 'h3', 'h4') },
        { op: 'replace', path, value: members('h1', 'h3', 'h4', 'h2') },
      ]),
    );
    expect(deletion).toMatchObject({ verb: 'delete', kind: 'machine', name: 'w2' });
    expect(plan.expected.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Host h2 goes to the end of workers-pool: it is in trouble', 'Host that serves: h4']),
    );
    const asked = ask(replace, [ref('Machine', 'w2')], { host: 'order' });
    expect(replace.plan(reading(failed, 'workers-pool'), asked).steps).toHaveLength(1);
    // Without a spare the same one serves again: nothing is gained by another order.
    const alone = changed(
      failed,
      'MachineInventoryPool',
      'workers-pool',
      ['spec', 'machineInventories'],
      ['h1', 'h2', 'h3'].map((name) => ({ name })),
    );
    expect(replace.plan(reading(alone, 'workers-pool'), of('w2')).steps).toHaveLength(1);
  });

  it('lets another host serve where that is asked for, although nothing is known against its own', () => {
    const asked = ask(replace, [ref('Machine', 'w2')], { host: 'other' });
    const plan = replace.plan(reading(raws, 'workers-pool'), asked);
    expect(plan.steps.map(({ write }) => write.kind)).toEqual(['pool', 'machine']);
    expect(plan.expected.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'Host h2 goes to the end of workers-pool: it is not wanted again',
        'Host that serves: h4',
        'Data kept on the host does not follow to another one',
      ]),
    );
  });

  it('takes a host for one in trouble whose machine never joins, though nothing has failed', () => {
    const waits = changed(raws, 'BaremetalMachine', 'w2', ['status', 'phase'], 'Reprovisioning');
    const asked = ask(replace, [ref('Machine', 'w2')], { host: 'sound' });
    const { index } = make.fleetOf(...waits);
    const sums = { checksum: 'b', appliedChecksum: 'b', planType: 'reprovision', lastApplied: make.T0 };
    index.setPlanDetail('Secret/h2', { resourceVersion: '1', instructions: [], ...sums });
    const world = { ...reading(waits, 'workers-pool'), fleet: index.snapshot() };
    const steps = (minutes: number) => replace.plan({ ...world, now: make.T0 + minutes * 60_000 }, asked).steps.length;
    expect([steps(5), steps(60)]).toEqual([1, 2]);
  });

  it('takes a host for one in trouble that comes and goes, between two falls too', () => {
    const asked = ask(replace, [ref('Machine', 'w2')], { host: 'sound' });
    const now = make.T0 + 3_600_000;
    const fell = (minutes: number) => ({ at: now - minutes * 60_000, back: now - (minutes - 1) * 60_000 });
    const steps = (falls: Falls) =>
      replace.plan({ ...reading(raws, 'workers-pool'), now, seen: { ...NOTHING_SEEN, falls } }, asked).steps.length;
    expect([steps(new Map()), steps(new Map([['Machine/w2', [fell(9), fell(5)]]]))]).toEqual([1, 2]);
  });

  it('names the trouble of a host that would serve, and the way around', () => {
    const early = changed(
      raws,
      'MachineInventoryPool',
      'workers-pool',
      ['spec', 'machineInventories'],
      [{ name: 'h4' }, { name: 'h1' }, { name: 'h2' }, { name: 'h3' }],
    );
    const disputed = [...early, make.pool('other-pool', ['h4'])];
    const says = replace.plan(worldOf(disputed), of('w2')).expected;
    expect(says).toContainEqual({
      text: 'Host that serves: h4, though it is in trouble: listed by 2 pools: other-pool, workers-pool',
      tone: 'warn',
    });
    expect(says.map(({ text }) => text)).toContain('Reorder hosts of workers-pool (pool-order) first for another one');
  });

  it('takes the ill member of a control plane, since the others hold the quorum', () => {
    const plan = replace.plan(worldOf(ill(planeFleet(), 'c2')), of('c2'));
    expect(plan.checks).toContainEqual({ result: 'pass', title: 'etcd', figure: '3 members, 2 stay, 2 needed' });
    expect(warnings(plan)).toContain(`spare hosts in cp-pool: ${waits('p2')}`);
  });
});

const waits = (host: string) =>
  `none free: the new machine waits until ${host} is clean, and for another host where that fails`;

describe('without a free host', () => {
  const full = changed(
    raws,
    'MachineInventoryPool',
    'workers-pool',
    ['spec', 'machineInventories'],
    [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }],
  );
  const failed = changed(full, 'BaremetalMachine', 'w2', ['status', 'phase'], 'Failed');
  const homeless = withObject(failed, 'BaremetalMachine', 'w2', () => make.bmm('w2', undefined, 'Pending'));
  const on = (host: string) => ask(replace, [ref('Machine', 'w2')], { host });
  const remedy = 'add a host to the pool first';
  it.each([
    ['a machine that runs, whatever is chosen', full, on('any'), `none free, 1 needed, and w2 runs: ${remedy}`],
    ['a machine that runs, nothing chosen', full, of('w2'), `none free, 1 needed, and w2 runs: ${remedy}`],
    [
      'one that failed, for a sound host',
      failed,
      on('sound'),
      `none free, 1 needed: ${remedy}, or choose "any" (--host any)`,
    ],
    ['one that never got a host', homeless, on('any'), `none free, 1 needed: ${remedy}`],
    ['a host of no such sort', failed, on('best'), '"best" is none of sound, other, any, order'],
  ])('refuses %s', (_what, fleet, request, why) => {
    expect(replace.refuse(reading(fleet, 'workers-pool'), request)).toContain(why);
  });

  it.each([
    ['any host is', on('any')],
    ['the order of the pool is', on('order')],
    ['a guide repairs, or it is asked whether it can be offered', of('w2')],
  ])('goes on with one that failed where %s', (_what, request) => {
    const plan = replace.plan(reading(failed, 'workers-pool'), request);
    expect(warnings(plan)).toContain(`spare hosts in workers-pool: ${waits('h2')}`);
    expect(plan.steps).toHaveLength(1);
  });
});

it('is done when the new machine runs, on whatever host', () => {
  const request = of('w2');
  const sent = sentOf(request, replace.plan(worldOf(raws), request));
  const words = (fleet: make.Raw[]) => lines(replace, worldOf(fleet), sent).map((line) => line.split(' ')[0]);
  expect(words(raws)).toEqual(['done', 'now', 'todo', 'todo', 'todo', 'todo']);
  let now = changed(raws, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(9));
  expect(words(now)).toEqual(['done', 'done', 'now', 'todo', 'todo', 'todo']);
  now = withObject(now, 'Machine', 'w2', () => undefined);
  now = withObject(now, 'BaremetalMachine', 'w2', () => undefined);
  now = withObject(now, 'MachineInventory', 'h2', () => make.host('h2', 'Available', { pool: 'workers-pool' }));
  expect(words(now)).toEqual(['done', 'done', 'done', 'done', 'now', 'todo']);
  const meta = { ownerReferences: [make.owner('MachineSet', 'workers-abc')] };
  now = [...now, make.machine('w9', 'Provisioning', { meta }), make.bmm('w9', undefined, 'Pending')];
  expect(words(now)).toEqual(['done', 'done', 'done', 'done', 'done', 'now']);
  now = withObject(now, 'Machine', 'w9', () => make.machine('w9', 'Running', { meta }));
  now = withObject(now, 'BaremetalMachine', 'w9', () => make.bmm('w9', 'h2', 'Running'));
  expect(replace.done(worldOf(now), sent)).toMatchObject({ outcome: 'done' });
});

describe('what it made', () => {
  const request = of('w2');
  const sent = sentOf(request, replace.plan(worldOf(raws), request));
  const meta = { ownerReferences: [make.owner('MachineSet', 'workers-abc')] };
  const gone = ['Machine', 'BaremetalMachine'].reduce(
    (all, kind) => withObject(all, kind, 'w2', () => undefined),
    raws,
  );
  const free = withObject(gone, 'MachineInventory', 'h2', () => make.host('h2', 'Available', { pool: 'workers-pool' }));
  const made = (name: string, more: make.Raw = {}) => [
    make.machine(name, 'Provisioning', { meta: { ...meta, ...more } }),
    make.bmm(name, undefined, 'Pending'),
  ];
  const seen = replace.done(worldOf([...free, ...made('w9')]), sent);

  it('is kept once it is seen, and not before', () => {
    expect(replace.done(worldOf(free), sent).made).toBeUndefined();
    expect(seen.made).toMatchObject([{ name: 'w9' }]);
    expect(seen.outcome).toBeUndefined();
  });

  // The two kinds are watched apart, so either may be seen first; a group's label is on both.
  const labels = { 'cluster.x-k8s.io/deployment-name': 'workers' };
  it.each([
    ['its BaremetalMachine is seen before itself', [...free, make.bmm('w9', undefined, 'Pending', { labels })]],
    [
      'the BaremetalMachine of the old one is seen after it has gone',
      [...free, make.bmm('w2', 'h2', 'Running', { labels })],
    ],
  ])('is a Machine: it is not yet known where %s', (_what, fleet) => {
    const progress = replace.done(worldOf(fleet), sent);
    expect(progress.made).toBeUndefined();
    expect(
      lines(replace, worldOf(fleet), sent)
        .map((line) => line.split(' ')[0])
        .slice(-2),
    ).toEqual(['now', 'todo']);
    const all = [...fleet.filter(({ metadata }) => (metadata as { name: string }).name !== 'w9'), ...made('w9')];
    expect(replace.done(worldOf(all), { ...sent, made: progress.made })).toMatchObject({ made: [{ name: 'w9' }] });
  });

  it.each([
    ['was deleted since, and nothing came', free, 'w9 was deleted'],
    ['was deleted since, and another came', [...free, ...made('w10')], 'w9 was deleted'],
    ['is being deleted', [...free, ...made('w9', { deletionTimestamp: make.at(9) })], 'w9 is being deleted'],
  ])('ends it where it %s', (_what, fleet, why) => {
    const progress = replace.done(worldOf(fleet), { ...sent, made: seen.made });
    expect(progress).toMatchObject({ outcome: 'overtaken' });
    expect(progress.milestones.at(-1)).toMatchObject({ state: 'overtaken', detail: `what it made is gone: ${why}` });
  });
});

describe('taking back', () => {
  const failed = changed(raws, 'BaremetalMachine', 'w2', ['status', 'phase'], 'Failed');
  const plan = replace.plan(reading(failed, 'workers-pool'), of('w2'));
  const half = { ...sentOf(of('w2'), plan), written: ['order workers-pool'] };
  const ordered = (...names: string[]) =>
    changed(
      failed,
      'MachineInventoryPool',
      'workers-pool',
      ['spec', 'machineInventories'],
      names.map((name) => ({ name })),
    );
  const last = ordered('h1', 'h3', 'h4', 'h2');

  it('writes the order before again, as long as the machine is not deleted', () => {
    expect(replace.takeBack?.(worldOf(last), half)).toEqual({
      operation: 'pool-order',
      targets: [ref('MachineInventoryPool', 'workers-pool')],
      values: { order: 'h1\nh2\nh3\nh4' },
    });
  });

  it.each([
    ['the deletion is written', last, { ...half, written: plan.steps.map(({ id }) => id) }],
    ['it goes all the same', changed(last, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(9)), half],
    ['somebody has given the pool another order since', ordered('h3', 'h1', 'h4', 'h2'), half],
    ['only the deletion was planned', last, sentOf(of('w1'), replace.plan(worldOf(raws), of('w1')))],
  ])('is not offered where %s', (_what, fleet, sent) => {
    expect(replace.takeBack?.(worldOf(fleet), sent)).toBeUndefined();
  });
});
