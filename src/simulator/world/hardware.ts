/** Servers in racks: plausible, and the same for the same seed and place. */

import type { Hardware } from '../controllers/elemental/hardware.ts';
import { installedDevices } from '../controllers/hosts/disks.ts';
import { buildOf } from '../controllers/hosts/server.ts';
import { Random } from '../controllers/random.ts';
import type { StorageDevice } from '../controllers/shapes/elemental.ts';

/** Sites and years of factories, as HPE's serial numbers begin with them and go on with the week. */
const factories = ['CZJ', 'MXQ', 'SGH', 'USE'] as const;

/**
 * The serial numbers of a server and of its board, as its maker gives them; `random` beside those that all makers share.
 * Dell: the service tag; HPE: site, year, week and four more; Lenovo: eight.
 */
function serialsOf(vendor: string, mark: string, random: Random): { serial: string; board: string } {
  if (vendor === 'HPE') {
    const week = String(random.integer(1, 52)).padStart(2, '0');
    const serial = `${random.pick(factories)}${random.integer(3, 5)}${week}${mark.slice(0, 4)}`;
    return { serial, board: `P${random.suffix(13).toUpperCase()}` };
  }
  if (vendor === 'Lenovo') return { serial: `J${mark}`, board: `Z1ZS${random.suffix(8).toUpperCase()}` };
  return { serial: mark, board: `.${mark}.CNFCP00.` };
}

/** `ouis`: whose addresses the makers of its network cards give them. */
const models = [
  {
    vendor: 'Dell Inc.',
    product: 'PowerEdge R660',
    nics: ['eno8303', 'eno8403'],
    ouis: ['b0:7b:25', 'd0:8e:79', 'c8:4b:d6', '54:48:10'],
  },
  {
    vendor: 'Dell Inc.',
    product: 'PowerEdge R760',
    nics: ['eno12399np0', 'eno12409np1'],
    ouis: ['bc:97:e1', '84:16:0c'],
  },
  {
    vendor: 'HPE',
    product: 'ProLiant DL360 Gen11',
    nics: ['ens1f0', 'ens1f1'],
    ouis: ['5c:ed:8c', '94:40:c9', '88:e9:a4'],
  },
  {
    vendor: 'Lenovo',
    product: 'ThinkSystem SR650 V3',
    nics: ['ens2f0np0', 'ens2f1np1'],
    ouis: ['b8:ce:f6', '10:70:fd', 'e8:eb:d3'],
  },
] as const;

/** Disks, with the identities that their makers give them: those of NVMe hold the maker's own number. */
const disks = [
  {
    ...{ model: 'SAMSUNG MZQL27T6HBLA-00A07', size: 7_681_501_126_656 },
    serial: (random: Random) => `S6${digits(random, 1)}${capitals(random, 5)}${digits(random, 6)}`,
    eui: (random: Random) => `3634${digits(random, 2)}304${random.hex(7)}002538${random.hex(8)}01`,
  },
  {
    ...{ model: 'INTEL SSDPF2KX038T1', size: 3_840_755_982_336 },
    serial: (random: Random) => `PHAX${digits(random, 7)}${capitals(random, 1)}3P8CGN`,
    eui: (random: Random) => `01000000000000005cd2e4${random.hex(10)}`,
  },
  {
    ...{ model: 'KIOXIA KCD81RUG3T84', size: 3_840_755_982_336 },
    serial: (random: Random) =>
      `${digits(random, 1)}${capitals(random, 1)}20A0${capitals(random, 2)}T${digits(random, 1)}X8`,
    eui: (random: Random) => `8ce38ee${random.hex(9)}`,
  },
] as const;

const digits = (random: Random, length: number): string =>
  String(random.integer(0, 10 ** length - 1)).padStart(length, '0');
const capitals = (random: Random, length: number): string => random.suffix(length).replace(/\d/g, 'X').toUpperCase();

/** The share of hosts whose OS brings the newer agent. */
const newShare = 0.12;

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

/**
 * A virtual address in the network of the host with a running number, as servers that share one need it; the `at`th there.
 * The servers of a rack have the addresses from 13 to 49.
 */
export function virtualAddress(index: number, at: number): string {
  const { rack } = placeOf(index);
  return `10.${20 + (rack >> 8)}.${rack & 255}.${230 + (at % 20)}`;
}

/** The server with a running number. */
export function hardwareAt(seed: string, index: number): Hardware {
  const random = new Random(seed, 'hardware', index);
  const model = random.pick(models);
  const uuid = random.uuid();
  const mark = random.suffix(7).toUpperCase();
  const { serial, board } = serialsOf(model.vendor, mark, new Random(seed, 'serial', index));
  const devices = devicesOf(random, new Random(seed, 'kept', index));
  const tpmHash = random.hex(64);
  const { cpu, memory } = buildOf(tpmHash);
  const [first, second] = macs(seed, index, new Random(seed, 'build', index).pick(model.ouis));
  const { rack, unit } = placeOf(index);
  const address = `10.${20 + (rack >> 8)}.${rack & 255}.${unit + 10}`;
  return {
    uuid,
    smbios: {
      'System Information/UUID': uuid,
      'System Information/Serial Number': serial,
      'System Information/Manufacturer': model.vendor,
      'System Information/Product Name': model.product,
      'System Information/Family': model.product.split(' ')[0]!,
      'System Information/SKU Number': `SKU-${model.product.replaceAll(' ', '')}`,
      'System Information/Version': 'Not Specified',
      'BIOS Information/Vendor': model.vendor,
      'BIOS Information/Version': '2.4.4',
      'BIOS Information/Release Date': '09/27/2025',
      'Base Board Information/Manufacturer': model.vendor,
      'Base Board Information/Product Name': `${model.product.split(' ').at(-1)} board`,
      'Base Board Information/Serial Number': board,
      'Chassis Information/Asset Tag': rackName(index),
      'Chassis Information/Manufacturer': model.vendor,
      'Chassis Information/Serial Number': serial,
      'Chassis Information/Type': 'Rack Mount Chassis',
      'Processor Information/Manufacturer': 'Intel(R) Corporation',
      'Processor Information/Version': cpu.model,
    },
    cpu,
    memory,
    osVersion: new Random(seed, 'os', index).chance(newShare) ? '6.2' : '6.1',
    network: {
      interfaces: [
        { name: model.nics[0], mac: first, mtu: 1500, addresses: [`${address}/24`] },
        { name: model.nics[1], mac: second, mtu: 1500 },
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
    devices,
    tpmHash,
    bootID: random.uuid(),
  };
}

function devicesOf(random: Random, kept: Random): StorageDevice[] {
  const disks = [0, 1, 2].map((at) => disk(random, at));
  // The servers have had an earlier life, and the last disk still holds what it was given then.
  disks[2]!.filesystem = { type: 'xfs', uuid: kept.uuid() };
  return installedDevices(disks, random);
}

/** The addresses of the two ports of a card, one after the other. No two cards of a seed share any, wherever they are. */
function macs(seed: string, index: number, oui: string): [string, string] {
  let offset = offsets.get(seed);
  if (offset === undefined) {
    offset = new Random(seed, 'cards').integer(0, 2 ** 23 - 1);
    offsets.set(seed, offset);
  }
  // An odd factor takes each number to another one.
  const card = ((index * 5_772_157 + offset) % 2 ** 23) * 2;
  const address = (number: number) => {
    const digits = number.toString(16).padStart(6, '0');
    return `${oui}:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
  };
  return [address(card), address(card + 1)];
}

/** Where the numbers of cards begin, by seed. */
const offsets = new Map<string, number>();

function disk(random: Random, at: number): StorageDevice {
  const make = random.pick(disks);
  const { model, size } = make;
  const serial = make.serial(random);
  const id = `nvme-eui:${make.eui(random)}`;
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
