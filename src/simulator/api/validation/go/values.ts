/** Values as Go prints them with `%#v`, and as the refusals of a server show them. */

import { numberOf, readQuantity, suffixFormat } from '../quantities.ts';
import { fieldsOf } from '../tools.ts';
import { fieldsOfStruct, goName } from './types.ts';

/** A text that is printed as it is, where a text in quotes would stand. */
export class Raw {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** How a server of a minor version of Kubernetes shows a value of a Go type: from 1.34 on as JSON. */
export const shown = (minor: number, type: string, value: unknown): Raw =>
  new Raw(minor >= 34 ? (JSON.stringify(value) ?? 'null') : goSyntax(type, value));

/** A value in Go's syntax. */
export function goSyntax(type: string, value: unknown): string {
  if (type.startsWith('*')) return pointer(type.slice(1), value);
  if (type.startsWith('[]')) return slice(type, value);
  if (type === 'core.ResourceList' || type.startsWith('map[')) return map(type, value);
  if (type === 'v1.Time') return 'time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)';
  if (type === 'ios') return intOrString(value);
  if (type === 'q') return quantity(value);
  const fields = fieldsOfStruct(type);
  if (fields === undefined) return plain(type, value);
  const given = fieldsOf(value);
  const parts = fields.map((one) => `${one.name}:${goSyntax(one.type, one.inline ? given : given[one.json])}`);
  return `${type}{${parts.join(', ')}}`;
}

/** Of what lies behind an inner pointer only the address is told. */
function pointer(type: string, value: unknown): string {
  if (value === undefined || value === null) return `(*${goName(type)})(nil)`;
  return `(*${goName(type)})(0xc${addressOf(JSON.stringify(value) ?? '')})`;
}

function addressOf(text: string): string {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 0x3ffffff;
  return (hash * 8).toString(16).padStart(9, '0');
}

function slice(type: string, value: unknown): string {
  const inner = type.slice(2);
  if (!Array.isArray(value)) return `${type}(nil)`;
  return `${type}{${value.map((one) => goSyntax(inner, one)).join(', ')}}`;
}

function map(type: string, value: unknown): string {
  if (value === undefined || value === null) return `${type}(nil)`;
  const given = fieldsOf(value);
  const inner = type === 'core.ResourceList' ? 'q' : 'string';
  const parts = Object.keys(given)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(inner, given[key])}`);
  return `${type}{${parts.join(', ')}}`;
}

const intOrString = (value: unknown): string => {
  const text = typeof value === 'string';
  const [type, number, words] = [text ? 1 : 0, text ? 0 : (value ?? 0), text ? value : ''];
  return `intstr.IntOrString{Type:${type}, IntVal:${String(number)}, StrVal:${JSON.stringify(words)}}`;
};

/** A quantity as a struct of numbers, small ones only. */
export function quantity(value: unknown, compact = false): string {
  const text = String(value ?? '');
  const read = readQuantity(text);
  const { digits, scale } = numberOf(text);
  const amount = scale === 0 ? `value${compact ? ': ' : ':'}${digits}` : '';
  const format = read === undefined ? '' : suffixFormat(text);
  if (compact) {
    const inner = scale === 0 ? amount : `value: ${digits}, scale: ${scale}`;
    return `{i: resource.int64Amount{${inner}}, s: ${JSON.stringify(text)}, Format: ${JSON.stringify(format)}}`;
  }
  const whole = `resource.int64Amount{value:${digits}, scale:${scale}}`;
  return `resource.Quantity{i:${whole}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${JSON.stringify(text)}, Format:${JSON.stringify(format)}}`;
}

function plain(type: string, value: unknown): string {
  if (type === 'b') return String(value ?? false);
  if (type === 'i32' || type === 'i64' || type === 'int64') return String(value ?? 0);
  return typeof value === 'object' && value !== null ? `${type}{}` : JSON.stringify(String(value ?? ''));
}
