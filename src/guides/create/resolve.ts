/** Which MachineInventory a host of the answers is: by its name, or by what was seen of its hardware. */
import type { HostAnswer } from './answers.ts';
import type { KnownHost } from './known.ts';
import { inventoryOf } from './names.ts';

export interface Resolved {
  /** Name of the inventory; where the host has not registered, as it will be where its UUID is known. */
  name?: string;
  /** The registered host. */
  host?: KnownHost;
  /** What was expected and is otherwise: another serial, UUID, MAC or address than answered. */
  differs: readonly string[];
}

const same = (a: string | undefined, b: string | undefined) => a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** Finds a host of the answers among those that have registered. */
export function resolveHost(cluster: string | undefined, answer: HostAnswer, hosts: readonly KnownHost[]): Resolved {
  const { inventory, serial, uuid, mac } = answer;
  const host = hosts.find((each) =>
    inventory !== undefined
      ? each.name === inventory
      : uuid !== undefined
        ? same(uuid, each.uuid)
        : serial !== undefined
          ? same(serial, each.serial)
          : mac !== undefined && each.macs.some((one) => same(mac, one)),
  );
  if (host) return { name: host.name, host, differs: differences(answer, host) };
  const name = inventory ?? (uuid !== undefined && cluster ? inventoryOf(cluster, uuid) : undefined);
  return { name, differs: [] };
}

/** What a registered host shows otherwise than it was answered. */
function differences({ serial, uuid, mac, address }: HostAnswer, host: KnownHost): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: string | undefined, seen: readonly string[]) => {
    if (wanted === undefined || seen.some((one) => same(wanted, one))) return;
    found.push(`${what} is ${seen.length > 0 ? seen.join(', ') : 'not known'}, not ${wanted}`);
  };
  compare('serial', serial, host.serial === undefined ? [] : [host.serial]);
  compare('UUID', uuid, host.uuid === undefined ? [] : [host.uuid]);
  compare('MAC', mac, host.macs);
  compare(
    'address',
    address,
    host.addresses.map((text) => (address?.includes('/') ? text : (text.split('/')[0] ?? text))),
  );
  return found;
}
