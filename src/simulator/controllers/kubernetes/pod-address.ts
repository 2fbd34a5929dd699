import { digest } from '../digest.ts';

/** An address of a network of IPv4 as a CIDR, chosen by `key`; undefined for what is none. */
export function podAddress(network: string, key: string): string | undefined {
  const [, base = '', bits = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(network) ?? [];
  const room = 2 ** (32 - Number(bits));
  if (!base || room < 16) return undefined;
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  // The first addresses are the network's own.
  const drawn = first + 4 + (Number.parseInt(digest(key).slice(0, 8), 16) % (room - 8));
  // What looks like the address of a network, or of all that is in it, is given to nobody.
  const address = drawn % 256 === 0 ? drawn + 1 : drawn % 256 === 255 ? drawn - 1 : drawn;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
