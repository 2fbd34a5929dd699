import { type FieldSet, isRecord } from '../types.ts';

/** Set by the server, so owned by nobody. */
const SYSTEM = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
]);

/**
 * The leaves of an object as a trie of FieldsV1 steps: `f:` for a key, `v:` for a member of a set, `k:` for a member
 * of a keyed list. Finalizers are a set and owner references are keyed by uid; every other list is one leaf.
 */
export function fieldsOf(object: Record<string, unknown>): FieldSet {
  const set: FieldSet = {};
  for (const [key, value] of Object.entries(object)) {
    if (key === 'apiVersion' || key === 'kind') continue;
    if (key !== 'metadata') set[`f:${key}`] = leaves(value);
    else if (isRecord(value)) {
      const metadata = metadataFields(value);
      if (!isEmptySet(metadata)) set['f:metadata'] = metadata;
    }
  }
  return set;
}

function metadataFields(metadata: Record<string, unknown>): FieldSet {
  const set: FieldSet = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (SYSTEM.has(key)) continue;
    if (key === 'finalizers' && Array.isArray(value)) {
      set['f:finalizers'] = Object.fromEntries(value.map((v) => [`v:${JSON.stringify(v)}`, {}]));
    } else if (key === 'ownerReferences' && Array.isArray(value)) {
      set['f:ownerReferences'] = Object.fromEntries(value.filter(isRecord).map((owner) => [ownerStep(owner), {}]));
    } else set[`f:${key}`] = leaves(value);
  }
  return set;
}

const ownerStep = (owner: Record<string, unknown>): string => `k:${JSON.stringify({ uid: owner['uid'] })}`;

function leaves(value: unknown): FieldSet {
  if (!isRecord(value)) return {};
  const set: FieldSet = {};
  for (const [key, part] of Object.entries(value)) set[`f:${key}`] = leaves(part);
  return set;
}

export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** Everything in either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { ...a };
  for (const [step, inner] of Object.entries(b)) result[step] = union(a[step] ?? {}, inner);
  return result;
}

/** What is in `a` and not in `b`. A leaf of `b` takes everything below it away. */
export function minus(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [step, inner] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) {
      result[step] = inner;
      continue;
    }
    const left = isEmptySet(other) ? {} : minus(inner, other);
    if (!isEmptySet(left)) result[step] = left;
  }
  return result;
}

/** What is in both. A leaf on one side meets everything below it on the other. */
export function both(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [step, inner] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) continue;
    if (isEmptySet(inner) || isEmptySet(other)) {
      result[step] = isEmptySet(inner) ? other : inner;
      continue;
    }
    const shared = both(inner, other);
    if (!isEmptySet(shared)) result[step] = shared;
  }
  return result;
}

/** The paths of a set's leaves, as lists of steps. */
export function* paths(set: FieldSet, above: readonly string[] = []): Generator<string[]> {
  for (const [step, inner] of Object.entries(set)) {
    if (isEmptySet(inner)) yield [...above, step];
    else yield* paths(inner, [...above, step]);
  }
}

/** A path as conflicts name it: `.spec.replicas`, `.metadata.finalizers[="a.b/c"]`. */
export function printPath(path: readonly string[]): string {
  return path
    .map((step) => {
      const text = step.slice(2);
      if (step.startsWith('f:')) return `.${text}`;
      if (step.startsWith('v:')) return `[=${text}]`;
      const [[key, value] = ['', '']] = Object.entries(JSON.parse(text) as Record<string, unknown>);
      return `[${key}=${JSON.stringify(value)}]`;
    })
    .join('');
}

/** What a path leads to in an object, or undefined. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const step of path) {
    if (step.startsWith('f:')) value = isRecord(value) ? value[step.slice(2)] : undefined;
    else value = Array.isArray(value) ? value.find((item) => isMember(item, step)) : undefined;
  }
  return value;
}

/** Takes what a path leads to out of an object, in place. */
export function removeAt(object: unknown, path: readonly string[]): void {
  const parent = valueAt(object, path.slice(0, -1));
  const step = path.at(-1);
  if (step === undefined) return;
  if (isRecord(parent) && step.startsWith('f:')) delete parent[step.slice(2)];
  else if (Array.isArray(parent)) {
    const index = parent.findIndex((item) => isMember(item, step));
    if (index >= 0) parent.splice(index, 1);
  }
}

function isMember(item: unknown, step: string): boolean {
  return step.startsWith('v:') ? step === `v:${JSON.stringify(item)}` : isRecord(item) && step === ownerStep(item);
}

/** The leaves whose values differ between two objects, new and gone ones included. */
export function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): FieldSet {
  const result: FieldSet = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === 'apiVersion' || key === 'kind' || before[key] === after[key]) continue;
    const set = changedBelow({ [key]: before[key] }, { [key]: after[key] });
    Object.assign(result, set);
  }
  return result;
}

function changedBelow(before: Record<string, unknown>, after: Record<string, unknown>): FieldSet {
  const had = fieldsOf(before);
  const has = fieldsOf(after);
  let result = union(minus(had, has), minus(has, had));
  for (const path of paths(both(had, has))) {
    if (JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path)))
      result = union(result, single(path));
  }
  return result;
}

/** The set that holds one path. */
export const single = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((inner, step) => ({ [step]: inner }), {});
