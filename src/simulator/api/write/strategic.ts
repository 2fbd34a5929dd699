import { internal } from '../errors.ts';
import type { Schema } from '../schemas/schema.ts';
import { isRecord } from '../types.ts';
import { partOf } from './fields.ts';

const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

/**
 * The strategic merge of Kubernetes' own kinds: maps merge, null removes, lists merge member by member where their
 * members have a key, and are replaced otherwise, as the schema says. Knows the directives `$patch` (replace, delete, merge),
 * `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys`. Throws 500 for a member without its key, as the server does.
 * Rules: k8s.io/apimachinery/pkg/util/strategicpatch.
 */
export function strategicMerge(target: unknown, patch: unknown, schema: Schema | undefined): unknown {
  if (!isRecord(patch)) return patch;
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(REMOVE)) {
      const field = key.slice(REMOVE.length);
      const present = result[field];
      if (Array.isArray(present) && Array.isArray(value)) result[field] = present.filter((one) => !value.includes(one));
    } else if (key.startsWith('$')) continue;
    else if (value === null) delete result[key];
    else if (Array.isArray(value)) {
      result[key] = mergeList(partOf(schema, key), result[key], value, patch[`${ORDER}${key}`]);
    } else result[key] = strategicMerge(result[key], value, partOf(schema, key));
  }
  // An order may also be given for a list that is otherwise left as it is.
  for (const [key, order] of Object.entries(patch)) {
    const field = key.slice(ORDER.length);
    const present = result[field];
    if (key.startsWith(ORDER) && Array.isArray(order) && Array.isArray(present)) {
      result[field] = ordered(present, order, mergeKeyOf(partOf(schema, field)));
    }
  }
  return result;
}

const mergeKeyOf = (schema: Schema | undefined): string | undefined => schema?.['x-kubernetes-patch-merge-key'];

function mergeList(schema: Schema | undefined, target: unknown, patch: readonly unknown[], order: unknown): unknown[] {
  const present = Array.isArray(target) ? target : [];
  const key = mergeKeyOf(schema);
  const merges = schema?.['x-kubernetes-patch-strategy']?.startsWith('merge') === true;
  if (merges && key === undefined) return [...new Set([...present, ...patch])];
  if (key === undefined || patch.some((member) => isRecord(member) && member['$patch'] === 'replace')) {
    return patch.filter((member) => !isDirective(member)).map(withoutDirectives);
  }
  let result = [...present];
  for (const member of patch) {
    if (!isRecord(member) || (member[key] === undefined && key !== 'uid')) {
      throw internal(`map: ${asGo(member)} does not contain declared merge key: ${key}`);
    }
    const at = result.findIndex((one) => isRecord(one) && one[key] === member[key]);
    if (member['$patch'] === 'delete') result = result.filter((_, i) => i !== at);
    else if (at >= 0) result[at] = strategicMerge(result[at], member, schema?.items);
    else result.push(withoutDirectives(member));
  }
  return Array.isArray(order) ? ordered(result, order, key) : result;
}

/** As Go prints maps and slices: `map[image:x]`. */
function asGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asGo).join(' ')}]`;
  if (!isRecord(value)) return value === null ? '<nil>' : String(value);
  const parts = Object.keys(value)
    .sort()
    .map((key) => `${key}:${asGo(value[key])}`);
  return `map[${parts.join(' ')}]`;
}

const isDirective = (member: unknown): boolean =>
  isRecord(member) && '$patch' in member && Object.keys(member).length === 1;

/** Members that the order names come in its order, at the place of the first of them; the others stay. */
function ordered(list: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] {
  const idOf = (member: unknown): unknown => (key !== undefined && isRecord(member) ? member[key] : member);
  const places = new Map(order.map((member, i) => [idOf(member), i]));
  const named = list.filter((member) => places.has(idOf(member)));
  named.sort((a, b) => (places.get(idOf(a)) ?? 0) - (places.get(idOf(b)) ?? 0));
  let next = 0;
  return list.map((member) => (places.has(idOf(member)) ? named[next++] : member));
}

/** A part of a patch as it is stored where there was nothing to merge it with. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((member) => !isDirective(member)).map(withoutDirectives);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, part]) => !key.startsWith('$') && part !== null);
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutDirectives(part)]));
}
