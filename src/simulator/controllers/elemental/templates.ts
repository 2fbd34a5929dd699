/**
 * The variables of a registration's templates that hardware can answer: dmidecode's sections, hostinfo's fields, the older
 * `System Data`, and chance. Source of the names: elemental-operator, pkg/templater, pkg/dmidecode, pkg/hostinfo.
 */

import type { Random } from '../random.ts';
import type { Hardware } from './hardware.ts';

/** The value of a variable, without `${}`; undefined where the hardware does not know it. `random` is asked for chance. */
export function answer(path: string, hardware: Hardware, random: () => Random): string | undefined {
  const known = Object.hasOwn(hardware.smbios, path) ? hardware.smbios[path] : undefined;
  return known ?? chance(path, random) ?? hostinfo(path, hardware) ?? systemData(path, hardware);
}

function chance(path: string, random: () => Random): string | undefined {
  if (path === 'Random/UUID') return random().uuid();
  const [, kind, size] = /^Random\/(Hex|Int)\/(\d+)$/.exec(path) ?? [];
  const number = Number(size);
  if (kind === 'Hex') return number >= 1 && number <= 32 ? random().hex(number) : undefined;
  if (kind === 'Int') return number >= 1 ? String(random().integer(0, number - 1)) : undefined;
  return undefined;
}

/** Where hostinfo's words stand in SMBIOS. */
const sections: Record<string, string> = {
  BIOS: 'BIOS Information',
  Baseboard: 'Base Board Information',
  Chassis: 'Chassis Information',
  Product: 'System Information',
};

const fields: Record<string, string> = {
  AssetTag: 'Asset Tag',
  Date: 'Release Date',
  Family: 'Family',
  Name: 'Product Name',
  Product: 'Product Name',
  SKU: 'SKU Number',
  SerialNumber: 'Serial Number',
  TypeDescription: 'Type',
  UUID: 'UUID',
  Version: 'Version',
};

function hostinfo(path: string, hardware: Hardware): string | undefined {
  const [family = '', ...rest] = path.split('/');
  const section = Object.hasOwn(sections, family) ? sections[family] : undefined;
  const field = rest.join('/');
  if (section) {
    const vendor = family === 'BIOS' ? 'Vendor' : 'Manufacturer';
    return hardware.smbios[
      `${section}/${field === 'Vendor' ? vendor : Object.hasOwn(fields, field) ? fields[field] : field}`
    ];
  }
  const { cpu, memory = 0, network } = hardware;
  switch (family) {
    case 'CPU': {
      const [, index, what] = /^Processors\/(\d+)\/(\w+)$/.exec(field) ?? [];
      if (!cpu) return undefined;
      if (index === undefined) return count(field, cpu.sockets, cpu);
      if (Number(index) >= cpu.sockets) return undefined;
      if (what === 'Model' || what === 'Vendor') return what === 'Model' ? cpu.model : cpu.vendor;
      return what === 'ID' ? index : count(what ?? '', 1, cpu);
    }
    case 'Memory':
      return /^Total(Physical|Usable)Bytes$/.test(field) && memory > 0 ? String(memory) : undefined;
    case 'Network':
      return nic(field, network.interfaces ?? []);
    default:
      return undefined;
  }
}

function count(what: string, sockets: number, { cores }: { cores: number }): string | undefined {
  if (what === 'TotalCores') return String(sockets * cores);
  if (what === 'TotalThreads') return String(sockets * cores * 2);
  return what === 'TotalProcessors' ? String(sockets) : undefined;
}

function nic(field: string, nics: NonNullable<Hardware['network']['interfaces']>): string | undefined {
  if (field === 'TotalNICs') return String(nics.length);
  const [, index, what] = /^NICs\/(\d+)\/(\w+)$/.exec(field) ?? [];
  const one = nics[Number(index ?? Number.NaN)];
  const addresses = one?.addresses ?? [];
  switch (what) {
    case 'Name':
      return one?.name;
    case 'MacAddress':
      return one?.mac;
    case 'IPv4Address':
      return addresses.find((address) => address.includes('.'))?.split('/')[0];
    case 'IPv6Address':
      return addresses.find((address) => address.includes(':'))?.split('/')[0];
    case 'Speed':
      return one && '25000Mb/s';
    default:
      return undefined;
  }
}

/** The names of the first templates, which are still understood. */
function systemData(path: string, hardware: Hardware): string | undefined {
  const [family, section, ...rest] = path.split('/');
  if (family !== 'System Data') return undefined;
  const field = rest.join('/').replaceAll(' ', '');
  const disks = hardware.devices.filter(({ kind }) => kind !== 'Partition');
  switch (section) {
    case 'CPU':
      return hostinfo(`CPU/${/^(Model|Vendor)$/.test(field) ? `Processors/0/${field}` : field}`, hardware);
    case 'Memory':
      return hostinfo(`Memory/${field}`, hardware);
    case 'Network': {
      if (field === 'NumberInterfaces') return nic('TotalNICs', hardware.network.interfaces ?? []);
      const at = (hardware.network.interfaces ?? []).findIndex(({ name }) => name === rest[0]);
      return at < 0
        ? undefined
        : nic(`NICs/${at}/${(rest[1] ?? '').replaceAll(' ', '')}`, hardware.network.interfaces ?? []);
    }
    case 'Block Devices': {
      if (field === 'NumberDevices') return String(disks.length);
      const disk = disks.find((one) => one.path === `/dev/${rest[0]}`);
      const known = { Size: String(disk?.sizeBytes ?? ''), Name: rest[0], Model: disk?.model };
      return disk && known[rest[1] as keyof typeof known];
    }
    default:
      return undefined;
  }
}
