/** What the bundle puts in the place of others says exactly what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import Output from '../node_modules/ink/build/output.js';
import LeanOutput from '../scripts/lean/ink-output.ts';
import { LazySegmenter } from '../scripts/lean/segmenter.ts';
import leanWidth from '../scripts/lean/string-width.ts';

const pieces = [
  '\u001b[31m',
  '\u001b[0m',
  '\u001b[38;5;9m',
  '\u001b]8;;x\u0007',
  '…',
  '↑',
  '█',
  '│',
  '⣿',
  '■',
  'é',
  '漢',
  '👩‍👧',
  '\u0301',
];
const line = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme', maxLength: 6 })), {
  maxLength: 12,
});

it('counts the cells of every character it takes a short way for as string-width does', () => {
  const ranges = [
    [0x20, 0x7e],
    [0x2026, 0x2026],
    [0x2190, 0x2193],
    [0x2500, 0x25a0],
    [0x2800, 0x28ff],
  ] as const;
  for (const [from, to] of ranges) {
    for (let code = from; code <= to; code += 1) {
      const character = String.fromCodePoint(code);
      expect([character, stringWidth(character)]).toEqual([character, 1]);
      expect(stringWidth(`a${character}b`)).toBe(3);
    }
  }
});

it('measures any text as string-width does', () => {
  fc.assert(
    fc.property(line, (parts) => {
      expect(leanWidth(parts.join(''))).toBe(stringWidth(parts.join('')));
    }),
  );
  expect(leanWidth('', undefined)).toBe(0);
});

const text = line.map((parts) => parts.join(''));
const write = fc.record({
  x: fc.integer({ min: -3, max: 14 }),
  y: fc.integer({ min: -1, max: 5 }),
  text: fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: text.map((each) => `${each}\n${each}`) }),
  change: fc.oneof(
    { weight: 8, arbitrary: fc.constant((each: string) => each) },
    { weight: 1, arbitrary: fc.constant((each: string) => `\u001b[1m${each}\u001b[22m`) },
  ),
});
const clip = fc.record({ x1: fc.constant(2), x2: fc.constant(9), y1: fc.constant(1), y2: fc.constant(4) });
const frame = fc.array(fc.oneof({ weight: 20, arbitrary: write }, { weight: 1, arbitrary: clip }), { maxLength: 9 });

it('makes the same screen of any writes as Ink does, the first time and again', () => {
  fc.assert(
    fc.property(frame, fc.integer({ min: 1, max: 16 }), (operations, width) => {
      const drawn = [Output, LeanOutput, LeanOutput].map((Kind) => {
        const output = new Kind({ width, height: 5 });
        for (const each of operations) {
          if ('x1' in each) output.clip(each);
          else output.write(each.x, each.y, each.text, { transformers: [each.change] });
        }
        return output.get();
      });
      expect(drawn[1]).toEqual(drawn[0]);
      expect(drawn[2]).toEqual(drawn[0]);
    }),
    { numRuns: 400 },
  );
});

it('takes any text apart as Intl.Segmenter does', () => {
  const late = new LazySegmenter(undefined, { granularity: 'grapheme' });
  const real = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  fc.assert(
    fc.property(text, (each) => {
      expect([...late.segment(each)]).toEqual([...real.segment(each)]);
    }),
  );
  expect(late.resolvedOptions()).toEqual(real.resolvedOptions());
  expect([...new LazySegmenter('en', { granularity: 'word' }).segment('two words')]).toHaveLength(3);
});

it("reads of Node's modules what is used, in every file of the bundle", () => {
  const whole = readdirSync('dist').flatMap((file) => {
    const imports = readFileSync(`dist/${file}`, 'utf8').matchAll(/^import .+ from "([^"]+)";$/gm);
    return [...imports].flatMap(([, from = '']) =>
      isBuiltin(from) && from !== 'node:module' ? [`${file}: ${from}`] : [],
    );
  });
  expect(whole).toEqual([]);
});
