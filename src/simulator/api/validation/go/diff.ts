/**
 * How the server shows what is unlike in two structs: as github.com/google/go-cmp prints it, with two fields around each
 * difference and the rest counted.
 */

import { type Fields, fieldsOf } from '../tools.ts';
import { fieldsOfStruct, type GoField } from './types.ts';
import { quantity } from './values.ts';

/** So many fields are told before and after one that is unlike. */
const AROUND = 2;
/** What has gone or come is told on one line up to so many characters. */
const WIDE = 80;
/** Of what is alike so many parts are told. */
const PARTS = 4;

/** A line and the sign before it. */
interface Line {
  sign: ' ' | '-' | '+';
  depth: number;
  /** The name of a field, aligned with those around it. */
  key?: string;
  text: string;
}

/** The differences of two structs of a type, the fields of the first with `-`, those of the second with `+`. */
export function goDiff(type: string, before: unknown, after: unknown): string {
  const lines = struct('', type, fieldsOf(before), fieldsOf(after), 0, '');
  return `${aligned(lines).join('\n')}\n`;
}

const isAlike = (a: unknown, b: unknown): boolean => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** With keys in order, and without what is not there. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(ordered);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const parts = Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
    const inner = ordered(one);
    return inner === undefined ? [] : [[key, inner]];
  });
  return Object.fromEntries(parts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const partIn = (given: Fields, { json, inline }: GoField): unknown => (inline ? given : given[json]);

function struct(key: string, type: string, a: Fields, b: Fields, depth: number, end: string): Line[] {
  const fields = fieldsOfStruct(type) ?? [];
  const unlike = fields.map((one) => !isAlike(partOf(partIn(a, one), one), partOf(partIn(b, one), one)));
  const head = `${key === '' ? '' : `${key}: `}${type}{`;
  const lines: Line[] = [{ sign: ' ', depth, text: head }];
  for (let at = 0; at < fields.length; ) {
    if (unlike[at]) {
      lines.push(...field(fields[at]!, partIn(a, fields[at]!), partIn(b, fields[at]!), depth + 1));
      at += 1;
      continue;
    }
    const next = unlike.indexOf(true, at);
    const until = next < 0 ? fields.length : next;
    const count = until - at;
    const low = Math.min(at === 0 ? 0 : AROUND, count);
    let high = Math.min(next < 0 ? 0 : AROUND, count - low);
    if (count - low - high === 1) high += 1;
    const told = (from: number, to: number) =>
      fields.slice(from, to).map((one): Line => {
        return { sign: ' ', depth: depth + 1, key: one.name, text: `${brief(one.type, partIn(a, one))},` };
      });
    lines.push(...told(at, at + low));
    if (count > low + high) {
      lines.push({ sign: ' ', depth: depth + 1, text: `... // ${count - low - high} identical fields` });
    }
    lines.push(...told(until - high, until));
    at = until;
  }
  return [...lines, { sign: ' ', depth, text: `}${end}` }];
}

/** Of a struct that stands among the fields around it only what is its own. */
function partOf(value: unknown, { type, inline }: GoField): unknown {
  if (!inline) return value;
  const given = fieldsOf(value);
  return Object.fromEntries((fieldsOfStruct(type) ?? []).map((one) => [one.json, partIn(given, one)]));
}

function field({ name, type }: GoField, a: unknown, b: unknown, depth: number): Line[] {
  const inner = type.replace(/^\*/, '');
  const both = a !== undefined && a !== null && b !== undefined && b !== null;
  if (fieldsOfStruct(inner) !== undefined && (both || !type.startsWith('*'))) {
    const lines = struct(name, inner, fieldsOf(a), fieldsOf(b), depth, ',');
    return type.startsWith('*')
      ? lines.map((line, at) => (at === 0 ? { ...line, text: line.text.replace(': ', ': &') } : line))
      : lines;
  }
  const element = type.startsWith('[]') ? type.slice(2) : '';
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && fieldsOfStruct(element) !== undefined) {
    return [
      { sign: ' ', depth, text: `${name}: ${type}{` },
      ...a.flatMap((one: unknown, at) => item(element, one, b[at], depth + 1)),
      { sign: ' ', depth, text: '},' },
    ];
  }
  return [...whole('-', name, type, a, depth), ...whole('+', name, type, b, depth)];
}

function item(type: string, a: unknown, b: unknown, depth: number): Line[] {
  if (isAlike(a, b)) return [{ sign: ' ', depth, text: `${brief(type, a)},` }];
  const [first, ...rest] = struct('', type, fieldsOf(a), fieldsOf(b), depth, ',');
  return [{ ...first!, text: '{' }, ...rest];
}

/** Something that is on one side only. */
function whole(sign: '-' | '+', name: string, type: string, value: unknown, depth: number): Line[] {
  const text = isResources(type, value) ? `${type}{${entries(type, value).join(', ')}}` : full(type, value);
  if (text.length + name.length + 2 <= WIDE) return [{ sign, depth, key: name, text: `${text},` }];
  const head = (part: string) => ({ sign, depth, text: part });
  const inner = (part: string) => ({ sign, depth: depth + 1, text: `${part},` });
  if (type === 'core.ResourceList' || type.startsWith('map[')) {
    return [head(`${name}: ${type}{`), ...entries(type, value).map(inner), head('},')];
  }
  if (Array.isArray(value)) {
    const element = type.slice(2);
    return [head(`${name}: ${type}{`), ...value.map((one) => inner(brief(element, one, 99))), head('},')];
  }
  return [{ sign, depth, key: name, text: `${text},` }];
}

const isResources = (type: string, value: unknown): boolean =>
  type === 'core.ResourceList' && value !== undefined && value !== null;

const entries = (type: string, value: unknown): string[] =>
  Object.entries(fieldsOf(value)).map(([key, one]) => entry(type, key, one));

const entry = (type: string, key: string, value: unknown): string =>
  type === 'core.ResourceList' ? `s"${key}": ${quantity(value, true)}` : `"${key}": ${brief('string', value)}`;

/** With the name of its type. */
function full(type: string, value: unknown): string {
  const empty = value === undefined || value === null;
  const bare = type.replace(/^\*/, '');
  if (empty || bare === 'string' || ['i32', 'i64', 'b'].includes(bare)) return brief(type, value, 99);
  const inner = brief(bare, value, 99);
  return inner.startsWith('{') ? `${type.startsWith('*') ? '&' : ''}${bare}${inner}` : brief(type, value, 99);
}

/** Without the name of its type, and without what is not set. */
function brief(type: string, value: unknown, parts = PARTS): string {
  const empty = value === undefined || value === null;
  if (type.startsWith('*')) return empty ? 'nil' : `&${brief(type.slice(1), value, parts)}`;
  if (type === 'i32' || type === 'i64' || type === 'int64') return String(value ?? 0);
  if (type === 'b') return String(value ?? false);
  if (type === 'ios')
    return typeof value === 'string'
      ? `{Type: 1, StrVal: ${JSON.stringify(value)}}`
      : `{IntVal: ${String(value ?? 0)}}`;
  if (type === 'q') return `{i: {...}, s: ${JSON.stringify(String(value ?? ''))}, Format: "DecimalSI"}`;
  if (type.startsWith('[]')) {
    if (!Array.isArray(value) || value.length === 0) return 'nil';
    return listed(
      value.map((one) => brief(type.slice(2), one, parts)),
      parts,
    );
  }
  if (type === 'core.ResourceList' || type.startsWith('map[')) {
    if (empty) return 'nil';
    return listed(
      Object.entries(fieldsOf(value)).map(([key, one]) => {
        if (type !== 'core.ResourceList') return `${JSON.stringify(key)}: ${JSON.stringify(String(one))}`;
        const format = /i$/.test(String(one)) ? 'BinarySI' : 'DecimalSI';
        return `s"${key}": {i: {...}, s: ${JSON.stringify(String(one))}, Format: "${format}"}`;
      }),
      parts,
    );
  }
  const fields = fieldsOfStruct(type);
  if (fields === undefined)
    return typeof value === 'object' && value !== null ? '{}' : JSON.stringify(String(value ?? ''));
  const given = fieldsOf(value);
  const told = fields.flatMap((one) => {
    const inner = partIn(given, one);
    if (isZero(one, inner)) return [];
    return [`${one.name}: ${brief(one.type, inner, parts)}`];
  });
  return listed(told, parts);
}

function isZero(one: GoField, value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false)
    return !one.type.startsWith('*') || value === undefined || value === null;
  if (one.type.startsWith('*')) return false;
  return ordered(partOf(value, one)) === undefined || JSON.stringify(ordered(partOf(value, one))) === '{}';
}

const listed = (parts: readonly string[], most: number): string =>
  parts.length > most ? `{${parts.slice(0, most).join(', ')}, ...}` : `{${parts.join(', ')}}`;

/** The lines as text: values of fields that follow each other stand below each other. */
function aligned(lines: readonly Line[]): string[] {
  const widths = lines.map(({ key }) => (key === undefined ? 0 : key.length));
  for (let at = 0; at < lines.length; ) {
    if (lines[at]!.key === undefined) {
      at += 1;
      continue;
    }
    let end = at;
    while (end < lines.length && lines[end]!.key !== undefined && lines[end]!.depth === lines[at]!.depth) end += 1;
    const most = Math.max(...widths.slice(at, end));
    widths.fill(most, at, end);
    at = end;
  }
  return lines.map(({ sign, depth, key, text }, at) => {
    const name = key === undefined ? '' : `${key}:${' '.repeat(widths[at]! - key.length + 1)}`;
    return `${sign} ${'\t'.repeat(depth)}${name}${text}`;
  });
}
