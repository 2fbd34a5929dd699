/** What was written and then changed again by somebody is told as that: not as failed, and not as still to come. */
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/operations/bootstrap.ts';
import { catalog } from '../../src/operations/catalog.ts';
import type { Operation, Sent } from '../../src/operations/contract.ts';
import { kubeOvn } from '../../src/operations/kube-ovn.ts';
import { move } from '../../src/operations/move.ts';
import { pause } from '../../src/operations/pause.ts';
import { poolAdd } from '../../src/operations/pool-add.ts';
import { poolOrder } from '../../src/operations/pool-order.ts';
import { rebuild } from '../../src/operations/rebuild.ts';
import { remove } from '../../src/operations/remove.ts';
import { replace } from '../../src/operations/replace.ts';
import { restart } from '../../src/operations/restart.ts';
import { resume } from '../../src/operations/resume.ts';
import { scale } from '../../src/operations/scale.ts';
import { unmark } from '../../src/operations/unmark.ts';
import { upgradeControlPlane } from '../../src/operations/upgrade-control-plane.ts';
import { upgradeWorkers } from '../../src/operations/upgrade-workers.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, put, ref, withObject, worldOf } from './support/world.ts';

const raws = workerFleet();
const MARK = ['metadata', 'annotations', 'cluster.x-k8s.io/delete-machine'];
const template = ['spec', 'template', 'spec'];

/** `raws` with a value of an object changed by a write that left it with this version. */
function later(version: string, kind: string, name: string, path: readonly string[], value: unknown, of = raws) {
  return withObject(of, kind, name, (raw) => put(put(raw, path, value), ['metadata', 'resourceVersion'], version));
}

/** What was sent of a plan with one step, which left its object with version 7. */
function sent(operation: Operation, target: string, name: string, memo: Record<string, unknown>, step = 'x'): Sent {
  return {
    request: ask(operation, [ref(target, name)]),
    memo: { steps: [step], group: `${target}/${name}`, uid: `${target}/${name}`, ...memo },
    at: 0,
    written: [step],
    left: { [step]: '7' },
  };
}

const workers = ['MachineDeployment', 'workers'] as const;
const plane = ['KubeadmControlPlane', 'control-plane'] as const;
const pool = ['MachineInventoryPool', 'workers-pool'] as const;
const images = ['ConfigMap', 'elemental-image-catalog'] as const;
const down = { from: 3, to: 2, goes: [], names: [] };
const removed = { from: 3, to: 2, uids: ['Machine/w1'], names: ['w1'] };

type Case = [
  what: string,
  operation: Operation,
  sent: Sent,
  object: readonly [string, string],
  path: readonly string[],
  /** As it was before the write, and as somebody has set it since. */
  values: readonly [unknown, unknown],
  says: string,
];

const cases: Case[] = [
  ['scaled again', scale, sent(scale, ...workers, down), workers, ['spec', 'replicas'], [3, 4], 'set to 4 since'],
  ['scaled back', scale, sent(scale, ...workers, down), workers, ['spec', 'replicas'], [3, 3], 'set to 3 since'],
  ['removed', remove, sent(remove, ...workers, removed), workers, ['spec', 'replicas'], [3, 5], 'set to 5 since'],
  [
    'moved elsewhere',
    move,
    sent(move, ...workers, { template: 'b-template', before: ['Machine/w1'] }),
    workers,
    [...template, 'infrastructureRef', 'name'],
    ['workers-template', 'c-template'],
    'set to template c-template since',
  ],
  [
    'swapped back',
    bootstrap,
    sent(bootstrap, ...workers, { template: 'workers-bootstrap-2', before: ['Machine/w1'] }),
    workers,
    [...template, 'bootstrap', 'configRef', 'name'],
    ['workers-bootstrap', 'workers-bootstrap'],
    'set to template workers-bootstrap since',
  ],
  [
    'workers of another version',
    upgradeWorkers,
    sent(upgradeWorkers, ...workers, { version: 'v1.34.5', before: ['Machine/w1'] }),
    workers,
    [...template, 'version'],
    ['v1.33.7-2', 'v1.34.5-1'],
    'set to v1.34.5-1 since',
  ],
  [
    'a control plane taken back',
    upgradeControlPlane,
    sent(upgradeControlPlane, ...plane, { version: 'v1.34.5', before: ['Machine/c1'] }),
    plane,
    ['spec', 'version'],
    ['v1.33.7-2', 'v1.33.7-2'],
    'set to v1.33.7-2 since',
  ],
  [
    'a way back that was left',
    upgradeControlPlane,
    sent(upgradeControlPlane, ...plane, { version: 'v1.33.7-2', back: true }),
    plane,
    ['spec', 'version'],
    ['v1.34.5', 'v1.34.5'],
    'set to v1.34.5 since',
  ],
  [
    'Kube-OVN asked for again',
    kubeOvn,
    sent(kubeOvn, 'Cluster', 'prod', { to: 'v4.3.3' }),
    ['Cluster', 'prod'],
    ['metadata', 'annotations', 'cpaas.io/kube-ovn-version'],
    ['v4.2.24', 'v4.2.24'],
    'set to v4.2.24 since',
  ],
  [
    'a member taken out',
    poolAdd,
    sent(poolAdd, ...pool, { names: ['h4'] }),
    pool,
    ['spec', 'machineInventories'],
    [[{ name: 'h1' }], [{ name: 'h1' }]],
    'taken out of workers-pool since',
  ],
  [
    'reordered again',
    poolOrder,
    sent(poolOrder, ...pool, { before: ['h1', 'h2'], after: ['h2', 'h1'] }),
    pool,
    ['spec', 'machineInventories'],
    [
      [{ name: 'h1' }, { name: 'h2' }],
      [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }],
    ],
    'brought into another order since',
  ],
  [
    'an image written again',
    catalog,
    sent(catalog, ...images, { version: 'v1.34.5', to: 'registry/a:1' }),
    images,
    ['data'],
    [{}, { 'v1.34.5': 'registry/b:1' }],
    'set to registry/b:1 since',
  ],
  [
    'an image taken out',
    catalog,
    sent(catalog, ...images, { version: 'v1.34.5', to: 'registry/a:1' }),
    images,
    ['data'],
    [{}, {}],
    'taken out since',
  ],
  [
    'paused, and resumed',
    pause,
    sent(pause, ...workers, { hold: 'rollout' }),
    workers,
    ['spec', 'paused'],
    [false, false],
    'resumed since',
  ],
  [
    'resumed, and paused',
    resume,
    sent(resume, ...workers, {}),
    workers,
    ['spec', 'paused'],
    [true, true],
    'paused again since',
  ],
  [
    'marked again',
    unmark,
    sent(unmark, 'Machine', 'w1', { uids: ['Machine/w1'], names: ['w1'] }, 'unmark w1'),
    ['Machine', 'w1'],
    MARK,
    ['true', 'true'],
    'marked again since',
  ],
];

describe('overtaken by a later change', () => {
  it.each(cases)('%s', (_what, operation, given, [kind, name], path, [before, since], says) => {
    // As it was before, the watch may only not have brought the write yet.
    expect(operation.done(worldOf(later('6', kind, name, path, before)), given).outcome).toBeUndefined();
    const { outcome, milestones } = operation.done(worldOf(later('8', kind, name, path, since)), given);
    expect(outcome).toBe('overtaken');
    expect(milestones.filter(({ state }) => state === 'overtaken').map(({ detail }) => detail)).toEqual([says]);
    expect(milestones.some(({ state }) => state === 'now')).toBe(false);
  });

  it.each([
    ['is no number', 'x7', undefined],
    ['has more digits than a number holds', '9007199254740993', '9007199254740992'],
  ])('concludes nothing from a version that %s', (_what, left, now = '8') => {
    const given = { ...sent(pause, ...workers, { hold: 'rollout' }), left: { x: left } };
    const fleet = later(now, ...workers, ['spec', 'paused'], false);
    expect(pause.done(worldOf(fleet), given).outcome).toBeUndefined();
  });

  it('is known of a number without the version that was left, where it is neither the old nor the new', () => {
    const { left: _left, ...given } = sent(scale, ...workers, down);
    const of = (replicas: number) => worldOf(changed(raws, ...workers, ['spec', 'replicas'], replicas));
    expect(scale.done(of(3), given).outcome).toBeUndefined();
    expect(scale.done(of(4), given).outcome).toBe('overtaken');
  });

  it('is not said of a reordering when only hosts were added since', () => {
    const given = sent(poolOrder, ...pool, { before: ['h1', 'h2'], after: ['h2', 'h1'] });
    const members = ['h2', 'h1', 'h3'].map((name) => ({ name }));
    expect(poolOrder.done(worldOf(later('8', ...pool, ['spec', 'machineInventories'], members)), given).outcome).toBe(
      'done',
    );
  });
});

describe('a removal', () => {
  const given = sent(remove, ...workers, removed);
  const again = later('8', ...workers, ['spec', 'replicas'], 5);

  it('goes on where a number was set after its machine has begun to go', () => {
    const going = changed(again, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(9));
    expect(remove.done(worldOf(going), given).outcome).toBeUndefined();
    expect(remove.takeBack?.(worldOf(going), { ...given, written: ['mark w1', 'scale workers'] })).toBeUndefined();
  });

  it('that was overtaken tells which marks are left, and can take them off', () => {
    const marked = worldOf(changed(again, 'Machine', 'w1', MARK, 'true'));
    const whole = { ...given, written: ['x', 'mark w1', 'scale workers'] };
    expect(remove.done(marked, whole).milestones).toContainEqual({
      title: 'Seen by its controller',
      state: 'overtaken',
      detail: 'set to 5 since; still marked for deletion: w1',
    });
    expect(remove.takeBack?.(marked, whole)).toMatchObject({ operation: 'unmark', targets: [{ name: 'w1' }] });
  });
});

it('a replacement is overtaken where its group is to have fewer machines since', () => {
  const given = sent(replace, ...workers, { uid: 'Machine/w1', name: 'w1', wanted: 3, before: ['Machine/w1'] });
  const memo = { ...given.memo, before: ['Machine/w1', 'Machine/w2', 'Machine/w3'] };
  let now = withObject(raws, 'Machine', 'w1', () => undefined);
  now = withObject(now, 'BaremetalMachine', 'w1', () => undefined);
  expect(replace.done(worldOf(now), { ...given, memo }).outcome).toBeUndefined();
  const fewer = changed(now, ...workers, ['spec', 'replicas'], 2);
  const { outcome, milestones } = replace.done(worldOf(fewer), { ...given, memo });
  expect(outcome).toBe('overtaken');
  expect(milestones.find(({ state }) => state === 'overtaken')?.detail).toBe(
    'workers was set to 2 since: none is wanted',
  );
});

it.each<[string, Operation]>([
  ['scale', scale],
  ['remove', remove],
  ['move', move],
  ['bootstrap', bootstrap],
  ['restart', restart],
  ['upgrade-control-plane', upgradeControlPlane],
  ['upgrade-workers', upgradeWorkers],
  ['kube-ovn', kubeOvn],
  ['pool-add', poolAdd],
  ['pool-order', poolOrder],
  ['catalog', catalog],
  ['pause', pause],
  ['resume', resume],
  ['replace', replace],
  ['rebuild', rebuild],
])('%s is overtaken by the deletion of what it was written to', (_id, operation) => {
  const { outcome, milestones } = operation.done(worldOf([]), sent(operation, ...workers, {}));
  expect(outcome).toBe('overtaken');
  expect(milestones.find(({ state }) => state === 'overtaken')?.detail).toMatch(/was deleted since$/);
});
