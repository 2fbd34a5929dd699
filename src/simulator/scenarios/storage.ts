/** Trouble with data volumes: a mount that fails, and an operation that leaves a disk in doubt. */

import { kinds } from '../controllers/kinds.ts';
import { isFree } from '../controllers/provider/inventory.ts';
import type { MachineInventory, StorageVolume } from '../controllers/shapes/elemental.ts';
import { edit, type Group, type GroupWish, scaleFor, takeGroup } from './operator.ts';
import { minute, NotHere, type Plot, type Scenario, type Stage } from './scenario.ts';

/**
 * Chooses a group whose next free host has a disk for data, and gives the volume to declare on it: a blank one if there is
 * one, or, where `kept` is wished, one whose filesystem is to be kept.
 */
async function takeDisk(
  stage: Stage,
  { kept = false, ...wish }: GroupWish & { kept?: boolean },
): Promise<{ group: Group; host: string; volume: StorageVolume }> {
  const group = await takeGroup(stage, { ...wish, free: 1 });
  const host = group.free[0]!;
  const inventory = await stage.operator.get(kinds.MachineInventory, host);
  const devices = inventory?.status?.observedStorage?.devices ?? [];
  const data = devices.filter(({ id, systemRole }) => systemRole === 'Data' && !id.startsWith('unidentified:'));
  const disk = data.find(({ filesystem }) => kept === (filesystem !== undefined)) ?? (kept ? undefined : data[0]);
  if (!disk || inventory?.spec?.storage?.volumes?.length) throw new NotHere(`${host} has no disk to spare`);
  const { filesystem } = disk;
  return {
    group,
    host,
    volume: {
      name: 'sim-data',
      source: { deviceID: disk.id },
      filesystem: filesystem
        ? { policy: 'Adopt', type: filesystem.type, expectedUUID: filesystem.uuid }
        : { policy: 'InitializeIfBlank', type: 'xfs' },
      mount: { path: '/var/cpaas', required: true },
    },
  };
}

function declare(stage: Stage, host: string, volumes: StorageVolume[]) {
  return edit(stage, kinds.MachineInventory, host, (draft) => {
    draft.spec = { ...draft.spec, storage: { ...draft.spec?.storage, volumes } };
  });
}

/** Takes the volumes off a host again once nobody uses it. */
async function* release(stage: Stage, host: string, pool: string): Plot {
  const read = () => stage.operator.get(kinds.MachineInventory, host);
  const free = async () => isFree(await read(), pool);
  yield { did: `${host} is let go`, next: 'its volumes are released', after: 60 * minute, until: free };
  if (!(await free())) return;
  await declare(stage, host, []);
  const released = async () => phaseOf(await read()) === 'Unmanaged';
  yield { did: `the volumes of ${host} are released`, next: 'it is as it was', after: 20 * minute, until: released };
}

const phaseOf = (inventory: MachineInventory | undefined): string => inventory?.status?.storage?.phase ?? '';

const mountFails: Scenario = {
  name: 'storage-mount-fails',
  failureMode: 'F9',
  about: 'A new host cannot mount its data volume at the boot after its reprovision plan.',
  lookFor: 'a BaremetalMachine with StorageReady=False, and its host with status.storage.phase Degraded',
  async *start(stage) {
    const { group, host, volume } = await takeDisk(stage, { unchecked: true });
    stage.onHeal(() => release(stage, host, group.pool));
    await declare(stage, host, [volume]);
    const prepared = async () => phaseOf(await stage.operator.get(kinds.MachineInventory, host)) === 'Prepared';
    const after = 20 * minute;
    yield { did: `a volume was declared on ${host}`, next: `${group.name} grows by one`, after, until: prepared };
    stage.onHeal(async () => stage.faults.host(host, undefined));
    const said = `mount: /var/cpaas: can't find UUID of ${volume.source.deviceID}`;
    stage.faults.host(host, { mountFails: said });
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} was scaled to ${group.replicas + 1}, and ${host} will not find its volume` };
  },
};

const operationFailed: Scenario = {
  name: 'storage-operation-failed',
  failureMode: 'F23',
  about: 'The preparation of a data volume fails after it has begun to write to the disk.',
  lookFor: 'a host whose status.storage.operation is Failed with mutationState DurableStateChanged; do not retry',
  stays: 'the host stays out of service: only support may say what has become of its disk',
  async *start(stage) {
    const { host, volume } = await takeDisk(stage, {});
    stage.onHeal(async () => stage.faults.host(host, undefined));
    const message = `mkfs.xfs: ${volume.source.deviceID}: write error after the superblock was written`;
    stage.faults.host(host, { storageFails: { type: 'Prepare', durable: true, message } });
    await declare(stage, host, [volume]);
    yield { did: `a volume was declared on ${host}, and its disk is bad` };
  },
};

const prepareFailed: Scenario = {
  name: 'storage-prepare-failed',
  about: 'The adoption of a data volume fails before anything is written, because the disk was held by something else.',
  lookFor:
    'a host whose status.storage.operation is Failed with mutationState None; a higher retryNonce tries it again',
  async *start(stage) {
    const { group, host, volume } = await takeDisk(stage, { kept: true });
    stage.onHeal(() => release(stage, host, group.pool));
    stage.onHeal(() => retry(stage, host));
    stage.onHeal(async () => stage.faults.host(host, undefined));
    const read = () => stage.operator.get(kinds.MachineInventory, host);
    const message = `blkid: ${volume.source.deviceID}: device or resource busy, held by dm-0 (mpatha)`;
    stage.faults.host(host, { storageFails: { type: 'Prepare', durable: false, message } });
    await declare(stage, host, [volume]);
    const failed = async () => phaseOf(await read()) === 'Failed';
    const next = 'the disk is let go';
    yield { did: `a volume was declared on ${host}, whose disk is held`, next, after: 240 * minute, until: failed };
    stage.faults.host(host, undefined);
    yield { did: `the disk of ${host} is free now, and nobody has asked for another attempt` };
  },
};

/** Asks for another attempt, as an operator does who has read that nothing was touched; waits for its end. */
async function* retry(stage: Stage, host: string): Plot {
  const read = () => stage.operator.get(kinds.MachineInventory, host);
  if (phaseOf(await read()) === 'Failed') {
    await edit(stage, kinds.MachineInventory, host, (draft) => {
      const { storage } = draft.spec ?? {};
      if (storage) storage.retryNonce = (storage.retryNonce ?? 0) + 1;
    });
  }
  const prepared = async () => phaseOf(await read()) === 'Prepared';
  yield { did: `${host} tries again`, next: 'its volume is adopted', after: 60 * minute, until: prepared };
}

export const storageScenarios: readonly Scenario[] = [mountFails, operationFailed, prepareFailed];
