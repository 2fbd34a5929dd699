import type { Schema } from '../schemas/schema.ts';
import type { FieldSet, KubeObject, ManagedFields } from '../types.ts';
import { both, fieldsOf, isEmptySet, minus, union } from './fields.ts';

/** Who writes, how, and through which subresource: what one managedFields entry stands for. */
export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
}

const isEntryOf = (who: Manager, entry: ManagedFields): boolean =>
  entry.manager === who.manager && entry.operation === who.operation && entry.subresource === who.subresource;

/** What one writer owns. */
export function ownedBy(managed: readonly ManagedFields[], who: Manager): FieldSet {
  return managed.find((entry) => isEntryOf(who, entry))?.fieldsV1 ?? {};
}

/** The entries of everybody else. */
export function others(managed: readonly ManagedFields[], who: Manager): ManagedFields[] {
  return managed.filter((entry) => !isEntryOf(who, entry));
}

/** Entries without the fields in `taken`; those that own nothing any more are dropped. */
export function without(entries: readonly ManagedFields[], taken: FieldSet): ManagedFields[] {
  return entries
    .map((entry) => ({ ...entry, fieldsV1: minus(entry.fieldsV1, taken) }))
    .filter((entry) => !isEmptySet(entry.fieldsV1));
}

/** One writer's entry; none where it owns nothing. `time` is a timestamp. */
export function entryOf(who: Manager, fieldsV1: FieldSet, time: string): ManagedFields[] {
  if (isEmptySet(fieldsV1)) return [];
  const { manager, operation, apiVersion, subresource } = who;
  const entry: ManagedFields = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 };
  return [subresource === undefined ? entry : { ...entry, subresource }];
}

/** managedFields after `who` wrote `after` with the fields `changed`: those are its own now, and nobody else's. */
export function takeOver(
  managed: readonly ManagedFields[],
  changed: FieldSet,
  after: KubeObject,
  who: Manager,
  { time, schema }: { time: string; schema: Schema },
): ManagedFields[] {
  if (isEmptySet(changed)) return [...managed];
  const present = fieldsOf(after, schema, { containers: true });
  const mine = union(minus(ownedBy(managed, who), changed), both(changed, present));
  return inOrderOfTime([...without(others(managed, who), changed), ...entryOf(who, mine, time)]);
}

/** Entries as a server tells them: what was applied first, each by time, then by name (k8s.io/apimachinery/pkg/util/managedfields). */
export const inOrderOfTime = (entries: readonly ManagedFields[]): ManagedFields[] =>
  [...entries].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));

const placeOf = ({ operation, time, manager, apiVersion, subresource = '' }: ManagedFields): string =>
  [operation, time, manager, apiVersion, subresource].join('\n');
