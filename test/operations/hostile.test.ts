/** Whatever a server leaves out or mistypes, no operation falls over, and none writes on what is not known. */
import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import type { Operation, World } from '../../src/operations/contract.ts';
import { operationNamed, operations } from '../../src/operations/index.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { spoil } from './support/spoil.ts';
import { allLive, but, reading, ref, sentOf } from './support/world.ts';

const image = make.seedImage('iso', [make.condition('SeedImageReady', 'True', 'SeedImageBuildSuccess')]);
const raws = [...workerFleet(), ...planeFleet(5).slice(-4), image, make.registration('reg', [])];
const kindOf: Record<string, string> = {
  deployment: 'MachineDeployment',
  controlPlane: 'KubeadmControlPlane',
  machine: 'Machine',
  cluster: 'Cluster',
  pool: 'MachineInventoryPool',
  host: 'MachineInventory',
  seedImage: 'SeedImage',
  registration: 'MachineRegistration',
  catalog: 'ConfigMap',
};
const nameOf: Record<string, string> = {
  deployment: 'workers',
  controlPlane: 'control-plane',
  machine: 'w1',
  cluster: 'prod',
  pool: 'workers-pool',
  host: 'h4',
  seedImage: 'iso',
  registration: 'reg',
  catalog: 'elemental-image-catalog',
};
const values: Record<string, Record<string, string>[]> = {
  scale: [{ replicas: '2' }, { replicas: '4' }, { replicas: '5' }],
  move: [{ pool: 'cp-pool' }],
  bootstrap: [{ document: 'apiVersion: bootstrap.cluster.x-k8s.io/v1beta1\nkind: KubeadmConfigTemplate\nspec: {}' }],
  'pool-add': [{ hosts: 'h4' }, { hosts: 'p5 x' }],
  'pool-order': [{ order: 'h4\nh3\nh2\nh1' }],
  catalog: [
    { version: 'v1.34.5', image: 'a/b:c' },
    { version: 'v1.33.7-2', image: '' },
  ],
  pause: [{}, { hold: 'rollout' }],
  'make-registration': [{ name: 'rack-registration', tpm: 'emulated', device: '/dev/sda' }],
  'build-image': [{ image: 'a/b-iso:c' }],
  'kube-ovn': [{ revision: 'v4.3.3' }],
  'upgrade-control-plane': [
    { version: 'v1.33.7-3', coredns: '1.12.4', etcd: 'v3.5.27' },
    { version: 'v1.34.5' },
    { version: 'v1.35.6' },
  ],
  'upgrade-workers': [{ version: 'v1.33.7-3' }, { version: 'v1.35.6-acp.1' }],
};

const targetsOf = (operation: Operation): ObjectRef[][] =>
  operation.on.map((kind) => [ref(kindOf[kind]!, nameOf[kind]!)]);

/** Asks everything of an operation that can be asked; a plan must come exactly where nothing is refused. */
function askAll(operation: Operation, world: World): number {
  let planned = 0;
  for (const targets of targetsOf(operation)) {
    for (const entered of [{}, ...(values[operation.id] ?? [])]) {
      const request = { operation: operation.id, targets, values: entered };
      const refusal = operation.refuse(world, request);
      operation.needs?.(world, request);
      for (const field of operation.fields) {
        expect(typeof field.initial(world, targets)).toBe('string');
        field.choices?.(world, targets);
      }
      if (refusal !== undefined) {
        expect(refusal).toMatch(/\S/);
        expect(() => operation.plan(world, request)).toThrow(RangeError);
        continue;
      }
      if (Object.keys(entered).length === 0 && operation.fields.some(({ optional }) => !optional)) continue;
      const plan = operation.plan(world, request);
      planned += 1;
      const sent = sentOf(request, plan);
      expect(plan.steps.length).toBeGreaterThan(0);
      expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length);
      expect(plan.severity === 'destructive').toBe(plan.confirm.length > 0);
      for (const { write } of plan.steps) if (write.verb !== 'create') expect(write.seen?.resourceVersion).not.toBe('');
      for (const written of [[], sent.written]) {
        expect(operation.done(world, { ...sent, written }).milestones.length).toBeGreaterThan(0);
        operation.takeBack?.(world, { ...sent, written });
      }
      expect(() => operation.done(world, { ...sent, memo: {} })).not.toThrow();
    }
  }
  return planned;
}

const everything = raws.map((raw) => (raw['metadata'] as { name: string }).name);

it('has every operation once, each with what its list needs', () => {
  expect(operations.map(({ id }) => id)).toEqual([...new Set(operations.map(({ id }) => id))]);
  expect(operations).toHaveLength(21);
  for (const operation of operations) {
    expect(operationNamed(operation.id)).toBe(operation);
    expect(operation.title && operation.about && operation.on.length && operation.kinds.length).toBeTruthy();
  }
  expect(operationNamed('format')).toBeUndefined();
});

it('plans on a sound fleet', () => {
  const world = reading(raws, ...everything);
  const planned = operations.filter((operation) => askAll(operation, world) > 0).map(({ id }) => id);
  expect(planned).toEqual(
    expect.arrayContaining(['scale', 'remove', 'replace', 'pause', 'restart', 'rebuild', 'pool-order', 'catalog']),
  );
});

it.each(Array.from({ length: 40 }, (_, seed) => seed))('stands junk in a fleet, seed %i', (seed) => {
  const fleet = spoil(new Random('hostile', seed), raws, ['apiVersion', 'kind', 'metadata']);
  const world = reading(fleet, ...everything);
  for (const operation of operations) askAll(operation, world);
});

describe('freshness', () => {
  it.each(operations.flatMap(({ id, kinds }) => kinds.map((kind) => [id, kind] as const)))(
    '%s writes nothing while %s is not live',
    (id, kind) => {
      const operation = operationNamed(id)!;
      for (const freshness of [but(kind, 'stale'), but(kind, 'live', false), { ...allLive(), [kind]: undefined }]) {
        const world = { ...reading(raws, ...everything), freshness } as World;
        for (const targets of targetsOf(operation)) {
          expect(operation.refuse(world, { operation: id, targets, values: {} })).toContain(API_KIND[kind]);
        }
      }
    },
  );
});
