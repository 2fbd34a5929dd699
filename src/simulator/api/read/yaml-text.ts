/** JSON as YAML, as Go's servers write it: sigs.k8s.io/yaml over libyaml's emitter. */

import { parse } from 'yaml';
import { isRecord } from '../types.ts';

/** Lines are broken at the first space behind this column. */
const WIDTH = 80;
const LETTER = /\p{L}/u;

/** The text of a value, with a newline at its end. */
export function yamlText(value: unknown): string {
  const lines = block(value, 0).replace(/^\n/, '').replace(/^ /, '');
  return `${lines}\n`;
}

/** What follows a key or a dash at a column: on the same line after a space, or on lines of its own. */
function block(value: unknown, column: number): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []' : list(value, column);
  if (isRecord(value)) return Object.keys(value).length === 0 ? ' {}' : map(value, column);
  if (typeof value === 'string') return ` ${text(value, column)}`;
  return ` ${JSON.stringify(value ?? null)}`;
}

function map(value: Record<string, unknown>, column: number): string {
  const pad = ' '.repeat(column);
  return Object.keys(value)
    .sort(inOrder)
    .map((key) => {
      const inner = value[key];
      const name = `${pad}${text(key, -1)}:`;
      // Members of a list stand below the first letter of its key.
      const below = Array.isArray(inner) ? column : column + 2;
      if (typeof inner === 'string') return `\n${name} ${text(inner, below, name.length + 1)}`;
      return `\n${name}${block(inner, below)}`;
    })
    .join('');
}

const list = (value: readonly unknown[], column: number): string =>
  value
    .map((item) => {
      const dash = `\n${' '.repeat(column)}-`;
      const inner = typeof item === 'string' ? ` ${text(item, column + 2, column + 2)}` : block(item, column + 2);
      // The first line of what is inside stands beside the dash.
      return dash + inner.replace(/^\n */, ' ');
    })
    .join('');

/** Whether what is written plainly would be read as something else than text. */
const isAmbiguous = (value: string): boolean => {
  if (value === '' || /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$|^[-+]?0o[0-7]+$/.test(value)) return true;
  if (!/^[-+.\d~<=nNtTfFyYoO]/.test(value)) return false;
  try {
    const read: unknown = value === '.' ? value : parse(value, { version: '1.1' });
    return typeof read !== 'string' && (read === null || typeof read !== 'object' || read instanceof Date);
  } catch {
    return false;
  }
};

const UNPRINTABLE = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const NO_PLAIN = /^[#,[\]{}&*!|>'"%@`]|^[?:-](\s|$)|^---|^\.\.\.|:(\s|$)|\s#|^\s|\s$/;

/** A text, broken at `below` where it is long; on one line where `below` is less than 0. `at`: the column it begins at. */
function text(value: string, below: number, at = 0): string {
  const special = UNPRINTABLE.test(value) || / \n/.test(value);
  if (isAmbiguous(value) || special) return doubleQuoted(value, below, at);
  if (value.includes('\n')) return / $/.test(value) ? doubleQuoted(value, below, at) : literal(value, below);
  if (!NO_PLAIN.test(value)) return folded(value, below, at, '');
  return folded(value, below, at, "'");
}

/** Breaks a line that is too long at single spaces. */
function folded(value: string, below: number, at: number, quote: string): string {
  const written = quote === '' ? value : value.replaceAll("'", "''");
  if (below < 0 || written.length + at <= WIDTH) return `${quote}${written}${quote}`;
  let out = quote;
  let column = at + quote.length;
  for (const [index, character] of [...written].entries()) {
    const alone = character === ' ' && written[index - 1] !== ' ' && written[index + 1] !== ' ';
    if (alone && column > WIDTH && index > 0 && index < written.length - 1) {
      out += `\n${' '.repeat(below)}`;
      column = below;
    } else {
      out += character;
      column++;
    }
  }
  return `${out}${quote}`;
}

function literal(value: string, below: number): string {
  const hint = /^[ \n]/.test(value) ? '2' : '';
  const chomp = !value.endsWith('\n') ? '-' : /^\n$|\n\n$/.test(value) ? '+' : '';
  const lines = (chomp === '-' ? value : value.slice(0, -1)).split('\n');
  return `|${hint}${chomp}${lines.map((line) => (line === '' ? '\n' : `\n${' '.repeat(Math.max(below, 2))}${line}`)).join('')}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r' },
  ...{ '\x1b': '\\e', '"': '\\"', '\\': '\\\\', '\x85': '\\N', '\xa0': '\\_', '\u2028': '\\L', '\u2029': '\\P' },
};

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const digits = (length: number) => code.toString(16).toUpperCase().padStart(length, '0');
  return code <= 0xff ? `\\x${digits(2)}` : code <= 0xffff ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}

function doubleQuoted(value: string, below: number, at: number): string {
  let out = '"';
  let column = at + 1;
  const characters = [...value];
  for (const [index, character] of characters.entries()) {
    const inside = index > 0 && index < characters.length - 1;
    if (below >= 0 && character === ' ' && characters[index - 1] !== ' ' && column > WIDTH && inside) {
      out += `\n${' '.repeat(below)}${characters[index + 1] === ' ' ? '\\' : ''}`;
      column = below;
      continue;
    }
    const written = escaped(character);
    out += written;
    column += written.length;
  }
  return `${out}"`;
}

/** Keys as people count: letters behind digits, and numbers by what they are. yaml.v2, sorter.go. */
function inOrder(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [one, other] = [a[at]!, b[at]!];
    if (one === other) continue;
    const [first, second] = [LETTER.test(one), LETTER.test(other)];
    if (first && second) return one < other ? -1 : 1;
    if (first || second) return second ? -1 : 1;
    const numbers = [a, b].map((of) => /^\p{Nd}*/u.exec(of.slice(at).join(''))![0]);
    const values = numbers.map(Number);
    if (values[0] !== values[1]) return values[0]! - values[1]!;
    if (numbers[0]!.length !== numbers[1]!.length) return numbers[0]!.length - numbers[1]!.length;
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}
