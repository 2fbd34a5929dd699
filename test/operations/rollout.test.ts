import { describe, expect, it } from 'vitest';
import { move } from '../../src/operations/move.ts';
import { restart } from '../../src/operations/restart.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { allLive, ask, changed, lines, reading, ref, sentOf, warnings, withObject, worldOf } from './support/world.ts';

const workers = ref('MachineDeployment', 'workers');
const ready = { status: { conditions: [make.condition('Ready', 'True', 'SimPoolReady')] } };
/** A second pool with two free hosts. */
const raws = [
  ...workerFleet(),
  make.pool('b-pool', ['b1', 'b2'], ready),
  make.host('b1', 'Available', { pool: 'b-pool' }),
  make.host('b2', 'Available', { pool: 'b-pool' }),
  make.pool('other-pool', [], { cluster: 'edge', ...ready }),
];
const world = (fleet: make.Raw[] = raws) => reading(fleet, 'workers-template', 'workers', 'control-plane');
const to = (pool: string, template?: string) =>
  ask(move, [workers], { pool, ...(template === undefined ? {} : { template }) });
const surge = ['spec', 'strategy', 'rollingUpdate', 'maxSurge'];

describe('move', () => {
  it.each([
    ['no pool', world(), to(''), 'a pool is needed'],
    ['a pool that is not there', world(), to('nowhere'), 'there is no pool nowhere'],
    ['the pool it is on', world(), to('workers-pool'), 'is on workers-pool already'],
    ['a pool of another cluster', world(), to('other-pool'), 'other-pool is of edge'],
    ['a bad name', world(), to('b-pool', 'Bad Name'), 'is not a name'],
    ["the control plane's pool", world(), to('cp-pool'), 'cp-pool is the pool of control-plane'],
    ['a template of another pool', world(), to('b-pool', 'cp-template'), 'exists already and points at cp-pool'],
    ['what was not read', worldOf(raws), to('b-pool'), 'BaremetalMachineTemplate workers-template has not been read'],
    [
      'an empty pool',
      world(
        ['b1', 'b2'].reduce<make.Raw[]>(
          (all, name) => withObject(all, 'MachineInventory', name, () => undefined),
          raws,
        ),
      ),
      to('b-pool'),
      'spare hosts in b-pool: 0 free, 1 needed to begin, 3 in the end',
    ],
    [
      'a pool that is not ready',
      world(changed(raws, 'MachineInventoryPool', 'b-pool', ['status', 'conditions'], [])),
      to('b-pool'),
      'b-pool ready: not known',
    ],
    ['a surge', world(changed(raws, 'MachineDeployment', 'workers', surge, 1)), to('b-pool'), 'maxSurge: 1'],
    [
      'a version without image',
      world(changed(raws, 'ConfigMap', 'elemental-image-catalog', ['data'], {})),
      to('b-pool'),
      'v1.33.7-2 is not in the catalog',
    ],
    [
      'what is not known of availability',
      world(changed(raws, 'MachineSet', 'workers-abc', ['status', 'availableReplicas'], undefined)),
      to('b-pool'),
      'how many of workers are available is not known',
    ],
    [
      'while one is being deleted',
      world(changed(raws, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(5))),
      to('b-pool'),
      'w1 of workers is being deleted',
    ],
    [
      'while one is missing',
      world(changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 4)),
      to('b-pool'),
      'workers has 3 of 4 machines',
    ],
  ])('refuses %s', (_what, at, request, why) => {
    expect(move.refuse(at, request)).toContain(why);
  });

  it('creates a template as the old one and swaps the name', () => {
    const request = to('b-pool', 'workers-b-template');
    const plan = move.plan(world(raws), request);
    expect(plan.steps.map(({ write }) => write)).toEqual([
      {
        verb: 'create',
        kind: 'baremetalMachineTemplate',
        name: 'workers-b-template',
        body: {
          apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
          kind: 'BaremetalMachineTemplate',
          metadata: { name: 'workers-b-template', namespace: 'cpaas-system' },
          spec: { template: { spec: { machineInventoryPoolRef: { name: 'b-pool' } } } },
        },
      },
      {
        verb: 'patch',
        kind: 'deployment',
        name: 'workers',
        type: 'merge',
        body: {
          spec: { template: { spec: { infrastructureRef: { name: 'workers-b-template' } } } },
          metadata: { uid: 'MachineDeployment/workers', resourceVersion: '1' },
        },
        seen: { uid: 'MachineDeployment/workers', resourceVersion: '1' },
      },
    ]);
    expect(plan).toMatchObject({ severity: 'destructive', confirm: ['workers'] });
    expect(plan.expected.map(({ text }) => text)).toEqual([
      'All 3 machines of workers are replaced, 1 at a time: one goes before one comes',
      'w1 goes at once: first by name',
      'w2 goes next: first by name',
      'w3 goes then: first by name',
      'A new machine that does not come up stops the rollout, not the cluster',
      'Hosts that serve: b1, b2',
      'Freed hosts go back to workers-pool',
      'Local data of the old hosts does not follow',
    ]);
    expect(warnings(plan)).toEqual([
      'room in b-pool: 2 hosts, 0 of them with other groups: the rollout stops after 2 of 3 unless hosts are added',
      'spare hosts in b-pool: 2 free, 1 needed to begin, 3 in the end',
    ]);
  });

  it('uses a template that is there already', () => {
    const known = [...raws, make.template('known-template', 'b-pool')];
    const plan = move.plan(world(known), to('b-pool', 'known-template'));
    expect(plan.steps.map(({ id }) => id)).toEqual(['swap workers']);
  });

  it('is done when all run anew, and is taken back by moving back', () => {
    const request = to('b-pool', 'workers-b-template');
    const sent = sentOf(request, move.plan(world(raws), request));
    expect(lines(move, world(raws), sent).map((line) => line.split(' ')[0])).toEqual(['done', 'now', 'todo', 'todo']);
    const path = ['spec', 'template', 'spec', 'infrastructureRef', 'name'];
    let now = changed(raws, 'MachineDeployment', 'workers', path, 'workers-b-template');
    expect(lines(move, world(now), sent).map((line) => line.split(' ')[0])).toEqual(['done', 'done', 'now', 'todo']);
    expect(move.takeBack?.(world(now), sent)).toEqual({
      operation: 'move',
      targets: [workers],
      values: { pool: 'workers-pool', template: 'workers-template' },
    });
    const meta = { ownerReferences: [make.owner('MachineSet', 'workers-new')] };
    for (const n of [1, 2, 3]) {
      now = withObject(now, 'Machine', `w${n}`, () => make.machine(`n${n}`, 'Running', { meta }));
      now = withObject(now, 'BaremetalMachine', `w${n}`, () => make.bmm(`n${n}`, `b${n}`, 'Running'));
    }
    expect(move.done(world(now), sent)).toMatchObject({ outcome: 'done' });
    // Kinds are watched apart: what is left of an old machine in one of them is no machine.
    const labels = { 'cluster.x-k8s.io/deployment-name': 'workers' };
    now = [...now, make.bmm('w1', undefined, 'Running', { labels })];
    expect(move.done(world(now), sent)).toMatchObject({ outcome: 'done' });
    expect(move.takeBack?.(world(raws), sent)).toBeUndefined();
  });

  it('offers the pools of the cluster', () => {
    const choices = move.fields[0]?.choices?.(world(), [workers]);
    expect(choices).toEqual([
      { value: 'b-pool', title: 'b-pool, 2 free' },
      { value: 'cp-pool', title: 'cp-pool, 0 free', disabled: 'kept for control-plane' },
    ]);
  });
});

describe('restart', () => {
  const plane = ref('KubeadmControlPlane', 'control-plane');

  it.each([
    ['v1beta1', { spec: { rolloutAfter: '2026-11-21T01:00:01Z' } }, 'spec.rolloutAfter'],
    ['v1beta2', { spec: { rollout: { after: '2026-11-21T01:00:01Z' } } }, 'spec.rollout.after'],
  ])('writes where %s has it', (version, body, path) => {
    const at = { ...world(raws), freshness: allLive(version) };
    const plan = restart.plan(at, ask(restart, [workers]));
    expect(plan.steps[0]?.write).toMatchObject({
      type: 'merge',
      body: { ...body, metadata: { uid: 'MachineDeployment/workers', resourceVersion: '1' } },
    });
    expect(plan.steps[0]?.diff).toEqual([{ path, to: '2026-11-21T01:00:01Z' }]);
    expect(plan).toMatchObject({ severity: 'destructive', confirm: ['workers'] });
  });

  it('is the same plan a minute later, so that it can be read and confirmed', () => {
    const at = world(raws);
    const later = { ...at, now: at.now + 60_000 };
    expect(restart.plan(later, ask(restart, [workers]))).toEqual(restart.plan(at, ask(restart, [workers])));
  });

  it('refuses a version it does not know, a paused group and one without machines', () => {
    const strange = { ...world(raws), freshness: allLive('v9') };
    expect(restart.refuse(strange, ask(restart, [workers]))).toContain('in which version');
    const paused = changed(raws, 'MachineDeployment', 'workers', ['spec', 'paused'], true);
    expect(restart.refuse(world(paused), ask(restart, [workers]))).toContain('paused');
  });

  it('tells the order of a control plane: marked first, then the oldest', () => {
    const marked = changed(planeFleet(4), 'Machine', 'c3', ['metadata', 'annotations'], {
      'cluster.x-k8s.io/delete-machine': '',
    });
    const plan = restart.plan(reading(marked, 'control-plane'), ask(restart, [plane]));
    expect(plan.expected.map(({ text }) => text).slice(1, 4)).toEqual([
      'c3 goes at once: marked for deletion and outdated',
      'c1 goes next: outdated, the oldest',
      'c2 goes then: outdated, the oldest',
    ]);
    expect(warnings(plan)).toEqual([]);
  });

  it('says that a rollout planned for later is brought forward', () => {
    const planned = changed(raws, 'MachineDeployment', 'workers', ['spec', 'rolloutAfter'], '2027-01-01T00:00:00Z');
    expect(warnings(restart.plan(world(planned), ask(restart, [workers])))).toEqual([
      'rollout planned: for 2027-01-01T00:00:00Z: it is brought forward',
    ]);
  });

  it('is never offered for taking back', () => {
    expect(restart.takeBack).toBeUndefined();
  });
});
