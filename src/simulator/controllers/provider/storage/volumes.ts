/** The volumes an operator declares for a host: their hash, what a plan says of them, and whether they can be had. */

import type { PlannedVolume } from '../../hosts/disks.ts';
import { checksumOf } from '../../plan-secret.ts';
import type { MachineInventory, StorageDevice, StorageVolume, VolumeStatus } from '../../shapes/elemental.ts';

/** How the simulator hashes a declaration. The real way is not public. */
export const hashVersion = 'sim-v1';

/** The declared volumes of a host; those without a name or a device are not taken seriously. */
export function declaredVolumes(inventory: MachineInventory): StorageVolume[] {
  return (inventory.spec?.storage?.volumes ?? []).filter(
    ({ name, source, mount, filesystem }) => name && source?.deviceID && mount?.path && filesystem?.type,
  );
}

/** The hash of a declaration: `retryNonce` and the order of volumes do not count. */
export function specHash(volumes: readonly StorageVolume[]): string {
  const normal = volumes
    .map(({ name, source, filesystem, mount }) => [
      name,
      source.deviceID,
      String(source.minimumSize ?? ''),
      filesystem.policy,
      filesystem.type,
      filesystem.expectedUUID ?? '',
      mount.path,
      [...(mount.options ?? [])].sort(),
      mount.required ?? true,
    ])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  return `sha256:${checksumOf(JSON.stringify(normal))}`;
}

/** The volumes as a plan carries them: what is prepared, as it was prepared. */
export function plannedVolumes(inventory: MachineInventory): PlannedVolume[] {
  return (inventory.status?.storage?.appliedVolumes ?? []).map((volume) => ({
    name: volume.name,
    deviceID: volume.deviceID,
    type: volume.filesystemType,
    uuid: volume.filesystemUUID,
    path: volume.mountPath,
    options: volume.mountOptions ?? [],
  }));
}

/** The same for a declaration that is not applied yet. */
export function toPrepare(volumes: readonly StorageVolume[]): PlannedVolume[] {
  return volumes.map(({ name, source, filesystem, mount }) => ({
    name,
    deviceID: source.deviceID,
    type: filesystem.type,
    uuid: filesystem.expectedUUID,
    path: mount.path,
    options: mount.options ?? [],
  }));
}

const protectedPaths = /^\/(|boot|dev|etc|oem|proc|root|run|sys|tmp|usr|var)(\/|$)/;
const allowedBelowVar = /^\/var\/(cpaas|lib\/(containerd|docker|etcd|kubelet|rook)|data|mnt|srv|www)(\/|$)/;

/** Why the volumes cannot be had on these devices; empty where they can. Each entry names its volume. */
export function problemsOf(volumes: readonly StorageVolume[], devices: readonly StorageDevice[]): string[] {
  const problems: string[] = [];
  const taken = new Set<string>();
  for (const { name, source, filesystem, mount } of volumes) {
    const no = (why: string) => problems.push(`volume ${name}: ${why}`);
    const device = devices.find(({ id }) => id === source.deviceID);
    if (taken.has(source.deviceID)) no(`device ${source.deviceID} is declared twice`);
    taken.add(source.deviceID);
    if (!device) no(`device ${source.deviceID} is not reported by the host`);
    else if (device.systemRole !== 'Data') no(`device ${device.id} has role ${device.systemRole}, not Data`);
    else if (device.sizeBytes !== undefined && device.sizeBytes < bytes(source.minimumSize)) {
      no(`device ${device.id} is smaller than ${source.minimumSize}`);
    } else if (filesystem.policy === 'Adopt' && !device.filesystem)
      no(`device ${device.id} has no filesystem to adopt`);
    else if (filesystem.policy === 'Adopt' && device.filesystem?.uuid !== filesystem.expectedUUID) {
      no(`filesystem ${device.filesystem?.uuid} is not the expected ${filesystem.expectedUUID}`);
    } else if (filesystem.policy === 'InitializeIfBlank' && device.filesystem) no(`device ${device.id} is not blank`);
    if (protectedPaths.test(mount.path) && !allowedBelowVar.test(mount.path)) no(`path ${mount.path} is protected`);
    if (mount.path === '/var/cpaas' && mount.required === false) no('/var/cpaas must be required');
  }
  return problems;
}

/** A Kubernetes quantity in bytes; 0 where there is none. */
function bytes(quantity: number | string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE]i?|k)?$/.exec(String(quantity ?? ''));
  if (!match) return 0;
  const unit = match[2] ?? '';
  const power = ' KMGTPE'.indexOf(unit.charAt(0).toUpperCase() || ' ');
  return Number(match[1]) * (unit.endsWith('i') ? 1024 : 1000) ** power;
}

/** The journal's entries for volumes whose filesystems are there. */
export function appliedVolumes(
  volumes: readonly StorageVolume[],
  devices: readonly StorageDevice[],
  operation: string,
  at: string,
): VolumeStatus[] {
  return volumes.map(({ name, source, filesystem, mount }) => {
    const device = devices.find(({ id }) => id === source.deviceID);
    const status: VolumeStatus = {
      name,
      deviceID: source.deviceID,
      filesystemPolicy: filesystem.policy,
      filesystemType: filesystem.type,
      mountPath: mount.path,
      required: mount.required ?? true,
      effectiveRequired: mount.required ?? true,
      active: false,
      lastOperationID: operation,
      lastTransitionTime: at,
      mutationState: filesystem.policy === 'Adopt' ? 'None' : 'DurableStateChanged',
      phase: 'Prepared',
    };
    if (filesystem.expectedUUID) status.expectedFilesystemUUID = filesystem.expectedUUID;
    if (device?.filesystem?.uuid) status.filesystemUUID = device.filesystem.uuid;
    if (device?.path) status.resolvedPath = device.path;
    if (mount.options?.length) status.mountOptions = mount.options;
    return status;
  });
}

/** The required volumes, or all of them, that are not mounted where they belong. */
export function unmounted(volumes: readonly VolumeStatus[], devices: readonly StorageDevice[]): VolumeStatus[] {
  return volumes.filter(({ deviceID, mountPath }) => {
    const device = devices.find(({ id }) => id === deviceID);
    return !device?.mounts?.some(({ path }) => path === mountPath);
  });
}
