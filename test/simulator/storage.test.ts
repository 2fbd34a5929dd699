import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, planTypeOf } from '../../src/simulator/controllers/plan-secret.ts';
import { marks, stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import { problemsOf, specHash } from '../../src/simulator/controllers/provider/storage/volumes.ts';
import type { StorageDevice, StorageVolume } from '../../src/simulator/controllers/shapes/elemental.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

const volume = (deviceID: string, more: Partial<StorageVolume> = {}): StorageVolume => ({
  name: 'data',
  source: { deviceID },
  filesystem: { policy: 'InitializeIfBlank', type: 'xfs' },
  mount: { path: '/var/cpaas' },
  ...more,
});

describe('what can be declared', () => {
  const disk: StorageDevice = { id: 'wwn:0x1', kind: 'DirectDisk', systemRole: 'Data', sizeBytes: 2e12 };
  const used: StorageDevice = { ...disk, id: 'wwn:0x2', filesystem: { type: 'xfs', uuid: 'u' } };
  const system: StorageDevice = { ...disk, id: 'wwn:0x3', systemRole: 'System' };
  const unknown: StorageDevice = { ...disk, id: 'wwn:0x4', systemRole: 'Unknown' };
  const problems = (one: StorageVolume) => problemsOf([one], [disk, used, system, unknown]);
  const adopt = (expectedUUID: string) => ({ filesystem: { policy: 'Adopt', type: 'xfs', expectedUUID } });
  it.each<[string, StorageVolume, string]>([
    ['a blank data disk', volume('wwn:0x1'), ''],
    ['a filesystem to adopt', volume('wwn:0x2', adopt('u')), ''],
    ['a path below /var/lib/etcd', volume('wwn:0x1', { mount: { path: '/var/lib/etcd' } }), ''],
    ['a device nobody reports', volume('wwn:0x9'), 'device wwn:0x9 is not reported by the host'],
    ['the system disk', volume('wwn:0x3'), 'device wwn:0x3 has role System, not Data'],
    ['a disk of the live system', volume('wwn:0x4'), 'device wwn:0x4 has role Unknown, not Data'],
    ['a disk in use', volume('wwn:0x2'), 'device wwn:0x2 is not blank'],
    ['nothing to adopt', volume('wwn:0x1', adopt('u')), 'device wwn:0x1 has no filesystem to adopt'],
    ['another filesystem', volume('wwn:0x2', adopt('v')), 'filesystem u is not the expected v'],
    [
      'too small a disk',
      volume('wwn:0x1', { source: { deviceID: 'wwn:0x1', minimumSize: '2Ti' } }),
      'device wwn:0x1 is smaller than 2Ti',
    ],
    [
      'a protected path',
      volume('wwn:0x1', { mount: { path: '/etc/kubernetes' } }),
      'path /etc/kubernetes is protected',
    ],
    [
      'an optional /var/cpaas',
      volume('wwn:0x1', { mount: { path: '/var/cpaas', required: false } }),
      '/var/cpaas must be required',
    ],
  ])('%s', (_, one, problem) => {
    expect(problems(one)).toEqual(problem ? [`volume data: ${problem}`] : []);
  });

  it('is hashed by what it says, not by the order in which', () => {
    const a = volume('wwn:0x1', { name: 'a', mount: { path: '/a', options: ['x', 'y'] } });
    const b = volume('wwn:0x2', { name: 'b', mount: { path: '/b', required: true } });
    const again = { ...a, mount: { path: '/a', options: ['y', 'x'] } };
    expect(specHash([b, again])).toBe(specHash([a, { ...b, mount: { path: '/b' } }]));
    expect(specHash([a])).not.toBe(specHash([{ ...a, mount: { path: '/c' } }]));
  });
});

describe('managed storage', () => {
  let lab: Lab;
  let broken: string[];
  let host: string;
  beforeEach(async () => {
    lab = await openLab({ seed: 'storage' });
    broken = watchInvariants(lab.runtime).broken;
    lab.runtime.informer(kinds.MachineInventory).onChange((one) => {
      const { phase } = one.status?.storage ?? {};
      const moving = /^(Activating|Active|Deactivating|Degraded)$/.test(phase ?? '');
      if (moving && stateOf(one) === 'Available') broken.push(`${one.metadata.name} is Available and ${phase}`);
    });
    const pool = lab.runtime.informer(kinds.MachineInventoryPool).get('prod-worker-pool')!;
    host = pool
      .spec!.machineInventories!.map(({ name }) => name)
      .find((name) => stateOf(inventory(name)) === 'Available')!;
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    expect(broken).toEqual([]);
    await lab.stop();
  });

  const inventory = (name = host) => lab.runtime.informer(kinds.MachineInventory).get(name)!;
  const storage = () => inventory().status!.storage!;
  const said = (type: string) => {
    const condition = find(storage().conditions, type);
    return `${condition?.status}/${condition?.reason}`;
  };
  const poolStatus = () => lab.runtime.informer(kinds.MachineInventoryPool).get('prod-worker-pool')!.status!;
  const infra = () =>
    lab.runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .find(({ status }) => status?.machineInventoryRef?.name === host);

  async function dataDisk(): Promise<string> {
    const all = (await lab.client.get(kinds.MachineInventory, host))!.status!.observedStorage!.devices!;
    return all.find(({ systemRole }) => systemRole === 'Data')!.id;
  }

  async function declare(volumes: StorageVolume[], retryNonce = 0): Promise<void> {
    await lab.client.change(kinds.MachineInventory, inventory(), (draft) => {
      draft.spec = { ...draft.spec, storage: { volumes, retryNonce } };
    });
  }

  async function scale(by: number): Promise<void> {
    const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = deployment.spec!.replicas! + by;
    });
  }

  const prepared = () => lab.until(() => storage().phase === 'Prepared', 15 * minute, 'the preparation');

  it('goes through its phases: prepared, active with its machine, prepared again, released', async () => {
    const phases: string[] = [];
    lab.runtime.informer(kinds.MachineInventory).onChange(({ metadata, status }) => {
      const phase = status?.storage?.phase ?? '';
      if (metadata.name === host && phases.at(-1) !== phase) phases.push(phase);
    });
    await declare([volume(await dataDisk())]);
    await lab.run(2000);
    expect(poolStatus().unavailable).toBe(1);
    expect(inventory().metadata.finalizers).toContain('storage.baremetal.alauda.io/finalizer');
    await prepared();
    expect(planTypeOf(planSecrets(lab.runtime).get(host)!)).toBe('storage-prepare');
    expect([said('StoragePrepared'), said('StorageActive')]).toEqual([
      'True/AllRequiredVolumesPrepared',
      'False/Inactive',
    ]);
    expect(storage()).toMatchObject({ appliedVolumes: [{ name: 'data', active: false, mountPath: '/var/cpaas' }] });
    expect(storage().operation).toBeUndefined();
    await lab.run(1000);
    expect(poolStatus().unavailable).toBe(0);

    await scale(1);
    await lab.until(() => infra()?.status?.phase === 'Running', 20 * minute, 'the machine');
    expect([said('StoragePrepared'), said('StorageActive')]).toEqual([
      'True/AllRequiredVolumesPrepared',
      'True/AllRequiredVolumesActive',
    ]);
    expect(find(infra()?.status?.conditions, 'StorageReady')).toMatchObject({
      status: 'True',
      reason: 'AllVolumesReady',
    });
    const machine = lab.runtime.informer(kinds.Machine).get(infra()!.metadata.name)!;
    await lab.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/delete-machine': '' };
    });
    await scale(-1);
    await lab.until(() => stateOf(inventory()) === 'Available', 20 * minute, 'the release');
    expect([said('StoragePrepared'), said('StorageActive')]).toEqual([
      'True/AllRequiredVolumesPrepared',
      'False/Inactive',
    ]);

    await declare([]);
    await lab.until(() => storage().phase === 'Unmanaged', 10 * minute, 'the release of the volumes');
    expect(planTypeOf(planSecrets(lab.runtime).get(host)!)).toBe('storage-release');
    expect(said('StoragePrepared')).toBe('True/NoManagedVolumes');
    expect(storage().appliedVolumes).toBeUndefined();
    expect(phases).toEqual([
      'Unmanaged',
      'Validating',
      'Preparing',
      'Prepared',
      'Activating',
      'Active',
      'Deactivating',
      'Prepared',
      'Releasing',
      'Unmanaged',
    ]);
  });

  it('that cannot be had says why, and is had when the declaration is mended', async () => {
    await declare([volume('wwn:0xnowhere')]);
    await lab.run(2 * minute);
    expect([storage().phase, said('StoragePrepared')]).toEqual(['Validating', 'False/SimInvalidVolumes']);
    expect(poolStatus().conditions?.find(({ type }) => type === 'MembersValid')?.message).toContain(host);
    await declare([volume(await dataDisk())]);
    await prepared();
  });

  it('whose preparation failed without a trace is tried again on a new nonce, and only for the same volumes', async () => {
    lab.faults.host(host, { storageFails: { type: 'Prepare', durable: false, message: 'mkfs: device is busy' } });
    const device = await dataDisk();
    await declare([volume(device)]);
    await lab.until(() => storage().phase === 'Failed', 15 * minute, 'the failure');
    expect(storage().operation).toMatchObject({ type: 'Prepare', phase: 'Failed', mutationState: 'None' });
    expect(storage().pendingSpecHash).toBeUndefined();
    expect(find(storage().conditions, 'StoragePrepared')).toMatchObject({
      status: 'False',
      message: 'mkfs: device is busy',
    });
    lab.faults.host(host, undefined);
    await lab.run(10 * minute);
    expect(storage().phase).toBe('Failed');
    await declare([volume(device, { mount: { path: '/var/data' } })], 1);
    await lab.run(10 * minute);
    expect(storage().phase).toBe('Failed');
    await declare([volume(device)], 1);
    await prepared();
    expect(storage().lastConsumedRetryNonce).toBe(1);
  });

  it('whose preparation failed after it touched the disk stays failed', async () => {
    lab.faults.host(host, { storageFails: { type: 'Prepare', durable: true, message: 'lost power in mkfs' } });
    await declare([volume(await dataDisk())]);
    await lab.until(() => storage().phase === 'Failed', 15 * minute, 'the failure');
    expect(storage().operation).toMatchObject({ phase: 'Failed', mutationState: 'DurableStateChanged' });
    expect(storage().pendingSpecHash).toBe(storage().operation!.targetSpecHash);
    lab.faults.host(host, undefined);
    await declare([volume(await dataDisk())], 5);
    await lab.run(20 * minute);
    expect(storage().phase).toBe('Failed');
    expect(poolStatus().unavailable).toBe(1);
  });

  it('that does not mount holds its machine back until it does', async () => {
    await declare([volume(await dataDisk())]);
    await prepared();
    lab.faults.host(host, { mountFails: 'mount: wrong fs type' });
    await scale(1);
    await lab.until(() => storage().phase === 'Degraded', 20 * minute, 'the failed mount');
    await lab.run(3 * minute);
    expect(infra()?.status?.phase).toBe('Reprovisioning');
    const ready = find(infra()?.status?.conditions, 'StorageReady');
    expect(ready).toMatchObject({ status: 'False', reason: 'SimVolumesNotMounted' });
    expect(ready?.message).toContain('volume data is not mounted at /var/cpaas');
    lab.faults.host(host, undefined);
    await lab.until(() => infra()?.status?.phase === 'Running', 5 * minute, 'the mount');
    expect(said('StorageActive')).toBe('True/AllRequiredVolumesActive');
  });

  it('that does not unmount holds the deleted machine and its host until it does', async () => {
    await declare([volume(await dataDisk())]);
    await prepared();
    await scale(1);
    await lab.until(() => infra()?.status?.phase === 'Running', 20 * minute, 'the machine');
    lab.faults.host(host, { storageFails: { type: 'Deactivate', durable: false, message: 'umount: target is busy' } });
    await lab.client.remove(kinds.Machine, infra()!.metadata.name);
    await lab.until(() => storage().phase === 'Failed', 20 * minute, 'the failure');
    await lab.run(1000);
    expect(storage().operation).toMatchObject({ type: 'Deactivate', phase: 'Failed' });
    expect(stateOf(inventory())).toBe('Unavailable');
    expect(infra()?.metadata.deletionTimestamp).toBeDefined();
    lab.faults.host(host, undefined);
    await lab.until(() => inventory().metadata.annotations?.[marks.machine] === undefined, 10 * minute, 'the release');
    expect(storage().phase).toBe('Prepared');
  });
});
