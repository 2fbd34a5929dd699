/**
 * Addresses and networks of both families, as numbers. By hand: `node:net` tells whether an address is in a network, but
 * neither whether a network is written with its base address, nor how large it is, nor whether two overlap.
 */

export interface Address {
  family: 4 | 6;
  value: bigint;
}

export interface Network extends Address {
  /** Length of the prefix. */
  prefix: number;
  /** The text it was read from. */
  text: string;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** An address without zone or prefix; undefined where it is none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseSix(text) : parseFour(text);
}

function parseFour(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // A leading zero means octal to some readers: refused, as Kubernetes does.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { family: 4, value };
}

function parseSix(text: string): Address | undefined {
  let rest = text;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const four = parseFour(dotted[2]!);
    if (!four) return undefined;
    rest = `${dotted[1]}${(four.value >> 16n).toString(16)}:${(four.value & 0xffffn).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const all = [...head, ...Array<string>(8 - given).fill('0'), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { family: 6, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

/** A network in CIDR notation, whether or not bits behind the prefix are set; undefined where it is none. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const prefix = Number(length);
  return prefix <= WIDTH[parsed.family] ? { ...parsed, prefix, text } : undefined;
}

const below = ({ family, prefix }: Network): bigint => 1n << BigInt(WIDTH[family] - prefix);

/** The first address of a network. */
export function baseOf(network: Network): bigint {
  return network.value - (network.value % below(network));
}

/** How many addresses a network holds. */
export function sizeOf(network: Network): bigint {
  return below(network);
}

/** Whether no bit behind the prefix is set. */
export function isCanonical(network: Network): boolean {
  return baseOf(network) === network.value;
}

/** Whether two networks share an address. */
export function overlaps(one: Network, other: Network): boolean {
  if (one.family !== other.family) return false;
  return baseOf(one) < baseOf(other) + sizeOf(other) && baseOf(other) < baseOf(one) + sizeOf(one);
}

/** Whether an address is in a network. */
export function contains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const base = baseOf(network);
  return address.value >= base && address.value < base + sizeOf(network);
}

/** Whether an address names the network itself or, for IPv4, everybody in it. */
export function isEdge(network: Network, address: Address): boolean {
  if (network.family !== 4 || network.prefix > 30) return false;
  const base = baseOf(network);
  return address.value === base || address.value === base + sizeOf(network) - 1n;
}

/** The network in its proper form. */
export function networkText(network: Network): string {
  return `${addressText({ family: network.family, value: baseOf(network) })}/${network.prefix}`;
}

/** An address as text; IPv6 without `::`. */
export function addressText({ family, value }: Address): string {
  const [step, groups, radix, glue] = family === 4 ? ([8n, 4, 10, '.'] as const) : ([16n, 8, 16, ':'] as const);
  const found: string[] = [];
  for (let at = 0; at < groups; at += 1) {
    found.unshift(((value >> (step * BigInt(at))) & ((1n << step) - 1n)).toString(radix));
  }
  return found.join(glue);
}
