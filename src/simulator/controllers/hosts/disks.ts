/** What the storage observer sees of a host's disks: before and after the system is installed, with volumes or without. */

import { Random } from '../random.ts';
import type { StorageDevice } from '../shapes/elemental.ts';

/** The partitions an installation makes: label, filesystem, bytes. */
const layout = [
  ['COS_GRUB', 'vfat', 67_108_864],
  ['COS_OEM', 'ext4', 67_108_864],
  ['COS_STATE', 'btrfs', 21_474_836_480],
  ['COS_PERSISTENT', 'ext4', 900_000_000_000],
] as const;

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
  let start = 1_048_576;
  const partitions = layout.map(([label, type, size], at): StorageDevice => {
    const partition: StorageDevice = {
      id: `partuuid:${random.uuid()}`,
      kind: 'Partition',
      systemRole: 'System',
      path: `${system.path}p${at + 1}`,
      stablePaths: [`/dev/disk/by-partlabel/${label.toLowerCase()}`, `/dev/disk/by-label/${label}`],
      parentID: system.id,
      sizeBytes: size,
      startBytes: start,
      filesystem: { type, uuid: random.uuid() },
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
    const uuid = volume.uuid ?? new Random('filesystem', host, device.id).uuid();
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
