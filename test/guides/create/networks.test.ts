/** Addresses and networks against Node's own reading of them; names against what Kubernetes takes. */
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressText,
  baseOf,
  contains,
  isCanonical,
  networkText,
  overlaps,
  parseAddress,
  parseNetwork,
  sizeOf,
} from '../../../src/guides/create/cidr.ts';
import { inventoryOf, labelProblem } from '../../../src/guides/create/names.ts';

const runs = { numRuns: 200 };
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const network = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
);
const family = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4');

describe('addresses', () => {
  it('are read where Node reads them', () => {
    fc.assert(
      fc.property(address, (text) => parseAddress(text) !== undefined && isIP(text) > 0),
      runs,
    );
  });

  it('are none where Node sees none', () => {
    const almost = fc.stringMatching(/^[0-9a-f:.]{1,20}$/);
    fc.assert(
      fc.property(almost, (text) => (parseAddress(text) !== undefined) === isIP(text) > 0),
      { numRuns: 2_000 },
    );
    for (const text of ['', '1.2.3', '01.2.3.4', '1.2.3.256', ':::', '1::2::3', '1.2.3.4 ', 'fe80::1%eth0']) {
      expect(parseAddress(text)).toBeUndefined();
    }
  });

  it('are written so that they are read back', () => {
    fc.assert(
      fc.property(address, (text) => {
        expect(parseAddress(addressText(parseAddress(text)!))).toEqual(parseAddress(text));
      }),
      runs,
    );
  });
});

describe('networks', () => {
  it('hold the addresses that Node says they hold', () => {
    fc.assert(
      fc.property(network, address, ([base, prefix], other) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, family(base));
        const here = family(base) === family(other) && list.check(other, family(other));
        expect(contains(parseNetwork(`${base}/${prefix}`)!, parseAddress(other)!)).toBe(here);
      }),
      runs,
    );
  });

  it('overlap just where one holds the base of the other, whichever is asked first', () => {
    fc.assert(
      fc.property(network, network, (a, b) => {
        const [one, other] = [parseNetwork(a.join('/'))!, parseNetwork(b.join('/'))!];
        const base = (each: typeof one) => ({ family: each.family, value: baseOf(each) });
        const expected = contains(one, base(other)) || contains(other, base(one));
        expect(overlaps(one, other)).toBe(expected);
        expect(overlaps(other, one)).toBe(expected);
        expect(overlaps(one, one)).toBe(true);
      }),
      runs,
    );
  });

  it('in proper form are proper, of the same size, and overlap what they came from', () => {
    fc.assert(
      fc.property(network, (parts) => {
        const one = parseNetwork(parts.join('/'))!;
        const proper = parseNetwork(networkText(one))!;
        expect(isCanonical(proper)).toBe(true);
        expect(sizeOf(proper)).toBe(sizeOf(one));
        expect(overlaps(one, proper)).toBe(true);
      }),
      runs,
    );
  });

  it('split in halves that do not overlap', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 31 }), (base, prefix) => {
        const whole = parseNetwork(`${base}/${prefix}`)!;
        const half = (value: bigint) => ({ family: 4 as const, value, prefix: prefix + 1, text: '' });
        const [low, high] = [half(baseOf(whole)), half(baseOf(whole) + sizeOf(whole) / 2n)];
        expect(overlaps(low, high)).toBe(false);
        expect(overlaps(whole, low) && overlaps(whole, high)).toBe(true);
      }),
      runs,
    );
  });

  it.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/8/8', '::/129', '/8', 'a/8'])(
    '%s is none',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});

describe('names', () => {
  it('are labels just where Kubernetes says so', () => {
    const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
    const text = fc.stringMatching(/^[a-zA-Z0-9._-]{0,70}$/);
    fc.assert(
      fc.property(text, (one) => (labelProblem(one) === undefined) === (one.length <= 63 && label.test(one))),
      {
        numRuns: 500,
      },
    );
  });

  it('of hosts are as elemental-register makes them: clean, lower case, 58 characters at most', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][-a-z0-9]{0,40}[a-z0-9]$/), fc.uuid(), (cluster, uuid) => {
        const name = inventoryOf(cluster, uuid.toUpperCase());
        expect(name.length).toBeLessThanOrEqual(58);
        expect(name).toMatch(/^[a-z0-9.-]+$/);
        if (cluster.length <= 21 && !cluster.includes('--')) expect(name).toBe(`${cluster}-${uuid}`);
      }),
      runs,
    );
  });
});
