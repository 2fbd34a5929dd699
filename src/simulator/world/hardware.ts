/** Servers in racks: plausible, and the same for the same seed and place. */

import type { Hardware } from '../controllers/elemental/register.ts';
import { installedDevices } from '../controllers/hosts/disks.ts';
import { Random } from '../controllers/random.ts';
import type { StorageDevice } from '../controllers/shapes/elemental.ts';

const models = [
  { vendor: 'Dell Inc.', product: 'PowerEdge R660', nics: ['eno8303', 'eno8403'] },
  { vendor: 'Dell Inc.', product: 'PowerEdge R760', nics: ['eno12399np0', 'eno12409np1'] },
  { vendor: 'HPE', product: 'ProLiant DL360 Gen11', nics: ['ens1f0', 'ens1f1'] },
  { vendor: 'Lenovo', product: 'ThinkSystem SR650 V3', nics: ['ens2f0np0', 'ens2f1np1'] },
] as const;

const disks = [
  { model: 'SAMSUNG MZQL27T6HBLA', size: 7_681_501_126_656 },
  { model: 'INTEL SSDPF2KX038T1', size: 3_840_755_982_336 },
  { model: 'KIOXIA KCD81RUG3T84', size: 3_840_755_982_336 },
] as const;

const unitsPerRack = 19;

/** Where the host of a running number stands: rack and unit, both from 1; two units a server, the lowest two empty. */
export function placeOf(index: number): { rack: number; unit: number } {
  return { rack: Math.floor(index / unitsPerRack) + 1, unit: (index % unitsPerRack) * 2 + 3 };
}

/** `dc1-r03-u12`. */
export function rackName(index: number): string {
  const { rack, unit } = placeOf(index);
  return `dc1-r${String(rack).padStart(2, '0')}-u${String(unit).padStart(2, '0')}`;
}

/** The server with a running number. */
export function hardwareAt(seed: string, index: number): Hardware {
  const random = new Random(seed, 'hardware', index);
  const model = random.pick(models);
  const uuid = random.uuid();
  const serial = random.suffix(7).toUpperCase();
  const { rack, unit } = placeOf(index);
  const address = `10.${20 + (rack >> 8)}.${rack & 255}.${unit + 10}`;
  const mac = (last: number) =>
    `${random.hex(10).replace(/(..)/g, '$1:')}${(last & 255).toString(16).padStart(2, '0')}`;
  return {
    uuid,
    smbios: {
      'System Information/UUID': uuid,
      'System Information/Serial Number': serial,
      'System Information/Manufacturer': model.vendor,
      'System Information/Product Name': model.product,
      'Chassis Information/Asset Tag': rackName(index),
    },
    network: {
      interfaces: [
        { name: model.nics[0], mac: `b4:${mac(0).slice(3)}`, mtu: 1500, addresses: [`${address}/24`] },
        { name: model.nics[1], mac: `b4:${mac(1).slice(3)}`, mtu: 1500 },
      ],
      routes: [
        {
          destination: 'default',
          gateway: `10.${20 + (rack >> 8)}.${rack & 255}.1`,
          interface: model.nics[0],
          metric: 100,
        },
        { destination: `10.${20 + (rack >> 8)}.${rack & 255}.0/24`, interface: model.nics[0], metric: 100 },
      ],
      dnsServers: ['10.1.0.53', '10.1.1.53'],
      searchDomains: ['dc1.example'],
    },
    devices: devicesOf(random),
    tpmHash: random.hex(64),
    bootID: random.uuid(),
  };
}

function devicesOf(random: Random): StorageDevice[] {
  const disks = [0, 1, 2].map((at) => disk(random, `nvme-eui:${random.hex(32)}`, at));
  return installedDevices(disks, random);
}

function disk(random: Random, id: string, at: number): StorageDevice {
  const { model, size } = random.pick(disks);
  const serial = `S${random.suffix(13).toUpperCase()}`;
  return {
    id,
    kind: 'DirectDisk',
    systemRole: 'Data',
    path: `/dev/nvme${at}n1`,
    stablePaths: [
      `/dev/disk/by-id/nvme-eui.${id.slice(9)}`,
      `/dev/disk/by-id/nvme-${model.replaceAll(' ', '_')}_${serial}`,
    ],
    model,
    serial,
    transport: 'nvme',
    sizeBytes: size,
    rotational: false,
    removable: false,
    readOnly: false,
  };
}
