import type { Cause } from '../errors.ts';
import type { Schema } from '../schemas/schema.ts';
import { isRecord } from '../types.ts';
import { isFormat, type Step, say, typeName } from './words.ts';

/** Adds to `found` what a value at `path` breaks. Leaves `path` as it was. */
type Check = (value: unknown, path: Step[], found: Cause[]) => void;

const made = new WeakMap<Schema, Check>();
const nothing: Check = () => {};

/** What a value breaks of its schema, field by field. The schema is compiled when it is first used. */
export function violations(schema: Schema, value: unknown, at: readonly Step[] = []): Cause[] {
  const found: Cause[] = [];
  checkOf(schema)(value, [...at], found);
  return found;
}

function checkOf(schema: Schema): Check {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const ofValue = compile(schema);
  const check: Check = schema.nullable
    ? (value, path, found) => void (value !== null && ofValue(value, path, found))
    : ofValue;
  made.set(schema, check);
  return check;
}

function compile(schema: Schema): Check {
  if (schema['x-kubernetes-int-or-string']) return numberOrText(schema);
  switch (schema.type) {
    case 'object':
      return typed('object', isRecord, objectCheck(schema));
    case 'array':
      return typed('array', Array.isArray, listCheck(schema));
    case 'string':
      return typed('string', (value) => typeof value === 'string', textCheck(schema));
    case 'integer':
      return typed('integer', Number.isInteger, rangeCheck(schema));
    case 'number':
      return typed('number', (value) => typeof value === 'number', rangeCheck(schema));
    case 'boolean':
      return typed('boolean', (value) => typeof value === 'boolean', nothing);
    default:
      return nothing;
  }
}

function typed(type: string, isRight: (value: unknown) => boolean, check: Check): Check {
  return (value, path, found) => {
    if (isRight(value)) check(value, path, found);
    else found.push(say.wrongType(path, type, typeName(value)));
  };
}

/** The rules of int-or-string, and how it is refused: by its types, by anyOf, and by the first of anyOf. */
function numberOrText(schema: Schema): Check {
  const ofText = textCheck(schema);
  return (value, path, found) => {
    if (Number.isInteger(value)) return;
    if (typeof value === 'string') ofText(value, path, found);
    else found.push(...say.neitherNumberNorText(path, typeName(value)));
  };
}

function objectCheck({ properties, additionalProperties, required = [], minProperties = 0 }: Schema): Check {
  const parts = new Map(Object.entries(properties ?? {}).map(([key, part]) => [key, checkOf(part)]));
  const others = additionalProperties === undefined ? undefined : checkOf(additionalProperties);
  return (value, path, found) => {
    const record = value as Record<string, unknown>;
    let size = 0;
    for (const key in record) {
      size++;
      const part = parts.get(key) ?? others;
      if (part === undefined) continue;
      path.push(key);
      part(record[key], path, found);
      path.pop();
    }
    for (const key of required) if (!Object.hasOwn(record, key)) found.push(say.missing([...path, key]));
    if (size < minProperties) found.push(say.tooFewProperties(path, minProperties));
  };
}

function listCheck(schema: Schema): Check {
  const item = schema.items === undefined ? nothing : checkOf(schema.items);
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  const keys = schema['x-kubernetes-list-map-keys'];
  return (value, path, found) => {
    const values = value as readonly unknown[];
    if (values.length < minItems) found.push(say.tooFewItems(path, values.length, minItems));
    if (values.length > maxItems) found.push(say.tooManyItems(path, values.length, maxItems));
    for (let i = 0; i < values.length; i++) {
      path.push(i);
      item(values[i], path, found);
      path.pop();
    }
    if (keys !== undefined) duplicates(values, keys, path, found);
  };
}

/** Two items of a keyed list may not have the same keys. Keys that are missing count as such. */
function duplicates(values: readonly unknown[], keys: readonly string[], path: Step[], found: Cause[]): void {
  const seen = new Set<string>();
  values.forEach((value, i) => {
    if (!isRecord(value)) return;
    const own = keys.filter((key) => value[key] !== undefined).map((key): [string, unknown] => [key, value[key]]);
    const id = JSON.stringify(own);
    if (seen.has(id)) found.push(say.duplicate([...path, i], own));
    seen.add(id);
  });
}

function textCheck({ enum: allowed, minLength, maxLength, pattern, format }: Schema): Check {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const isFormatted = format === undefined ? undefined : isFormat(format);
  if (!allowed && minLength === undefined && maxLength === undefined && !expression && !isFormatted) return nothing;
  return (value, path, found) => {
    const given = value as string;
    // Characters, not the halves of them that a string counts.
    const length = maxLength === undefined && minLength === undefined ? 0 : [...given].length;
    if (maxLength !== undefined && length > maxLength) found.push(say.tooLong(path, maxLength));
    if (minLength !== undefined && length < minLength) found.push(say.tooShort(path, given, minLength));
    if (expression !== undefined && !expression.test(given)) found.push(say.noMatch(path, given, pattern ?? ''));
    if (allowed !== undefined && !allowed.includes(given)) found.push(say.notAllowed(path, given, allowed));
    if (isFormatted !== undefined && !isFormatted(given)) found.push(say.badFormat(path, given, format ?? ''));
  };
}

function rangeCheck({ minimum, maximum, enum: allowed }: Schema): Check {
  const words = allowed?.map(String);
  if (minimum === undefined && maximum === undefined && words === undefined) return nothing;
  return (value, path, found) => {
    const given = value as number;
    if (minimum !== undefined && given < minimum) found.push(say.tooSmall(path, given, minimum));
    if (maximum !== undefined && given > maximum) found.push(say.tooLarge(path, given, maximum));
    if (words !== undefined && !words.includes(String(given))) found.push(say.notAllowed(path, String(given), words));
  };
}
