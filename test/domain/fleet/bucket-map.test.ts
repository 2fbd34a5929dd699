import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BucketMap, type Difference, differences } from '../../../src/domain/fleet/bucket-map.ts';

const edits = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }).map(String), fc.option(fc.nat(3), { nil: undefined })));
const sorted = (found: Difference<number>[]) => found.map((each) => JSON.stringify(each)).sort();

it('tells the differences of two versions as one comparing every key does', () => {
  fc.assert(
    fc.property(edits, edits, (first, second) => {
      const before = BucketMap.empty<number>().with(new Map(first));
      const after = before.with(new Map(second));
      const found = differences(before, after);
      expect(sorted(found)).toEqual(sorted(differences(new Map(before), new Map(after))));
      const keys = new Set([...before.keys(), ...after.keys()]);
      expect(found).toHaveLength([...keys].filter((key) => before.get(key) !== after.get(key)).length);
      expect(found.every((each) => each.before !== each.after)).toBe(true);
    }),
  );
});
