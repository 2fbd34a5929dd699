/** Every write is one a server takes: each operation's first write as a dry run, its webhooks asked; and none twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GroupRow, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { KubeError } from '../../src/kube/types.ts';
import type { World } from '../../src/operations/contract.ts';
import { operationNamed, operations } from '../../src/operations/index.ts';
import { type Lab, minute, openLab } from '../simulator/harness.ts';
import { pictureOf, send, withNeeds } from './support/datacenter.ts';

let lab: Lab;
let world: World;

const group = (name: string): GroupRow => world.fleet.groups.list.find((each) => each.name === name)!;
const refOf = ({ object }: GroupRow): ObjectRef => ({ kind: object.kind, uid: object.uid, name: object.name });
const machine = (): ObjectRef => {
  const uid = group('prod-workers').machines[0]!;
  return { kind: 'machine', uid, name: world.fleet.machines.byUid.get(uid)!.name };
};
const pool = (name: string): ObjectRef => {
  const { uid } = world.fleet.pools.list.find((each) => each.name === name)!;
  return { kind: 'pool', uid, name };
};

interface Case {
  target: () => ObjectRef;
  values?: () => Record<string, string>;
}

const edited = (): string => {
  const field = operationNamed('bootstrap')!.fields[0]!;
  return field.initial(world, [refOf(group('prod-workers'))]);
};

/** Operations that need trouble first (`unmark`, `resume`, `storage-retry`), or a lack (`build-image`), write as their own tests say. */
const cases: Record<string, Case> = {
  remove: { target: machine },
  scale: { target: () => refOf(group('prod-workers')), values: () => ({ replicas: '1' }) },
  replace: { target: machine },
  move: {
    target: () => refOf(group('lab-workers')),
    values: () => ({ pool: 'lab-worker-b-pool', template: 'lab-moved-template' }),
  },
  bootstrap: {
    target: () => refOf(group('prod-workers')),
    values: () => ({ document: edited(), name: 'prod-other-bootstrap' }),
  },
  'pool-add': {
    target: () => pool('prod-worker-pool'),
    values: () => ({ hosts: `${world.fleet.hosts.list.find(({ use }) => use === 'unpooled')!.name} extra-01` }),
  },
  'pool-order': {
    target: () => pool('prod-worker-pool'),
    values: () => {
      const { members } = world.fleet.pools.list.find(({ name }) => name === 'prod-worker-pool')!;
      return {
        order: members
          .map(({ name }) => name)
          .reverse()
          .join('\n'),
      };
    },
  },
  catalog: {
    target: () => ({ kind: 'catalog', uid: world.fleet.catalog!.uid, name: world.fleet.catalog!.name }),
    values: () => ({ version: 'v1.39.1-2', image: 'registry.local/tkestack/baremetal-base-image:v1' }),
  },
  'make-registration': {
    target: () => pool('prod-worker-pool'),
    values: () => ({ name: 'rack-registration', tpm: 'emulated', device: '/dev/nvme0n1' }),
  },
  'kube-ovn': {
    target: () => {
      const { uid, name } = world.fleet.clusters.list.find((each) => each.name === 'prod')!;
      return { kind: 'cluster', uid, name };
    },
    values: () => ({ revision: 'v4.3.3' }),
  },
  'delete-cluster': {
    target: () => {
      const { uid, name } = world.fleet.clusters.list.find((each) => each.name === 'prod')!;
      return { kind: 'cluster', uid, name };
    },
  },
  'upgrade-control-plane': {
    target: () => refOf(group('prod-control-plane')),
    values: () => ({ version: 'v1.34.5', coredns: '1.14.2-v4.3.4', etcd: 'v3.5.28-260325' }),
  },
  'upgrade-workers': {
    target: () => refOf(group('prod-workers')),
    values: () => ({ version: 'v1.33.7-3' }),
  },
  pause: { target: () => refOf(group('prod-workers')), values: () => ({ hold: 'rollout' }) },
  restart: { target: () => refOf(group('prod-control-plane')) },
  remediate: { target: machine },
  rebuild: {
    target: () => {
      const { uid, name } = world.fleet.seedImages.list[0]!;
      return { kind: 'seedImage', uid, name };
    },
  },
};

it('looks at every operation that can be asked for in a fleet without trouble', () => {
  const others = ['unmark', 'resume', 'build-image', 'storage-retry'];
  expect([...Object.keys(cases), ...others].sort()).toEqual(operations.map(({ id }) => id).sort());
});

describe.each(['v1beta1', 'v1beta2'] as const)('Cluster API %s', (clusterApi) => {
  beforeAll(async () => {
    lab = await openLab({ hosts: 42, clusters: 3, seed: 3, clusterApi });
    await lab.run(minute);
    world = await pictureOf(lab);
  });
  afterAll(() => lab.stop());

  it.each(Object.keys(cases))('%s writes what the server takes', async (id) => {
    const operation = operationNamed(id)!;
    const { target, values } = cases[id]!;
    const targets = [target()];
    // The document an operation begins with is made from what it needs.
    world = await withNeeds(lab, world, operation, { operation: id, targets, values: {} });
    const request = { operation: id, targets, values: values?.() ?? {} };
    if (id === 'bootstrap') {
      request.values['document'] = request.values['document']!.replace(
        'joinConfiguration:',
        'verbosity: 3\n      joinConfiguration:',
      );
    }
    world = await withNeeds(lab, world, operation, request);
    expect(operation.refuse(world, request)).toBeUndefined();
    const { steps } = operation.plan(world, request);
    for (const { write } of steps) await send(lab, write, true);
    for (const { write } of steps) {
      if (write.verb === 'create') continue;
      const seen = { ...write.seen, resourceVersion: '1' };
      const text = JSON.stringify(write).replaceAll(`"${write.seen?.resourceVersion}"`, '"1"');
      const old = { ...JSON.parse(text), seen };
      await expect(send(lab, old, true), write.name).rejects.toBeInstanceOf(KubeError);
    }
  });
});
