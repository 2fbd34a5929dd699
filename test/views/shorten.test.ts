/** Names without room for all of them are cut where they are still told apart. */
import { expect, it } from 'vitest';
import { cut } from '../../views/parts/fit.ts';
import { cutApart } from '../../views/parts/shorten.ts';

it.each<[string, number, string[], string[]]>([
  [
    'in their middle, as a rule',
    18,
    ['edge-a-1ab731f5-ae15-4501-bc26-bed4bfc857dc', 'edge-a-284faac6-7959-4800-8b19-dd9342f94aa7'],
    ['edge-a…ed4bfc857dc', 'edge-a…d9342f94aa7'],
  ],
  [
    'at their end, where they differ at their start',
    12,
    ['r01-u03.dc1.example.com', 'r01-u05.dc1.example.com', 'short'],
    ['r01-u03.dc1…', 'r01-u05.dc1…', 'short'],
  ],
  [
    'at their start, where they differ right before what all end with',
    20,
    ['depot-unit-a1.compute.internal', 'depot-unit-b2.compute.internal'],
    ['…a1.compute.internal', '…b2.compute.internal'],
  ],
  [
    'at both ends, where they differ between what all of them have in common',
    12,
    ['m-4c4c4544-0035-4d10-8051-b4c04f4b3732', 'm-4c4c4544-0036-4d10-8051-b4c04f4b3732'],
    ['…5-4d10-805…', '…6-4d10-805…'],
  ],
  [
    'where most of them stay different, where not all can',
    6,
    ['ab-1-of-the-north', 'ab-2-of-the-north', 'ab-2-of-a-cold-north'],
    ['ab-1-…', 'ab-2-…', 'ab-2-…'],
  ],
])('cuts names %s', (_, cells, names, expected) => {
  const way = cutApart(names, cells);
  expect(names.map((name) => cut(name, cells, way))).toEqual(expected);
});
