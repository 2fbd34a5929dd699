import type { Schema } from '../schemas/schema.ts';
import { isRecord } from '../types.ts';

/** Gives the value as it is to be stored; the same value where nothing is to be done. */
type Cleaner = (value: unknown) => unknown;

const made = new WeakMap<Schema, Cleaner>();
const same: Cleaner = (value) => value;

/**
 * What a server does to a value before it looks at it, compiled once a schema: fields that the schema does not know
 * are pruned, nulls that it does not allow are taken out, and defaults are filled in (of CRDs:
 * k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}). Copies what changes and nothing else.
 */
export function cleanerOf(schema: Schema): Cleaner {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const cleaner = compile(schema);
  made.set(schema, cleaner);
  return cleaner;
}

function compile(schema: Schema): Cleaner {
  if (schema['x-kubernetes-preserve-unknown-fields'] && schema.properties === undefined) return same;
  if (schema.items !== undefined) return listCleaner(cleanerOf(schema.items));
  if (schema.additionalProperties !== undefined) return mapCleaner(cleanerOf(schema.additionalProperties));
  if (schema.properties !== undefined) return objectCleaner(schema);
  return same;
}

function listCleaner(item: Cleaner): Cleaner {
  if (item === same) return same;
  return (value) => {
    if (!Array.isArray(value)) return value;
    let result: unknown[] = value;
    for (let i = 0; i < value.length; i++) {
      const cleaned = item(value[i]);
      if (cleaned === value[i]) continue;
      if (result === value) result = [...value];
      result[i] = cleaned;
    }
    return result;
  };
}

function mapCleaner(part: Cleaner): Cleaner {
  return (value) => {
    if (!isRecord(value)) return value;
    let result = value;
    for (const key in value) {
      const given = value[key];
      const cleaned = given === null ? undefined : part(given);
      if (cleaned === given) continue;
      if (result === value) result = { ...value };
      if (cleaned === undefined) delete result[key];
      else result[key] = cleaned;
    }
    return result;
  };
}

function objectCleaner(schema: Schema): Cleaner {
  const parts = new Map(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, cleanerOf(part)]));
  const nulls = new Map(
    Object.entries(schema.properties ?? {}).flatMap(([key, { nullable }]) => (nullable ? [[key, null]] : [])),
  );
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
    part.default === undefined ? [] : [{ key, value: part.default, clean: cleanerOf(part) }],
  );
  return (value) => {
    if (!isRecord(value)) return value;
    let result = value;
    for (const key in value) {
      const given = value[key];
      const part = parts.get(key);
      const cleaned =
        part === undefined ? (keepsUnknown ? given : undefined) : given === null ? nulls.get(key) : part(given);
      if (cleaned === given) continue;
      if (result === value) result = { ...value };
      if (cleaned === undefined) delete result[key];
      else result[key] = cleaned;
    }
    for (const { key, value: preset, clean } of defaults) {
      if (result[key] !== undefined) continue;
      if (result === value) result = { ...value };
      result[key] = clean(structuredClone(preset));
    }
    return result;
  };
}
