/** What the storage observer sees of a host's disks: before and after the system is installed, with volumes or without. */

import { Random } from '../random.ts';
import type { StorageDevice } from '../shapes/elemental.ts';

const MiB = 2 ** 20;

/**
 * The partitions an installation makes: label, name in the partition table, filesystem, MiB. The last takes what is left.
 * Source: elemental-toolkit, pkg/constants.
 */
const layout = [
  ['COS_GRUB', 'efi', 'vfat', 64],
  ['COS_OEM', 'oem', 'ext4', 64],
  ['COS_RECOVERY', 'recovery', 'ext4', 8192],
  ['COS_STATE', 'state', 'btrfs', 15_360],
  ['COS_PERSISTENT', 'persistent', 'ext4', 0],
] as const;

/** The identity of a new filesystem: FAT has a serial number of 32 bits, all others a UUID. */
export const filesystemId = (type: string, random: Random): string =>
  type === 'vfat' ? random.hex(8).toUpperCase().replace(/^..../, '$&-') : random.uuid();

/** A volume as a plan tells the host. */
export interface PlannedVolume {
  name: string;
  deviceID: string;
  type: string;
  uuid?: string;
  path: string;
  options: string[];
}

/** Whether a report is from the live system, which cannot tell which disk will be the system's. */
export function isLiveReport(devices: readonly StorageDevice[] | undefined): boolean {
  return Boolean(devices?.length) && devices!.every(({ systemRole }) => systemRole === 'Unknown');
}

/** The devices as the live system sees them: bare disks of unknown role. */
export function liveDevices(devices: readonly StorageDevice[]): StorageDevice[] {
  return devices
    .filter(({ kind }) => kind !== 'Partition')
    .map(({ partitionTableType: _table, systemEvidence: _evidence, ...disk }) => ({ ...disk, systemRole: 'Unknown' }));
}

/** The disks after an installation onto the first of them, which gets its partitions with identities of `random`. */
export function installedDevices(disks: readonly StorageDevice[], random: Random): StorageDevice[] {
  const [first, ...others] = disks;
  if (!first) return [];
  const system: StorageDevice = {
    ...first,
    systemRole: 'System',
    partitionTableType: 'gpt',
    systemEvidence: ['contains COS_STATE', 'contains COS_PERSISTENT'],
  };
  let start = MiB;
  // GPT keeps a second table in the last MiB, and partitions begin and end at whole ones.
  const end = (Math.floor((system.sizeBytes ?? 0) / MiB) - 1) * MiB;
  const partitions = layout.map(([label, name, type, wanted], at): StorageDevice => {
    const size = wanted === 0 ? end - start : wanted * MiB;
    const partition: StorageDevice = {
      id: `partuuid:${random.uuid()}`,
      kind: 'Partition',
      systemRole: 'System',
      path: `${system.path}p${at + 1}`,
      stablePaths: [`/dev/disk/by-partlabel/${name}`, `/dev/disk/by-label/${label}`],
      parentID: system.id,
      sizeBytes: size,
      startBytes: start,
      filesystem: { type, uuid: filesystemId(type, random) },
    };
    start += size;
    return partition;
  });
  return [system, ...partitions, ...others.map((disk) => ({ ...disk, systemRole: 'Data' }))];
}

/** The devices once the filesystems of `volumes` are there; a filesystem that is there stays. */
export function withFilesystems(devices: readonly StorageDevice[], volumes: readonly PlannedVolume[], host: string) {
  return devices.map((device): StorageDevice => {
    const volume = volumes.find(({ deviceID }) => deviceID === device.id);
    if (!volume || device.filesystem) return device;
    const uuid = volume.uuid ?? filesystemId(volume.type, new Random('filesystem', host, device.id));
    return { ...device, filesystem: { type: volume.type, uuid } };
  });
}

/** The devices with exactly `volumes` mounted, besides what the system mounts itself. */
export function withMounts(devices: readonly StorageDevice[], volumes: readonly PlannedVolume[]): StorageDevice[] {
  return devices.map((device) => {
    const { mounts: _mounts, ...bare } = device;
    if (device.systemRole === 'System') return device;
    const mounted = volumes.filter(({ deviceID }) => deviceID === device.id);
    if (mounted.length === 0) return bare;
    return { ...bare, mounts: mounted.map(({ path, options }) => ({ path, ...(options.length ? { options } : {}) })) };
  });
}
