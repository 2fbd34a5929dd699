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
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else if (Array.isArray(value)) {
      result[key] = mergeList(partOf(schema, key), result[key], value, patch[`${ORDER}${key}`]);
    } else result[key] = strategicMerge(result[key], value, partOf(schema, key));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith('$') || !Array.isArray(value)) continue;
    const field = key.slice(key.indexOf('/') + 1);
    const present = result[field];
    if (!Array.isArray(present)) continue;
    if (key.startsWith(REMOVE)) result[field] = present.filter((one) => !value.includes(one));
    // An order may also be given for a list that is otherwise left as it is.
    else if (key.startsWith(ORDER) && !Array.isArray(patch[field])) {
      result[field] = ordered(present, value, present, mergeKeyOf(partOf(schema, field)));
    }
  }
  return result;
}

const mergeKeyOf = (schema: Schema | undefined): string | undefined => schema?.['x-kubernetes-patch-merge-key'];

/** A list of a patch merged into the one that is there, and what comes before what in it. */
function mergeList(schema: Schema | undefined, target: unknown, patch: readonly unknown[], order: unknown): unknown[] {
  const present = Array.isArray(target) ? target : [];
  const key = mergeKeyOf(schema);
  const merges = schema?.['x-kubernetes-patch-strategy']?.startsWith('merge') === true;
  if (Array.isArray(order)) checkOrder(patch, order, key);
  if (merges && key === undefined) {
    const members = ordered([...new Set([...present, ...patch])], patch, present, key);
    return Array.isArray(order) ? ordered(members, order, present, key) : members;
  }
  if (key === undefined || patch.some((member) => isRecord(member) && member['$patch'] === 'replace')) {
    return patch.filter((member) => !isDirective(member)).map(withoutDirectives);
  }
  const deleted = patch.filter((member) => isRecord(member) && member['$patch'] === 'delete');
  const changed = patch.filter((member) => !deleted.includes(member));
  const idOf = identityBy(key);
  for (const member of patch) {
    if (!isRecord(member) || (member[key] === undefined && key !== 'uid')) {
      throw internal(`map: ${asGo(member)} does not contain declared merge key: ${key}`);
    }
  }
  const gone = new Set(deleted.map(idOf));
  const kept = present.filter((one) => !gone.has(idOf(one)));
  const merged = [...kept];
  for (const member of changed) {
    const at = merged.findIndex((one) => isRecord(one) && idOf(one) === idOf(member));
    if (at >= 0) merged[at] = strategicMerge(merged[at], member, schema?.items);
    else merged.push(withoutDirectives(member));
  }
  const members = ordered(merged, changed, kept, key);
  return Array.isArray(order) ? ordered(members, order, present, key) : members;
}

/** Throws 500 where a patch has members that its order does not name, or names the other way round. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], key: string | undefined): void {
  const idOf = identityBy(key);
  const members = patch.filter((member) => !(isRecord(member) && '$patch' in member));
  let at = 0;
  for (const one of order) if (at < members.length && idOf(members[at]) === idOf(one)) at++;
  if (at === members.length || order.length === 0) return;
  throw internal(`The order in patch list:\n${asGo(patch)}\n doesn't match $setElementOrder list:\n${asGo(order)}\n`);
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

const identityBy =
  (key: string | undefined) =>
  (member: unknown): unknown =>
    key !== undefined && isRecord(member) ? member[key] : member;

/**
 * Members that `wanted` names come in its order, all others in that of `before`, the list as it was. Where one of both may
 * come next, the other one does that stood before it there; and what was not there at all comes before what is not named.
 */
function ordered(
  list: readonly unknown[],
  wanted: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const idOf = identityBy(key);
  const placesIn = (order: readonly unknown[]) => new Map(order.map((member, at) => [idOf(member), at]));
  const [named, earlier] = [placesIn(wanted), placesIn(before)];
  const by = (places: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (places.get(idOf(a)) ?? 0) - (places.get(idOf(b)) ?? 0);
  const first = list.filter((member) => named.has(idOf(member))).sort(by(named));
  const others = list.filter((member) => !named.has(idOf(member))).sort(by(earlier));
  const result: unknown[] = [];
  for (const member of first) {
    const place = earlier.get(idOf(member));
    while (place !== undefined && others.length > 0 && (earlier.get(idOf(others[0])) ?? place) < place) {
      result.push(others.shift());
    }
    result.push(member);
  }
  return [...result, ...others];
}

/** A part of a patch as it is stored where there was nothing to merge it with. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((member) => !isDirective(member)).map(withoutDirectives);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, part]) => !key.startsWith('$') && part !== null);
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutDirectives(part)]));
}
