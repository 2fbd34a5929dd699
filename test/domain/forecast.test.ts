import { describe, expect, it } from 'vitest';
import type { GroupRow } from '../../src/domain/fleet/rows.ts';
import { nextToGo, planeIllness, spareMembers } from '../../src/domain/forecast/control-plane.ts';
import { deletionOrder, illness } from '../../src/domain/forecast/delete-order.ts';
import { forecastHosts } from '../../src/domain/forecast/hosts.ts';
import { limitsOf } from '../../src/domain/forecast/limits.ts';
import { preflight } from '../../src/domain/forecast/preflight.ts';
import { forecastScale } from '../../src/domain/forecast/scale.ts';
import { restingSet } from '../../src/domain/forecast/sets.ts';
import { minorOf } from '../../src/domain/forecast/versions.ts';
import type { ControlPlane } from '../../src/domain/objects.ts';
import { workerFleet } from '../operations/support/fleets.ts';
import { changed } from '../operations/support/world.ts';
import * as make from './fixtures.ts';

const machine = (name: string, more: Parameters<typeof make.machine>[2] = {}, phase = 'Running') =>
  make.projectedAs('machine', make.machine(name, phase, more));
const mark = { annotations: { 'cluster.x-k8s.io/delete-machine': 'false' } };
const day = 86_400_000;

describe('the deletion order', () => {
  const names = (list: ReturnType<typeof machine>[], policy?: string, now = make.T0 + 30 * day) =>
    deletionOrder(list, policy, now).map(({ machine: { name }, ground }) => `${name} ${ground}`);

  it('is deleting, marked, in place, unhealthy, then by name, whatever order they come in', () => {
    const list = [
      machine('e'),
      machine('d', {}, 'Provisioning'),
      machine('c', { status: { phase: 'Updating', nodeRef: { name: 'n' } } }),
      machine('b', mark),
      machine('a2'),
      machine('z', { meta: { deletionTimestamp: make.at(1) } }),
    ];
    const order = ['z deleting', 'b marked', 'c updating', 'd unhealthy', 'a2 name', 'e name'];
    expect(names(list)).toEqual(order);
    expect(names([...list].reverse(), 'Random')).toEqual(order);
    expect(names(list, '')).toEqual(order);
  });

  it('goes by age where the policy says so, and by name among equals', () => {
    const at = (name: string, days: number) => machine(name, { meta: { creationTimestamp: make.at(days * 86_400) } });
    const list = [at('young', 20), at('old', 0), at('twin', 20)];
    expect(names(list, 'Oldest')).toEqual(['old oldest', 'twin oldest', 'young oldest']);
    expect(names(list, 'Newest')).toEqual(['twin newest', 'young newest', 'old newest']);
    // A clock behind the server's makes all of one age.
    expect(names(list, 'Oldest', make.T0 - day)).toEqual(['old oldest', 'twin oldest', 'young oldest']);
  });

  it.each([
    ['no Node', machine('m', {}, 'Provisioning'), 'it has no Node'],
    [
      'a failure',
      machine('m', { status: { nodeRef: { name: 'n' }, failureReason: 'CreateError' } }),
      'it has failed, CreateError',
    ],
    ['an ill Node', machine('m', { conditions: [make.condition('NodeHealthy', 'False')] }), 'its Node is not healthy'],
    [
      'a failed check',
      machine('m', { conditions: [make.condition('HealthCheckSucceeded', 'False', 'UnhealthyNode')] }),
      'its health check failed, UnhealthyNode',
    ],
    ['a Node not known', machine('m', { conditions: [make.condition('NodeHealthy', 'Unknown')] }), undefined],
  ])('counts %s', (_what, of, why) => {
    expect(illness(of)).toBe(why);
  });
});

describe('preflight', () => {
  const plane = (version?: string, statusVersion = version) =>
    ({ ...make.projectedAs('controlPlane', make.controlPlane('cp', 3, {})), version, statusVersion }) as ControlPlane;
  it.each([
    ['v1.33.7', plane('v1.33.7'), undefined],
    ['v1.33.6', plane('v1.33.7-2'), undefined],
    ['v1.33.7', plane('v1.34.5', 'v1.33.7'), 'ControlPlaneIsStable'],
    ['v1.33.7', { ...plane('v1.33.7'), statusVersion: undefined }, 'ControlPlaneIsStable'],
    ['v1.33.7', plane('v1.34.5'), 'KubeadmVersionSkew'],
    ['v1.34.5', plane('v1.33.7'), 'KubernetesVersionSkew'],
    ['v1.29.0', plane('v1.33.7'), 'KubernetesVersionSkew'],
    ['v1.33.7', undefined, undefined],
    [undefined, plane('v1.33.7'), undefined],
  ])('%s: %#', (version, of, check) => {
    expect(preflight(version, {}, of)?.check).toBe(check);
  });

  it('leaves out what the set leaves out', () => {
    const skip = (value: string) => ({ 'machineset.cluster.x-k8s.io/skip-preflight-checks': value });
    expect(preflight('v1.33.7', skip('KubeadmVersionSkew'), plane('v1.34.5'))).toBeUndefined();
    expect(preflight('v1.33.7', skip('All'), plane('v1.34.5', 'v1.33.7'))).toBeUndefined();
    expect(preflight('v1.34.5', skip('KubeadmVersionSkew'), plane('v1.33.7'))?.check).toBe('KubernetesVersionSkew');
  });
});

describe('a control plane', () => {
  const components = ['APIServerPodHealthy', 'ControllerManagerPodHealthy', 'SchedulerPodHealthy'];
  const healthy = [...components, 'EtcdPodHealthy', 'EtcdMemberHealthy'].map((type) => make.condition(type, 'True'));
  const cp = (name: string, age: number, more: make.Raw = {}, conditions = healthy) =>
    make.projectedAs('machine', {
      ...make.controlPlaneMachine(name, 'Running', { conditions, meta: { creationTimestamp: make.at(-age) }, ...more }),
    });
  const old = { spec: { version: 'v1.32.0' } };

  it.each([
    ['the oldest', [cp('a', 1), cp('b', 3), cp('c', 2)], 'b'],
    ['an outdated one before an older one', [cp('a', 1, old), cp('b', 3)], 'a'],
    ['an outdated ill one first', [cp('a', 1, old, []), cp('b', 3, old)], 'a'],
    ['a marked one before an outdated one', [cp('a', 1, mark), cp('b', 3, old)], 'a'],
    ['a marked outdated one before a marked one', [cp('a', 1, { ...mark, ...old }), cp('b', 3, mark)], 'a'],
    ['by name among twins', [cp('b', 1), cp('a', 1)], 'a'],
  ])('takes %s', (_what, list, name) => {
    expect(nextToGo(list, 'v1.33.7-2')?.machine.name).toBe(name);
  });

  it('has nobody to take where nobody is', () => {
    expect(nextToGo([], 'v1.33.7-2')).toBeUndefined();
  });

  it('knows what etcd can do without, and what is wrong with a member', () => {
    expect([1, 2, 3, 4, 5, 7].map(spareMembers)).toEqual([0, 0, 1, 1, 2, 3]);
    expect(planeIllness(cp('a', 1))).toBeUndefined();
    expect(planeIllness(cp('a', 1, {}, healthy.slice(0, 4)))).toBe('EtcdMemberHealthy of a is not known');
  });
});

describe('one MachineSet at rest', () => {
  const of = (raws: make.Raw[]) => {
    const { fleet } = make.fleetOf(...raws);
    return { fleet, group: fleet.groups.list.find(({ name }) => name === 'workers')! };
  };

  it('is found, or the rollout is named', () => {
    const { fleet, group } = of(workerFleet());
    expect(restingSet(fleet, group)).toMatchObject({ set: { name: 'workers-abc' } });
    const left = changed(
      workerFleet(),
      'Machine',
      'w1',
      ['metadata', 'ownerReferences'],
      [make.owner('MachineSet', 'lost')],
    );
    const stray = of(left);
    expect(restingSet(stray.fleet, stray.group)).toEqual({ problem: 'w1 belongs to no known MachineSet of workers' });
    const other = of([...workerFleet(), make.machineSet('workers-new', 'workers', 0)]);
    expect(restingSet(other.fleet, other.group)).toEqual({
      problem: 'which MachineSet of workers is the newest is not known',
    });
  });

  it.each([
    // [being deleted, set has, wanted, maxSurge] -> [go, made now, made later]
    [0, 3, 5, 0, [0, 2, 0]],
    [0, 3, 1, 0, [2, 0, 0]],
    [1, 3, 3, 0, [0, 0, 1]],
    [1, 2, 2, 0, [0, 0, 0]],
    [1, 2, 3, 0, [0, 0, 1]],
    [1, 2, 4, 0, [0, 1, 1]],
    [1, 2, 3, 1, [0, 0, 1]],
    [2, 3, 1, 0, [0, 0, 0]],
    [2, 3, 0, 0, [1, 0, 0]],
  ])('%i deleting, set of %i, to %i, surge %i: %j', (deleting, own, wanted, surge, [go, now, later]) => {
    let raws = changed(workerFleet(), 'MachineSet', 'workers-abc', ['spec', 'replicas'], own);
    raws = changed(raws, 'MachineDeployment', 'workers', ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], surge);
    for (let n = 1; n <= deleting; n++) {
      raws = changed(raws, 'Machine', `w${n}`, ['metadata', 'deletionTimestamp'], make.at(1));
    }
    const { fleet, group } = of(raws);
    const found = forecastScale(fleet, group, wanted, make.T0);
    if ('problem' in found) throw new Error(found.problem);
    const { forecast } = found;
    expect([forecast.goes.length, forecast.now, forecast.later]).toEqual([go, now, later]);
  });

  it.each([
    ['1', '0', { maxSurge: 1, maxUnavailable: 0 }],
    ['0', '1', { maxSurge: 0, maxUnavailable: 1 }],
    ['0', '0', { maxSurge: 0, maxUnavailable: 1 }],
    ['25%', '50%', { maxSurge: 1, maxUnavailable: 1 }],
    [undefined, undefined, { maxSurge: 1, maxUnavailable: 0 }],
    ['many', '0', undefined],
  ])('reads the limits %s and %s', (maxSurge, maxUnavailable, limits) => {
    const { group } = of(workerFleet());
    expect(limitsOf({ ...group, rollout: { maxSurge, maxUnavailable } } as GroupRow)).toEqual(limits);
  });
});

it('serves those who wait first, in declaration order; freed hosts stand in their old place', () => {
  const raws = [...workerFleet(), make.bmm('waits', undefined, 'Pending')].map((raw) =>
    raw['kind'] === 'MachineInventoryPool' && (raw['metadata'] as make.Raw)['name'] === 'workers-pool'
      ? make.pool('workers-pool', ['h5', 'h1', 'h2', 'h3', 'h4'])
      : raw,
  );
  const { fleet } = make.fleetOf(...raws, make.host('h5', 'Available', { pool: 'workers-pool' }));
  const w2 = fleet.machines.list.find(({ name }) => name === 'w2')!.machine!;
  const names = (list: readonly { name: string }[] = []) => list.map(({ name }) => name);
  const found = forecastHosts(fleet, 'workers-pool', 2, 1, [w2]);
  expect(names(found?.free)).toEqual(['h5', 'h4']);
  expect(found).toMatchObject({ waiting: 1, short: 1 });
  expect(names(found?.serve)).toEqual(['h4']);
  expect(names(forecastHosts(fleet, 'workers-pool', 0, 1, [w2])?.serveLater)).toEqual(['h2']);
  expect(forecastHosts(fleet, 'nowhere', 1, 0, [])).toBeUndefined();
});

it('reads minors of any version the provider ships', () => {
  expect(minorOf('v1.35.6-acp.1')).toEqual({ major: 1, minor: 35 });
  expect(minorOf('1.33.7-2')).toEqual({ major: 1, minor: 33 });
  expect(minorOf('latest')).toBeUndefined();
  expect(minorOf(undefined)).toBeUndefined();
});
