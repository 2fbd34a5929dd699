/**
 * What a server is, as far as its TPM tells it from others: a host has the processors and the memory it has, whoever asks,
 * and a restart of the simulator finds them again. What the kubelet makes of it: k8s.io/kubernetes/pkg/kubelet/nodestatus.
 */

import { Random } from '../random.ts';
import type { MachineInventory } from '../shapes/elemental.ts';

const processors = [
  { model: 'INTEL(R) XEON(R) GOLD 6430', cores: 32 },
  { model: 'INTEL(R) XEON(R) SILVER 4416+', cores: 20 },
] as const;

/** The processors and the memory (bytes) of the server whose TPM's key has this hash. */
export function buildOf(tpmHash: string) {
  const random = new Random('build', tpmHash);
  return {
    cpu: { vendor: 'GenuineIntel', ...random.pick(processors), sockets: 2 },
    memory: random.pick([256, 512, 1024]) * 2 ** 30,
  };
}

const KiB = 2 ** 10;
const GiB = 2 ** 30;

/** What a kubelet keeps back where nobody has told it otherwise: 100Mi of memory, and a tenth (as a float32) of its disk. */
const kept = { memory: 100 * 2 ** 20, disk: Math.fround(0.1) };

/** Capacity and allocatable of the Node that a host becomes: quantities by resource. */
export function resourcesOf(inventory: MachineInventory): Record<'capacity' | 'allocatable', Record<string, string>> {
  const key = keyOf(inventory);
  const { cpu, memory } = buildOf(key);
  const total = visibleMemory(memory, new Random('memory', key));
  const disk = filesystemOf(inventory);
  const list = (storage: string, bytes: number) => ({
    cpu: String(cpu.sockets * cpu.cores * 2),
    'ephemeral-storage': storage,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${bytes / KiB}Ki`,
    pods: '110',
  });
  return {
    capacity: list(`${disk / KiB}Ki`, total),
    // A quantity that is no multiple of 1024 is told in bytes.
    allocatable: list(String(disk - Math.trunc(disk * kept.disk)), total - kept.memory),
  };
}

/** The identity that systemd gave the host's system: none that its firmware has. */
export const machineID = (inventory: MachineInventory): string =>
  new Random('machine-id', keyOf(inventory)).uuid().replaceAll('-', '');

const keyOf = ({ metadata, spec }: MachineInventory): string => spec?.tpmHash ?? metadata.name;

/** The kernel keeps a page's description for every page, 1/64, and what firmware and its own image take: never alike. */
const visibleMemory = (bytes: number, random: Random): number =>
  (Math.floor((bytes * (1 - 1 / 64)) / 4096) - random.integer(70_000, 160_000)) * 4096;

/** Bytes of the filesystem in which Pods are: ext4 on the partition that persists, less its inodes and its journal. */
function filesystemOf({ status }: MachineInventory): number {
  const devices = status?.observedStorage?.devices ?? [];
  const own = devices.find(({ stablePaths }) => stablePaths?.includes('/dev/disk/by-label/COS_PERSISTENT'));
  const bytes = own?.sizeBytes ?? 480 * GiB;
  // mke2fs.conf: an inode (256 bytes) for each 16 KiB, and for each 32 KiB from 4 TiB on.
  const perInode = bytes < 2 ** 42 ? 16_384 : 32_768;
  return Math.floor((bytes * (1 - 256 / perInode) - GiB) / 4096) * 4096;
}
