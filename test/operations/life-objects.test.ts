/** Operations on pools, hosts, images and marks, lived to their end in the simulated datacenter. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { catalog } from '../../src/operations/catalog.ts';
import { poolAdd } from '../../src/operations/pool-add.ts';
import { poolOrder } from '../../src/operations/pool-order.ts';
import { rebuild } from '../../src/operations/rebuild.ts';
import { scale } from '../../src/operations/scale.ts';
import { storageRetry } from '../../src/operations/storage-retry.ts';
import { unmark } from '../../src/operations/unmark.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { StorageVolume } from '../../src/simulator/controllers/shapes/elemental.ts';
import { type Lab, minute, openLab } from '../simulator/harness.ts';
import { pictureOf } from './support/datacenter.ts';
import { groupIn, groupRef, live, told } from './support/live.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ hosts: 20, clusters: 2, seed: 7 });
});
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const poolRef = async (name: string): Promise<ObjectRef> => {
  const { uid } = (await pictureOf(lab)).fleet.pools.list.find((pool) => pool.name === name)!;
  return { kind: 'pool', uid, name };
};

it('lets another host of a pool serve next, and takes that back', async () => {
  const pool = await poolRef('prod-worker-pool');
  const world = await pictureOf(lab);
  const spare = world.fleet.hosts.list.find(({ use }) => use === 'unpooled')!;
  await live(lab, poolAdd, { targets: [pool], values: { hosts: `${spare.name} extra` } });
  const names = (await pictureOf(lab)).fleet.pools.byUid.get(pool.uid)!.members.map(({ name }) => name);
  const order = [spare.name, ...names.filter((name) => name !== spare.name)];
  const ordered = await live(lab, poolOrder, { targets: [pool], values: { order: order.join('\n') } });
  expect(ordered.plan.expected[0]?.text).toBe(`${spare.name} serves next`);
  const workers = groupRef(groupIn(world, 'prod-workers'));
  const grown = await live(lab, scale, { targets: [workers], values: { replicas: '5' } });
  expect(told(grown.plan, 'Hosts that serve: ')).toEqual([spare.name]);
  const taken = grown.after.fleet.hosts.list.find(({ name }) => name === spare.name)!;
  expect(groupIn(grown.after, 'prod-workers').machines).toContain(taken.machineUid);

  const back = await live(lab, poolOrder, poolOrder.takeBack!(grown.after, ordered.sent)!);
  expect(back.after.fleet.pools.byUid.get(pool.uid)!.members.map(({ name }) => name)).toEqual(names);
});

it('lets a machine without an image go on once its version is in the catalog', async () => {
  const world = await pictureOf(lab);
  const held = world.fleet.catalog!;
  const version = 'v1.33.7-2';
  const image = held.images[version]!;
  await lab.management.json({
    method: 'PATCH',
    path: '/api/v1/namespaces/cpaas-system/configmaps/elemental-image-catalog',
    contentType: 'application/merge-patch+json',
    body: { data: { [version]: null } },
  });
  const workers = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  await lab.client.change(kinds.MachineDeployment, workers, (draft) => {
    draft.spec!.replicas = 5;
  });
  await lab.run(5 * minute);
  const targets = [{ kind: 'catalog' as const, uid: held.uid, name: held.name }];
  const { plan, after } = await live(lab, catalog, { targets, values: { version, image } });
  expect(plan.expected[0]?.text).toMatch(/^prod-workers-\S+ goes on by itself$/);
  expect(after.fleet.catalog?.images[version]).toBe(image);
});

it.each(['expired', 'ready'])('builds an image again that is %s', async (state) => {
  const { fleet } = await pictureOf(lab);
  const { uid, name } = fleet.seedImages.list.find((image) => image.state === state)!;
  const before = fleet.seedImages.byUid.get(uid)!.object.downloadUrl;
  const { after } = await live(lab, rebuild, { targets: [{ kind: 'seedImage', uid, name }], values: {} });
  const row = after.fleet.seedImages.byUid.get(uid)!;
  expect([row.state, row.object.retrigger ?? false]).toEqual(['ready', false]);
  expect(row.object.downloadUrl).not.toBe(before);
});

it('takes a mark off, so that the next scale-down takes another one', async () => {
  const world = await pictureOf(lab);
  const workers = groupIn(world, 'prod-workers');
  const machine = lab.runtime.informer(kinds.Machine).list();
  const last = world.fleet.machines.byUid.get(workers.machines.at(-1)!)!;
  await lab.client.change(kinds.Machine, machine.find(({ metadata }) => metadata.uid === last.uid)!, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/delete-machine': '' };
  });
  await live(lab, unmark, { targets: [{ kind: 'machine', uid: last.uid, name: last.name }], values: {} });
  const shrunk = await live(lab, scale, { targets: [groupRef(workers)], values: { replicas: '3' } });
  expect(shrunk.gone).toHaveLength(1);
  expect(shrunk.gone).not.toContain(last.name);
});

it('lets a host try a failed storage operation again', async () => {
  const world = await pictureOf(lab);
  const free = world.fleet.hosts.list.find(({ use }) => use === 'free')!;
  const inventory = () => lab.runtime.informer(kinds.MachineInventory).get(free.name)!;
  const phase = (wanted: string) =>
    lab.until(() => inventory().status?.storage?.phase === wanted, 30 * minute, `storage ${wanted}`);
  const declare = (...volumes: StorageVolume[]) =>
    lab.client.change(kinds.MachineInventory, inventory(), (draft) => {
      draft.spec = { ...draft.spec, storage: { ...draft.spec?.storage, volumes } };
    });
  const data = async () => {
    const now = await lab.client.get(kinds.MachineInventory, free.name);
    return now!.status!.observedStorage!.devices!.find(({ systemRole }) => systemRole === 'Data')!;
  };
  const { id } = await data();
  const volume = (filesystem: StorageVolume['filesystem']): StorageVolume => ({
    name: 'data',
    source: { deviceID: id },
    filesystem,
    mount: { path: '/var/cpaas' },
  });
  // A disk that holds data already is what may be tried again without an approval.
  await declare(volume({ policy: 'InitializeIfBlank', type: 'xfs' }));
  await phase('Prepared');
  await declare();
  await phase('Unmanaged');
  const expectedUUID = (await data()).filesystem!.uuid!;
  lab.faults.host(free.name, { storageFails: { type: 'Prepare', durable: false, message: 'device is busy' } });
  await declare(volume({ policy: 'Adopt', type: 'xfs', expectedUUID }));
  await phase('Failed');
  lab.faults.host(free.name, undefined);
  await lab.run(minute);
  const targets = [{ kind: 'host' as const, uid: free.uid, name: free.name }];
  const { sent, after } = await live(lab, storageRetry, { targets, values: {} });
  expect(storageRetry.done(after, sent).milestones.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect(after.fleet.hosts.byUid.get(free.uid)!.object.storagePhase).toBe('Prepared');
});
