import type { Schema } from '../schemas/schema.ts';
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
 * of a keyed list, `.` for such a member itself; with `containers`, `.` also for every map and list that is told by its
 * parts: who updates owns those it makes, who applies only what it names. Finalizers are a set and owner references are keyed by uid; other
 * lists are keyed as the schema says, or one leaf, and so are maps that the schema calls atomic.
 */
export function fieldsOf(
  object: Record<string, unknown>,
  schema: Schema,
  { containers = false }: { containers?: boolean } = {},
): FieldSet {
  const set: FieldSet = {};
  for (const [key, value] of Object.entries(object)) {
    if (key === 'apiVersion' || key === 'kind') continue;
    if (key !== 'metadata') set[`f:${key}`] = leaves(value, schema.properties?.[key], containers);
    else if (isRecord(value)) {
      const metadata = metadataFields(value, containers);
      if (!isEmptySet(metadata)) set['f:metadata'] = metadata;
    }
  }
  return set;
}

const OWNER_KEYS = ['uid'];

/** The leaves of metadata, as `fieldsOf` tells them. */
export function metadataFields(metadata: Record<string, unknown>, containers: boolean): FieldSet {
  const set: FieldSet = {};
  const itself = containers ? ITSELF : {};
  for (const [key, value] of Object.entries(metadata)) {
    if (SYSTEM.has(key)) continue;
    if (key === 'finalizers' && Array.isArray(value)) {
      set['f:finalizers'] = { ...itself, ...Object.fromEntries(value.map((v) => [valueStep(v), {}])) };
    } else if (key === 'ownerReferences' && Array.isArray(value)) {
      const owners = value.filter(isRecord).map((owner) => [keyStep(owner, OWNER_KEYS), {}]);
      set['f:ownerReferences'] = { ...itself, ...Object.fromEntries(owners) };
    } else set[`f:${key}`] = leaves(value, undefined, containers);
  }
  return set;
}

/** The step to a member of a keyed list. A key that was left out is what it is by default. */
export const keyStep = (item: Record<string, unknown>, keys: readonly string[], items?: Schema): string => {
  const known = (key: string) => item[key] ?? items?.properties?.[key]?.default;
  return `k:${JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, known(key)])))}`;
};

/** The step to a member of a set. */
export const valueStep = (item: unknown): string => `v:${JSON.stringify(item)}`;

export const isSet = (schema: Schema | undefined): boolean => schema?.['x-kubernetes-list-type'] === 'set';

/** By what the items of a list are told apart; undefined where the list is one leaf. */
export const keysOf = (schema: Schema | undefined): readonly string[] | undefined =>
  schema?.['x-kubernetes-list-map-keys'];

/** The value with the keys of its keyed lists as they are by default, where they were left out: members are found by them. */
export function keyed<T>(value: T, schema: Schema | undefined): T {
  if (schema === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = schema.items;
    const keys = (keysOf(schema) ?? []).flatMap((key) => {
      const preset = items?.properties?.[key]?.default;
      return preset === undefined ? [] : [[key, preset] as const];
    });
    const filled = (item: unknown) => (isRecord(item) ? { ...Object.fromEntries(keys), ...item } : item);
    return value.map((item) => keyed(filled(item), items)) as T;
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, keyed(part, partOf(schema, key))])) as T;
}

/** What the schema says of a field of a map. */
export const partOf = (schema: Schema | undefined, key: string): Schema | undefined =>
  schema?.properties?.[key] ?? schema?.additionalProperties;

export const isAtomic = (schema: Schema | undefined): boolean => schema?.['x-kubernetes-map-type'] === 'atomic';

const ITSELF: FieldSet = { '.': {} };

/** What is below a value, as `fieldsOf` tells it. */
export function leaves(value: unknown, schema: Schema | undefined, containers: boolean): FieldSet {
  const set: FieldSet = {};
  const keys = keysOf(schema);
  if (Array.isArray(value) && keys !== undefined) {
    for (const item of value) {
      if (!isRecord(item)) continue;
      const inside = leaves(item, schema?.items, containers);
      set[keyStep(item, keys, schema?.items)] = isAtomic(schema?.items) ? inside : { ...ITSELF, ...inside };
    }
  } else if (Array.isArray(value) && isSet(schema)) {
    for (const item of value) set[valueStep(item)] = {};
  } else if (isRecord(value) && !isAtomic(schema)) {
    for (const [key, part] of Object.entries(value)) set[`f:${key}`] = leaves(part, partOf(schema, key), containers);
  }
  return containers && !isEmptySet(set) ? { ...ITSELF, ...set } : set;
}

export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** A set with the containers of all that it holds: whoever owns something wants what it lies in. */
export function withContainers(set: FieldSet): FieldSet {
  return Object.fromEntries(
    Object.entries(set).map(([step, inner]) => [
      step,
      isEmptySet(inner) ? inner : { ...ITSELF, ...withContainers(inner) },
    ]),
  );
}

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

/** What is in `a` and also in `b`, each leaf as it is in `a`. */
export function within(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [step, inner] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) continue;
    const left = isEmptySet(other) ? {} : within(inner, other);
    if (isEmptySet(inner) || isEmptySet(other) || !isEmptySet(left)) result[step] = left;
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

/** A path as conflicts name it: `.spec.replicas`, `.metadata.finalizers[="a.b/c"]`, `.spec.volumes[name="a"].mount`. */
export function printPath(path: readonly string[]): string {
  return path
    .map((step) => {
      const text = step.slice(2);
      if (step === '.') return '';
      if (step.startsWith('f:')) return `.${text}`;
      if (step.startsWith('v:')) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

/** What a path leads to in an object, or undefined. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const step of path) {
    if (step === '.') continue;
    if (step.startsWith('f:')) value = isRecord(value) ? value[step.slice(2)] : undefined;
    else value = Array.isArray(value) ? value.find(memberTest(step)) : undefined;
  }
  return value;
}

/**
 * Takes what a path leads to out of an object, in place, and with it the maps and lists that are empty without it
 * (sigs.k8s.io/structured-merge-diff/typed/remove.go); what stands beside the metadata stays.
 */
export function removeAt(object: unknown, path: readonly string[]): void {
  const at = path.at(-1) === '.' ? path.slice(0, -1) : path;
  const parent = valueAt(object, at.slice(0, -1));
  const step = at.at(-1);
  if (step === undefined) return;
  if (isRecord(parent) && step.startsWith('f:')) {
    if (!Object.hasOwn(parent, step.slice(2))) return;
    delete parent[step.slice(2)];
  } else if (Array.isArray(parent)) {
    const index = parent.findIndex(memberTest(step));
    if (index < 0) return;
    parent.splice(index, 1);
  }
  const left = Array.isArray(parent) ? parent.length : isRecord(parent) ? Object.keys(parent).length : 1;
  if (left === 0 && at.length > 2) removeAt(object, at.slice(0, -1));
}

/** Whether an item of a list is the one that a step names. */
function memberTest(step: string): (item: unknown) => boolean {
  if (step.startsWith('v:')) return (item) => step === valueStep(item);
  const keys = Object.entries(JSON.parse(step.slice(2)) as Record<string, unknown>);
  return (item) => isRecord(item) && keys.every(([key, value]) => item[key] === value);
}

/** The set that holds one path. */
export const single = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((inner, step) => ({ [step]: inner }), {});
