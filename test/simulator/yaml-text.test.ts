import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from '../../src/simulator/api/read/yaml-text.ts';

/** Values, and what kubectl 1.32 writes for them under a key. */
const WRITTEN: readonly (readonly [unknown, string])[] = [
  ['plain', 'plain'],
  ['', '""'],
  ['true', '"true"'],
  ['12', '"12"'],
  ['1e3', '"1e3"'],
  ['null', '"null"'],
  ['2026-11-29T18:33:56Z', '"2026-11-29T18:33:56Z"'],
  ['1:30', '"1:30"'],
  ['10.1.0.11', '10.1.0.11'],
  ['*', "'*'"],
  ['a: b', "'a: b'"],
  ["it's: so", "'it''s: so'"],
  ['a #b', "'a #b'"],
  ['-', "'-'"],
  ['- a', "'- a'"],
  ['-a', '-a'],
  ['{a}', "'{a}'"],
  ['https://a:6443', 'https://a:6443'],
  ['ends:', "'ends:'"],
  [' a', "' a'"],
  ['a\tb', '"a\\tb"'],
  ['é', 'é'],
  ['a\nb', '|-\n    a\n    b'],
  ['a\nb\n', '|\n    a\n    b'],
  ['a\n\n', '|+\n    a\n'],
  [' a\nb', '|2-\n     a\n    b'],
  ['a \nb', '"a \\nb"'],
  ['~', '"~"'],
  ['y', '"y"'],
  ['No', '"No"'],
  ['0x1f', '"0x1f"'],
  ['0o7', '"0o7"'],
  ['0b1', '"0b1"'],
  ['012', '"012"'],
  ['09', '"09"'],
  ['1_000', '"1_000"'],
  ['.5', '".5"'],
  ['+1', '"+1"'],
  ['.inf', '".inf"'],
  ['2026-01-01', '"2026-01-01"'],
  ['=', '='],
  ['<<', '<<'],
  ['1.2.3', '1.2.3'],
  [null, 'null'],
  [1.5, '1.5'],
  [{}, '{}'],
  [[], '[]'],
  [['a', ['b'], { c: 1, d: [2] }], '\n  - a\n  - - b\n  - c: 1\n    d:\n    - 2'],
];

describe('YAML as a server writes it', () => {
  it.each(WRITTEN)('of %j', (value, written) => {
    const text = yamlText({ data: { key: value } });
    expect(text).toBe(`data:\n  key:${written.startsWith('\n') ? '' : ' '}${written}\n`);
    expect(parse(text, { version: '1.1' })).toEqual({ data: { key: value } });
  });

  it('breaks long lines at the first space behind column 80', () => {
    const message = `${'word '.repeat(16)}end of it`;
    expect(yamlText({ message })).toBe(`message: ${'word '.repeat(15).trim()}\n  word end of it\n`);
    expect(yamlText({ message: `a: ${message}` })).toBe(
      `message: 'a: ${'word '.repeat(14).trim()}\n  word word end of it'\n`,
    );
  });

  it('has keys in the order in which people count', () => {
    const keys = ['a10', 'a9', 'ab', 'aB', 'a-b', 'a_b', '10', '9', 'a49'];
    const found = [...yamlText(Object.fromEntries(keys.map((key) => [key, 1]))).matchAll(/^"?([^":]+)"?:/gm)];
    expect(found.map(([, key]) => key)).toEqual(['9', '10', 'a-b', 'a_b', 'a9', 'a10', 'a49', 'aB', 'ab']);
  });
});
