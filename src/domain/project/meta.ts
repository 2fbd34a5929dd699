import { keepsAnnotation } from '../annotations.ts';
import type { Kind } from '../kinds.ts';
import type { Meta, OwnerRef } from '../objects.ts';
import { at, bool, emptyRecord, get, list, name, num, rec, record, str, strings, time, word } from '../read.ts';

/** Whole maps and lists that repeat from object to object (the labels of one MachineSet's Machines), held once. */
const SHARED_CAP = 1_024;
let sharedRecords = new Map<string, Readonly<Record<string, string>>>();
let sharedLists = new Map<string, readonly string[]>();
let sharedOwners = new Map<string, readonly OwnerRef[]>();
const NO_RECORD: Readonly<Record<string, string>> = Object.freeze(emptyRecord());
const NO_OWNERS: readonly OwnerRef[] = Object.freeze([]);

/** The same map for the same entries. */
function shareRecord(found: Record<string, string>): Readonly<Record<string, string>> {
  const entries = Object.entries(found);
  if (entries.length === 0) return NO_RECORD;
  const key = entries.flat().join('\u0000');
  const known = sharedRecords.get(key);
  if (known) return known;
  if (sharedRecords.size >= SHARED_CAP) sharedRecords = new Map();
  sharedRecords.set(key, found);
  return found;
}

/** The same list for the same strings. */
export function shareList(found: readonly string[]): readonly string[] {
  if (found.length === 0) return found;
  const key = found.join('\u0000');
  const known = sharedLists.get(key);
  if (known) return known;
  if (sharedLists.size >= SHARED_CAP) sharedLists = new Map();
  sharedLists.set(key, found);
  return found;
}

/** The owners; Machines of one MachineSet share the list. */
function readOwners(value: unknown): readonly OwnerRef[] {
  const owners: OwnerRef[] = [];
  for (const item of list(value, 16)) {
    const apiKind = word(get(item, 'kind'));
    const ownerName = name(get(item, 'name'));
    const uid = name(get(item, 'uid'));
    if (!apiKind || !ownerName || !uid) continue;
    owners.push({ apiKind, name: ownerName, uid, controller: bool(get(item, 'controller')) ?? false });
  }
  if (owners.length === 0) return NO_OWNERS;
  const key = owners
    .map((owner) => `${owner.apiKind}\u0000${owner.name}\u0000${owner.uid}\u0000${owner.controller}`)
    .join('\u0000');
  const known = sharedOwners.get(key);
  if (known) return known;
  if (sharedOwners.size >= SHARED_CAP) sharedOwners = new Map();
  const kept = owners.slice();
  sharedOwners.set(key, kept);
  return kept;
}

/**
 * What every object has. `undefined` where there is no uid or no name: such a thing cannot be told from another.
 * Names are sanitised like any text; the API's own are never changed by it.
 */
export function readMeta<K extends Kind>(kind: K, raw: unknown): (Meta & { kind: K }) | undefined {
  const meta = rec(get(raw, 'metadata'));
  const uid = name(get(meta, 'uid'));
  const ownName = name(get(meta, 'name'));
  if (uid === undefined || ownName === undefined) return undefined;
  return {
    kind,
    uid,
    name: ownName,
    namespace: word(get(meta, 'namespace')) ?? '',
    resourceVersion: str(get(meta, 'resourceVersion')) ?? '',
    generation: num(get(meta, 'generation')),
    created: time(get(meta, 'creationTimestamp')),
    deleting: time(get(meta, 'deletionTimestamp')),
    labels: shareRecord(record(get(meta, 'labels'))),
    annotations: shareRecord(record(get(meta, 'annotations'), keepsAnnotation)),
    owners: readOwners(get(meta, 'ownerReferences')),
    finalizers: shareList(strings(get(meta, 'finalizers'))),
  };
}

/** The value of an annotation, whether or not it is kept among the object's annotations. */
export function annotation(raw: unknown, key: string): string | undefined {
  return str(at(raw, 'metadata', 'annotations', key));
}

/** Whether an annotation stands at all: for Cluster API's marks the value does not matter, `"false"` included. */
export function hasAnnotation(raw: unknown, key: string): boolean {
  return typeof at(raw, 'metadata', 'annotations', key) === 'string';
}
