/** What the bundle puts in the place of two packages says exactly what they say. */
import * as ansi from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import * as leanAnsi from '../scripts/lean/ansi-tokenize.ts';
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

it('takes any text apart as the package does, the first time and again', () => {
  fc.assert(
    fc.property(line, (parts) => {
      const text = parts.join('');
      const wanted = ansi.styledCharsFromTokens(ansi.tokenize(text));
      expect(leanAnsi.styledCharsFromTokens(leanAnsi.tokenize(text))).toEqual(wanted);
      expect(leanAnsi.styledCharsFromTokens(leanAnsi.tokenize(text))).toEqual(wanted);
    }),
  );
  expect(leanAnsi.tokenize('abcdef', 2)).toEqual(ansi.tokenize('abcdef', 2));
});

it('remembers a few hundred lines and no more', () => {
  const first = leanAnsi.tokenize('first');
  expect(leanAnsi.tokenize('first')).toBe(first);
  for (let index = 0; index < 1_000; index += 1) leanAnsi.tokenize(`line ${index}`);
  expect(leanAnsi.tokenize('first')).not.toBe(first);
  expect(leanAnsi.tokenize('first')).toEqual(first);
});
