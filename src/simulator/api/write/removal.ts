import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import type { KubeObject } from '../types.ts';
import { timestamp } from './metadata.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Finalizers that the garbage collector waits behind. */
export const WAITS_FOR: Partial<Record<Propagation, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };

/** Takes an object out of the store. Gives its last version, under the revision of the removal. */
export function removeObject({ store }: Core, resource: Resource, { object }: Stored): Stored | undefined {
  return store.remove(resource, keyOf(object.metadata.namespace, object.metadata.name));
}

/**
 * The object as its deletion leaves it: with a deletion time while finalizers hold it, or undefined where it is to go
 * at once. An object that was going already is unchanged. Setting the time counts as a generation.
 */
export function markedForDeletion(
  core: Core,
  resource: Resource,
  object: KubeObject,
  propagation: Propagation,
): KubeObject | undefined {
  const finalizers = [...(object.metadata.finalizers ?? [])];
  const waitsFor = WAITS_FOR[propagation];
  if (waitsFor !== undefined && !finalizers.includes(waitsFor)) finalizers.push(waitsFor);
  const isNamespace = resource.kind === 'Namespace';
  if (finalizers.length === 0 && !isNamespace) return undefined;
  const { metadata } = object;
  if (metadata.deletionTimestamp && finalizers.length === (metadata.finalizers ?? []).length) return object;
  const next: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      deletionTimestamp: metadata.deletionTimestamp ?? timestamp(core.now()),
      ...(isNamespace ? {} : { deletionGracePeriodSeconds: 0 }),
    },
  };
  if (metadata.generation !== undefined && !metadata.deletionTimestamp) {
    next.metadata.generation = metadata.generation + 1;
  }
  return isNamespace ? { ...next, status: { ...next.status, phase: 'Terminating' } } : next;
}

/** Deletes an object: marks it where something holds it, removes it otherwise. Gives what is left of it, if anything. */
export function beginDeletion(
  core: Core,
  resource: Resource,
  stored: Stored,
  propagation: Propagation,
): Stored | undefined {
  const next = markedForDeletion(core, resource, stored.object, propagation);
  if (next === undefined) {
    removeObject(core, resource, stored);
    return undefined;
  }
  if (next === stored.object) return stored;
  return core.store.put(resource, keyOf(next.metadata.namespace, next.metadata.name), next);
}
