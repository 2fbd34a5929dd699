import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../schemas/schema.ts';
import { type FieldSet, isRecord } from '../types.ts';
import {
  both,
  isAtomic,
  isEmptySet,
  isSet,
  keyStep,
  keysOf,
  leaves,
  metadataFields,
  minus,
  partOf,
  paths,
  single,
  union,
  valueAt,
  valueStep,
} from './fields.ts';

/** The leaves whose values differ between two objects, new and gone ones included: what the writer has taken over. */
export function changedFields(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  schema: Schema,
): FieldSet {
  const result: FieldSet = {};
  for (const key of keysOfBoth(before, after)) {
    if (key === 'apiVersion' || key === 'kind' || before[key] === after[key]) continue;
    const set =
      key === 'metadata'
        ? changedMetadata(before[key], after[key])
        : changed(before[key], after[key], schema.properties?.[key]);
    if (set !== undefined) result[`f:${key}`] = set;
  }
  return result;
}

const keysOfBoth = (a: Record<string, unknown>, b: Record<string, unknown>): Set<string> =>
  new Set([...Object.keys(a), ...Object.keys(b)]);

/** What differs below two values; undefined where nothing does. An empty set is the value itself. */
function changed(before: unknown, after: unknown, schema: Schema | undefined): FieldSet | undefined {
  if (before === after) return undefined;
  if (before === undefined) return leaves(after, schema, true);
  if (after === undefined) return leaves(before, schema, true);
  if (isRecord(before) && isRecord(after) && !isAtomic(schema)) {
    return changedParts(
      before,
      after,
      (key) => `f:${key}`,
      (key) => partOf(schema, key),
    );
  }
  const keys = keysOf(schema);
  if (Array.isArray(before) && Array.isArray(after) && keys !== undefined) {
    const byStep = (list: readonly unknown[]) =>
      Object.fromEntries(list.filter(isRecord).map((item) => [keyStep(item, keys, schema?.items), item]));
    return changedParts(
      byStep(before),
      byStep(after),
      (step) => step,
      () => schema?.items,
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && isSet(schema)) {
    const byStep = (list: readonly unknown[]) => Object.fromEntries(list.map((item) => [valueStep(item), item]));
    return changedParts(byStep(before), byStep(after), String, () => undefined);
  }
  if (isDeepStrictEqual(before, after)) return undefined;
  return union(leaves(before, schema, true), leaves(after, schema, true));
}

function changedParts(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  stepOf: (key: string) => string,
  schemaOf: (key: string) => Schema | undefined,
): FieldSet | undefined {
  const set: FieldSet = {};
  for (const key of keysOfBoth(before, after)) {
    const part = changed(before[key], after[key], schemaOf(key));
    if (part !== undefined) set[stepOf(key)] = part;
  }
  // A map that is empty now, or was, is a leaf then.
  if ((Object.keys(after).length === 0) !== (Object.keys(before).length === 0)) set['.'] = {};
  return isEmptySet(set) ? undefined : set;
}

function changedMetadata(before: unknown, after: unknown): FieldSet | undefined {
  const had = isRecord(before) ? metadataFields(before, true) : {};
  const has = isRecord(after) ? metadataFields(after, true) : {};
  let result = union(minus(had, has), minus(has, had));
  for (const path of paths(both(had, has))) {
    // That a member is there has not changed; what is in it is judged leaf by leaf.
    if (path.at(-1) === '.' || isDeepStrictEqual(valueAt(before, path), valueAt(after, path))) continue;
    result = union(result, single(path));
  }
  return isEmptySet(result) ? undefined : result;
}
