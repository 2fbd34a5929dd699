import { applyPatch, type Operation } from 'rfc6902';
import { unprocessable } from '../errors.ts';
import type { Schema } from '../schemas/schema.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { isAtomic, isSet, keysOf, partOf } from './fields.ts';

export const PATCH_TYPES = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

export type PatchType = (typeof PATCH_TYPES)[keyof typeof PATCH_TYPES];

/** RFC 7396: keys of the patch replace keys of the target, null removes, lists are replaced whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/**
 * RFC 6902, applied to a copy. Throws 422 where it does not apply: a failed `test` or a missing path. Replacing a key
 * that is not there adds it, as the API server's library does.
 */
export function jsonPatch(target: unknown, patch: readonly Record<string, unknown>[]): unknown {
  const copy = structuredClone(target);
  for (const operation of patch) {
    if (!apply(copy, operation)) throw unprocessable();
  }
  return copy;
}

function apply(target: unknown, operation: Record<string, unknown>): boolean {
  const attempt = (op: Record<string, unknown>): boolean => {
    try {
      return applyPatch(target, [op as unknown as Operation])[0] === null;
    } catch {
      return false;
    }
  };
  if (attempt(operation)) return true;
  if (operation['op'] !== 'replace' || /\/(-|\d+)$/.test(String(operation['path']))) return false;
  return attempt({ ...operation, op: 'add' });
}

/**
 * Writes an applied configuration over a live object, in place: maps merge, lists merge member by member where the
 * schema tells those apart, and are replaced whole otherwise.
 */
export function mergeApplied(live: KubeObject, config: KubeObject, schema: Schema): void {
  const { metadata, ...rest } = config;
  const { finalizers, ownerReferences, managedFields: _owners, ...meta } = metadata;
  const merged = live.metadata as unknown as Record<string, unknown>;
  const { labels = {}, annotations = {} } = meta;
  Object.assign(merged, mergeMaps(merged, { labels, annotations }, undefined));
  if (finalizers) merged['finalizers'] = unite(merged['finalizers'], finalizers);
  if (ownerReferences) merged['ownerReferences'] = mergeByUid(merged['ownerReferences'], ownerReferences);
  for (const [key, value] of Object.entries(rest)) live[key] = mergeMaps(live[key], value, schema.properties?.[key]);
}

function mergeMaps(target: unknown, value: unknown, schema: Schema | undefined): unknown {
  const keys = keysOf(schema);
  if (Array.isArray(target) && Array.isArray(value) && keys !== undefined) {
    return mergeLists(target, value, keys, schema?.items);
  }
  if (Array.isArray(target) && Array.isArray(value) && isSet(schema)) return unite(target, value);
  if (!isRecord(value) || !isRecord(target) || isAtomic(schema)) return value;
  const result = { ...target };
  for (const [key, part] of Object.entries(value)) result[key] = mergeMaps(result[key], part, partOf(schema, key));
  return result;
}

/** Members stay where they are; new ones come last. */
function mergeLists(
  target: readonly unknown[],
  value: readonly unknown[],
  keys: readonly string[],
  items: Schema | undefined,
): unknown[] {
  const idOf = (item: unknown): string => JSON.stringify(isRecord(item) ? keys.map((key) => item[key]) : item);
  const wanted = new Map(value.map((item) => [idOf(item), item]));
  const present = new Set(target.map(idOf));
  const kept = target.map((item) => (wanted.has(idOf(item)) ? mergeMaps(item, wanted.get(idOf(item)), items) : item));
  return [...kept, ...value.filter((item) => !present.has(idOf(item)))];
}

function unite(present: unknown, added: readonly unknown[]): unknown[] {
  return [...new Set([...(Array.isArray(present) ? present : []), ...added])];
}

function mergeByUid(present: unknown, added: readonly unknown[]): unknown[] {
  const list = Array.isArray(present) ? present.filter(isRecord) : [];
  const incoming = added.filter(isRecord);
  const uids = new Set(incoming.map((owner) => owner['uid']));
  const kept = list.filter((owner) => !uids.has(owner['uid']));
  return [...incoming.map((owner) => ({ ...list.find((known) => known['uid'] === owner['uid']), ...owner })), ...kept];
}
