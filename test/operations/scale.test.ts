import { describe, expect, it } from 'vitest';
import type { World } from '../../src/operations/contract.ts';
import { scale } from '../../src/operations/scale.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { ask, but, changed, lines, ref, sentOf, warnings, withObject, worldOf } from './support/world.ts';

const workers = ref('MachineDeployment', 'workers');
const plane = ref('KubeadmControlPlane', 'control-plane');
const to = (replicas: string) => ask(scale, [workers], { replicas });
const refusal = (world: World, replicas?: string) =>
  scale.refuse(world, replicas === undefined ? ask(scale, [workers]) : to(replicas));

describe('numbers', () => {
  const world = worldOf(workerFleet());
  it.each([
    ['', 'a number is needed'],
    ['-1', 'negative'],
    ['2.5', 'whole'],
    ['3 ', 'not a number'],
    [' 2', 'not a number'],
    ['1e3', 'not a number'],
    ['0x2', 'not a number'],
    ['٣', 'not a number'],
    ['03', 'not a number'],
    ['NaN', 'not a number'],
    ['99999999999999999999999', 'more than there can be'],
    ['3', 'has 3 machines already'],
  ])('refuses "%s": %s', (typed, why) => {
    expect(refusal(world, typed)).toContain(why);
    expect(() => scale.plan(world, to(typed))).toThrow(RangeError);
  });

  it('offers itself with nothing entered, starting from the present number', () => {
    expect(refusal(world)).toBeUndefined();
    const [field] = scale.fields;
    expect(field?.initial(world, [workers])).toBe('3');
    expect(() => scale.plan(world, ask(scale, [workers]))).toThrow(RangeError);
  });

  it('refuses what it does not ask for', () => {
    expect(scale.refuse(world, ask(scale, [workers], { replicas: '2', force: 'yes' }))).toContain('asks for no force');
  });
});

describe('refusals', () => {
  const raws = workerFleet();
  const deployment = (path: string[], value: unknown) =>
    worldOf(changed(raws, 'MachineDeployment', 'workers', path, value));
  it.each([
    ['targets missing', () => scale.refuse(worldOf(raws), ask(scale, [])), 'nothing is chosen'],
    ['two targets', () => scale.refuse(worldOf(raws), ask(scale, [workers, plane])), 'one at a time'],
    ['another kind', () => scale.refuse(worldOf(raws), ask(scale, [ref('Machine', 'w1')])), 'does not work on Machine'],
    ['a target gone', () => refusal(worldOf([])), 'workers is gone'],
    ['stale machines', () => refusal(worldOf(raws, { freshness: but('machine', 'stale') })), 'Machine is not verified'],
    ['half a list', () => refusal(worldOf(raws, { freshness: but('pool', 'live', false) })), 'still being read'],
    ['forbidden hosts', () => refusal(worldOf(raws, { freshness: but('host', 'forbidden') })), 'may not be read'],
    ['unknown replicas', () => refusal(deployment(['spec', 'replicas'], undefined)), 'not known'],
    ['being deleted', () => refusal(deployment(['metadata', 'deletionTimestamp'], make.at(5))), 'is being deleted'],
    ['an unseen change', () => refusal(deployment(['metadata', 'generation'], 2)), 'has not seen its last change'],
    [
      'what a topology owns',
      () => refusal(deployment(['metadata', 'labels'], { 'topology.cluster.x-k8s.io/owned': '' })),
      'owned by the topology',
    ],
    ['no resourceVersion', () => refusal(deployment(['metadata', 'resourceVersion'], undefined)), 'not known'],
    [
      'no MachineSet',
      () => refusal(worldOf(withObject(raws, 'MachineSet', 'workers-abc', () => undefined))),
      'no MachineSet of workers',
    ],
    [
      'a new template not taken up',
      () => refusal(deployment(['spec', 'template', 'spec', 'version'], 'v1.33.7-3')),
      'about to roll out',
    ],
    [
      'a pool not known',
      () => refusal(worldOf(withObject(raws, 'BaremetalMachineTemplate', 'workers-template', () => undefined)), '4'),
      'pool of workers is not known',
    ],
    ['a pool too small', () => refusal(worldOf(raws), '6'), 'spare hosts in workers-pool: 1 free, 3 needed'],
    [
      'a free host that is not ready',
      () =>
        refusal(
          worldOf(
            changed(raws, 'MachineInventory', 'h4', ['status', 'conditions'], [make.condition('Ready', 'False', 'X')]),
          ),
          '4',
        ),
      '0 free, 1 needed',
    ],
    [
      'a control plane of another minor',
      () =>
        refusal(
          worldOf(
            ['spec', 'status'].reduce(
              (all, part) => changed(all, 'KubeadmControlPlane', 'control-plane', [part, 'version'], 'v1.34.5'),
              raws,
            ),
          ),
          '4',
        ),
      'preflight: workers of v1.33.7-2 cannot join',
    ],
    [
      'a control plane being upgraded',
      () =>
        refusal(worldOf(changed(raws, 'KubeadmControlPlane', 'control-plane', ['spec', 'version'], 'v1.33.7-3')), '4'),
      'being upgraded from v1.33.7-2 to v1.33.7-3',
    ],
  ])('refuses %s', (_what, refuse, why) => {
    expect(refuse()).toContain(why);
  });

  describe('in the middle of a rollout', () => {
    const annotations = { 'machinedeployment.clusters.x-k8s.io/revision': '1' };
    const counted = (fleet: make.Raw[], name: string, replicas: number, available: number) => {
      const now = changed(fleet, 'MachineSet', name, ['spec', 'replicas'], replicas);
      return changed(now, 'MachineSet', name, ['status'], { replicas, availableReplicas: available });
    };
    /** w1 and w2 are of the old template; w3 of the new one, and up where it is available. */
    const rolling = (up: boolean, going: readonly string[] = [], from = raws) => {
      let now = [...from, make.machineSet('workers-old', 'workers', 2, { meta: { annotations } })];
      for (const name of ['w1', 'w2']) {
        const owners = [make.owner('MachineSet', 'workers-old')];
        now = changed(now, 'Machine', name, ['metadata', 'ownerReferences'], owners);
      }
      for (const name of going) now = changed(now, 'Machine', name, ['metadata', 'deletionTimestamp'], make.at(5));
      return worldOf(counted(counted(now, 'workers-old', 2, 2), 'workers-abc', 1, up ? 1 : 0));
    };
    const texts = (world: World, replicas: string) => scale.plan(world, to(replicas)).expected.map(({ text }) => text);

    it('takes the old ones first, or says that the rollout goes on', () => {
      const down = texts(rolling(true), '2');
      expect(down.filter((text) => / goes: /.test(text)).map((text) => text.split(' ')[0])).toEqual(['w1', 'w2']);
      const back = ask(scale, [workers], { replicas: '4', back: '4' });
      const up = scale.plan(rolling(false), back).expected.map(({ text }) => text);
      expect(up).toContain('The rollout goes on: w1, w2 still to be replaced, as new ones come up');
      expect(up.filter((text) => / goes: /.test(text))).toEqual([]);
    });

    it('refuses more of them: the procedure wants no rollout in flight', () => {
      const why = 'rollout: 2 machines of an older template still to go: scale up once it is done';
      expect(refusal(rolling(true), '4')).toBe(why);
      expect(refusal(rolling(true))).toBeUndefined();
      expect(refusal(rolling(true), '2')).toBeUndefined();
    });

    it('refuses it too while the last old one goes', () => {
      const going = (name: string) => (fleet: World) => fleet.fleet.machines.list.find((row) => row.name === name);
      const world = rolling(true, ['w1', 'w2']);
      expect(going('w1')(world)?.deleting).toBe(true);
      expect(refusal(world, '4')).toContain('rollout: 2 machines of an older template still to go');
    });

    it('lets a scale-down be taken back all the same, and no further', () => {
      const back = (replicas: string) => ask(scale, [workers], { replicas, back: '4' });
      expect(scale.refuse(rolling(true), back('5'))).toContain('rollout: ');
      expect(scale.plan(rolling(true), back('4')).checks).toContainEqual({
        result: 'warn',
        title: 'rollout',
        figure: '2 machines of an older template still to go: it goes on towards the number before',
      });
    });

    it('only warns where machines are replaced by hand', () => {
      const byHand = changed(raws, 'MachineDeployment', 'workers', ['spec', 'strategy', 'type'], 'OnDelete');
      const texts = warnings(scale.plan(rolling(true, [], byHand), to('4')));
      expect(texts).toContain('rollout: 2 machines of an older template stay until they are deleted (OnDelete)');
    });

    it('refuses where a MachineSet does not count what is there', () => {
      const old = [...raws, make.machineSet('workers-old', 'workers', 1, { meta: { annotations } })];
      const why = 'MachineSet workers-old does not count its machines right yet';
      expect(refusal(worldOf(counted(old, 'workers-old', 1, 1)), '2')).toBe(why);
    });
  });

  it('does not crash on objects that lack everything', () => {
    const bare = raws.map((raw) => ({ ...raw, spec: undefined, status: undefined }));
    expect(refusal(worldOf(bare))).toContain('not known');
  });
});

describe('the plan', () => {
  it('writes exactly one JSON patch that holds what was seen', () => {
    const plan = scale.plan(worldOf(workerFleet()), to('2'));
    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]?.write).toEqual({
      verb: 'patch',
      kind: 'deployment',
      name: 'workers',
      type: 'json',
      body: [
        { op: 'test', path: '/metadata/uid', value: 'MachineDeployment/workers' },
        { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        { op: 'test', path: '/spec/replicas', value: 3 },
        { op: 'replace', path: '/spec/replicas', value: 2 },
      ],
      seen: { uid: 'MachineDeployment/workers', resourceVersion: '1' },
    });
    expect(plan.steps[0]?.diff).toEqual([{ path: 'spec.replicas', from: 3, to: 2 }]);
    expect(plan).toMatchObject({ title: 'Scale workers from 3 to 2', severity: 'destructive', confirm: ['workers'] });
    expect(plan.expected[0]?.text).toBe('w1 goes: first by name, host h1 is cleaned');
  });

  it('names the mark somebody left, which goes first', () => {
    const marked = changed(workerFleet(), 'Machine', 'w3', ['metadata', 'annotations'], {
      'cluster.x-k8s.io/delete-machine': 'false',
    });
    const plan = scale.plan(worldOf(marked), to('2'));
    expect(plan.expected[0]?.text).toContain('w3 goes: marked for deletion');
    expect(warnings(plan)).toEqual(['marked for deletion: w3 goes by its mark']);
  });

  it('counts a machine that is being deleted already', () => {
    const going = changed(workerFleet(), 'Machine', 'w2', ['metadata', 'deletionTimestamp'], make.at(5));
    const plan = scale.plan(worldOf(going), to('2'));
    expect(plan.memo['goes']).toEqual([]);
    expect(plan.expected.map(({ text }) => text)).toContain('w2 is already being deleted and counts');
  });

  it('names the hosts that serve, in declaration order', () => {
    const plan = scale.plan(worldOf(workerFleet()), to('4'));
    expect(plan).toMatchObject({ severity: 'reversible', confirm: [] });
    expect(plan.expected.map(({ text }) => text)).toEqual(['1 machine made at once', 'Hosts that serve: h4']);
  });

  it('warns where nothing will move because of a pause', () => {
    const paused = changed(workerFleet(), 'Cluster', 'prod', ['spec', 'paused'], true);
    expect(warnings(scale.plan(worldOf(paused), to('2')))).toEqual([
      'paused: nothing of this happens before workers is resumed',
    ]);
  });

  it('warns of an autoscaler and of others on the pool', () => {
    const raws = changed(workerFleet(), 'MachineDeployment', 'workers', ['metadata', 'annotations'], {
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '3',
    });
    const other = make.deployment('batch', 2, { ...make.settled(2), replicas: 1 });
    expect(warnings(scale.plan(worldOf([...raws, other]), to('4')))).toEqual([
      'autoscaler: ? to 3 machines, 4 is outside',
      'others on the pool: batch is to have 2 machines, has 1 and takes hosts of workers-pool too',
    ]);
  });
});

describe('a control plane', () => {
  const ofPlane = (world: World, replicas: string) => scale.refuse(world, ask(scale, [plane], { replicas }));
  it.each([
    ['2', 'too few'],
    ['0', 'too few'],
    ['4', 'even number'],
  ])('refuses %s: %s', (replicas, why) => {
    expect(ofPlane(worldOf(planeFleet()), replicas)).toContain(why);
  });

  it('refuses while one is going, ill or outdated', () => {
    const raws = planeFleet();
    const going = changed(raws, 'Machine', 'c2', ['metadata', 'deletionTimestamp'], make.at(5));
    expect(ofPlane(worldOf(going), '5')).toContain('c2 is being deleted');
    const homeless = changed(raws, 'Machine', 'c2', ['status', 'nodeRef'], undefined);
    expect(ofPlane(worldOf(homeless), '5')).toContain('c2 has no Node yet');
    const ill = changed(raws, 'Machine', 'c1', ['status', 'conditions'], [make.condition('Ready', 'True')]);
    expect(ofPlane(worldOf(ill), '5')).toContain('APIServerPodHealthy of c1 is not known');
    const old = changed(raws, 'Machine', 'c3', ['spec', 'version'], 'v1.33.6');
    expect(ofPlane(worldOf(old), '5')).toContain('c3 is still to be replaced');
  });

  it('grows one after the other', () => {
    const plan = scale.plan(worldOf(planeFleet(5)), ask(scale, [plane], { replicas: '5' }));
    expect(plan.expected.map(({ text }) => text)).toEqual([
      '1 machine made at once',
      '1 machine made one after the other',
      'Hosts that serve: p4',
      'Hosts that serve later, if cleaned in time: p5',
    ]);
  });
});

describe('done', () => {
  const raws = workerFleet();
  const request = to('2');
  const sent = sentOf(request, scale.plan(worldOf(raws), request));

  it('follows the way down', () => {
    expect(lines(scale, worldOf(raws), { ...sent, written: [] })[0]).toBe(
      'now Written (scale workers not written yet)',
    );
    expect(lines(scale, worldOf(raws), sent)).toEqual([
      'done Written',
      'now Seen by its controller',
      'todo w1 gone',
      'todo 2 machines running (3 of 2)',
    ]);
    let next = changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2);
    next = changed(next, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(9));
    expect(lines(scale, worldOf(next), sent)[2]).toMatch(/^now w1 gone/);
    next = withObject(next, 'Machine', 'w1', () => undefined);
    next = withObject(next, 'BaremetalMachine', 'w1', () => undefined);
    expect(scale.done(worldOf(next), sent)).toMatchObject({ outcome: 'done' });
  });

  it('is done where another one went than was foretold', () => {
    let now = changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2);
    expect(lines(scale, worldOf(now), sent)).toContain('now w1 gone');
    now = withObject(now, 'Machine', 'w2', () => undefined);
    now = withObject(now, 'BaremetalMachine', 'w2', () => undefined);
    expect(lines(scale, worldOf(now), sent)).toContain('done w1 stays: another one went');
    expect(scale.done(worldOf(now), sent).outcome).toBe('done');
  });

  it('can be taken back while it still stands', () => {
    const standing = changed(raws, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2);
    expect(scale.takeBack?.(worldOf(standing), sent)).toEqual({ ...request, values: { replicas: '3', back: '3' } });
    expect(scale.takeBack?.(worldOf(raws), sent)).toBeUndefined();
  });
});
