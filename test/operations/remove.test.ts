import { describe, expect, it } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { unmark } from '../../src/operations/unmark.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { ask, but, changed, lines, ref, sentOf, warnings, withObject, worldOf } from './support/world.ts';

const w = (...names: string[]) => names.map((name) => ref('Machine', name));
const mark = { 'cluster.x-k8s.io/delete-machine': 'true' };
const raws = workerFleet();

describe('remove', () => {
  it.each([
    ['stale sets', worldOf(raws, { freshness: but('machineSet', 'stale') }), w('w1'), 'MachineSet is not verified'],
    ['a machine twice', worldOf(raws), w('w1', 'w1'), 'chosen twice'],
    ['machines of two groups', worldOf(raws), w('w1', 'c1'), 'w1 is of workers and c1 of control-plane'],
    [
      'a machine without a group',
      worldOf([...raws, make.machine('lone', 'Running', { group: '' })]),
      w('lone'),
      'lone belongs to no group',
    ],
    [
      'one that goes already',
      worldOf(changed(raws, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(5))),
      w('w1'),
      'w1 is being deleted',
    ],
    [
      'while another of the group goes',
      worldOf(changed(raws, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(5))),
      w('w1'),
      'w2 of workers is already being deleted and would count first: wait until it is gone',
    ],
    [
      'while another carries a mark',
      worldOf(changed(raws, 'Machine', 'w3', ['metadata', 'annotations'], mark)),
      w('w1'),
      'w3 of workers is marked for deletion too: unmark it first',
    ],
    [
      'while one is missing',
      worldOf(changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 4)),
      w('w1'),
      'workers has 3 of 4 machines',
    ],
    [
      'while the set lags behind',
      worldOf(changed(raws, 'MachineSet', 'workers-abc', ['spec', 'replicas'], 2)),
      w('w1'),
      'MachineSet workers-abc does not have the number of workers yet',
    ],
    [
      'unknown replicas',
      worldOf(changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], undefined)),
      w('w1'),
      'replicas of workers are not known',
    ],
    ['one of a control plane of three', worldOf(planeFleet()), w('c1'), '2 control-plane machines are too few'],
  ])('refuses %s', (_what, world, targets, why) => {
    expect(remove.refuse(world, ask(remove, targets))).toContain(why);
    expect(() => remove.plan(world, ask(remove, targets))).toThrow(RangeError);
  });

  it('marks each, then takes exactly their number', () => {
    const plan = remove.plan(worldOf(raws), ask(remove, w('w1', 'w3')));
    expect(plan.steps.map(({ id }) => id)).toEqual(['mark w1', 'mark w3', 'scale workers']);
    expect(plan.steps[0]?.write).toEqual({
      verb: 'patch',
      kind: 'machine',
      name: 'w1',
      type: 'merge',
      body: {
        metadata: {
          annotations: { 'cluster.x-k8s.io/delete-machine': 'true' },
          uid: 'Machine/w1',
          resourceVersion: '1',
        },
      },
      seen: { uid: 'Machine/w1', resourceVersion: '1' },
    });
    expect(plan.steps[2]?.write).toMatchObject({
      body: [
        { op: 'test', path: '/metadata/uid', value: 'MachineDeployment/workers' },
        { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        { op: 'test', path: '/spec/replicas', value: 3 },
        { op: 'replace', path: '/spec/replicas', value: 1 },
      ],
    });
    expect(plan).toMatchObject({ severity: 'destructive', confirm: ['workers', '2'] });
    expect(plan.expected.slice(0, 2).map(({ text }) => text)).toEqual([
      'w1 goes: marked for deletion, host h1 is cleaned',
      'w3 goes: marked for deletion, host h3 is cleaned',
    ]);
  });

  it('leaves a mark that is there already, and says so; says when none is left', () => {
    const marked = changed(raws, 'Machine', 'w1', ['metadata', 'annotations'], mark);
    const plan = remove.plan(worldOf(marked), ask(remove, w('w1', 'w2', 'w3')));
    expect(plan.steps.map(({ id }) => id)).toEqual(['mark w2', 'mark w3', 'scale workers']);
    expect(warnings(plan)).toEqual(['marked already: w1', 'machines left: none']);
  });

  it('is done when they are gone and their hosts are free', () => {
    const request = ask(remove, w('w2'));
    const sent = sentOf(request, remove.plan(worldOf(raws), request));
    let now = changed(raws, 'Machine', 'w2', ['metadata', 'annotations'], mark);
    expect(lines(remove, worldOf(now), { ...sent, written: ['mark w2'] })[0]).toContain(
      'scale workers not written yet',
    );
    now = changed(now, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2);
    now = changed(now, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(9));
    expect(lines(remove, worldOf(now), sent).map((line) => line.split(' ')[0])).toEqual([
      'done',
      'done',
      'now',
      'todo',
    ]);
    now = withObject(now, 'Machine', 'w2', () => undefined);
    now = withObject(now, 'BaremetalMachine', 'w2', () => undefined);
    expect(remove.done(worldOf(now), sent).outcome).toBeUndefined();
    now = withObject(now, 'MachineInventory', 'h2', () => make.host('h2', 'Available', { pool: 'workers-pool' }));
    expect(remove.done(worldOf(now), sent)).toMatchObject({ outcome: 'done' });
    const other = changed(now, 'MachineDeployment', 'workers', ['spec', 'replicas'], 7);
    // What has gone has gone, whatever number is wanted since.
    expect(remove.done(worldOf(other), sent).outcome).toBe('done');
  });

  it('waits for the deletion, whatever the machine had failed at before', () => {
    const request = ask(remove, w('w2'));
    const sent = sentOf(request, remove.plan(worldOf(raws), request));
    const failing = (since: number) => [
      { type: 'Ready', status: 'False', reason: 'SimReprovisionFailed', lastTransitionTime: make.at(since) },
    ];
    const gone = (since: number) => {
      let now = changed(raws, 'BaremetalMachine', 'w2', ['status', 'conditions'], failing(since));
      now = changed(now, 'BaremetalMachine', 'w2', ['status', 'failureReason'], 'SimReprovisionFailed');
      now = changed(now, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(9));
      return remove.done(worldOf(now), sent).milestones.find(({ title }) => title === 'w2 gone')?.detail;
    };
    expect(gone(5)).not.toContain('failed');
    expect(gone(20)).toBe('failed: SimReprovisionFailed');
  });

  it('is taken back by unmarking, as long as nothing was scaled', () => {
    const request = ask(remove, w('w1', 'w2'));
    const sent = sentOf(request, remove.plan(worldOf(raws), request), ['mark w1']);
    const now = worldOf(changed(raws, 'Machine', 'w1', ['metadata', 'annotations'], mark));
    expect(remove.takeBack?.(now, sent)).toEqual({ operation: 'unmark', targets: w('w1'), values: {} });
    expect(remove.takeBack?.(now, { ...sent, written: ['mark w1', 'mark w2', 'scale workers'] })).toBeUndefined();
  });
});

describe('unmark', () => {
  const marked = changed(raws, 'Machine', 'w2', ['metadata', 'annotations'], {
    'cluster.x-k8s.io/delete-machine': 'false',
  });

  it('refuses what is not marked or goes already', () => {
    expect(unmark.refuse(worldOf(raws), ask(unmark, w('w2')))).toBe('w2 is not marked for deletion');
    const going = changed(marked, 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(5));
    expect(unmark.refuse(worldOf(going), ask(unmark, w('w2')))).toContain('w2 is being deleted');
  });

  it('removes the annotation and is done when it is off', () => {
    const request = ask(unmark, w('w2'));
    const plan = unmark.plan(worldOf(marked), request);
    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]).toMatchObject({
      id: 'unmark w2',
      write: {
        type: 'merge',
        body: {
          metadata: {
            annotations: { 'cluster.x-k8s.io/delete-machine': null },
            uid: 'Machine/w2',
            resourceVersion: '1',
          },
        },
      },
      diff: [{ path: 'metadata.annotations[cluster.x-k8s.io/delete-machine]', from: 'false' }],
    });
    const sent = sentOf(request, plan);
    expect(unmark.done(worldOf(marked), sent).outcome).toBeUndefined();
    expect(unmark.done(worldOf(raws), sent).outcome).toBe('done');
    const gone = withObject(raws, 'Machine', 'w2', () => undefined);
    expect(unmark.done(worldOf(gone), sent).outcome).toBe('failed');
  });
});
