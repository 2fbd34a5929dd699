import type { Core } from '../core.ts';
import { CLEANUP } from '../definitions/prepare.ts';
import type { Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { timestamp } from './metadata.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Finalizers that the garbage collector waits behind. */
export const WAITS_FOR: Partial<Record<Propagation, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };

/** Takes an object out of the store. Gives its last version, under the revision of the removal. */
export function removeObject({ store }: Core, resource: Resource, { object }: Stored): Stored | undefined {
  return store.remove(resource, keyOf(object.metadata.namespace, object.metadata.name));
}

/** For how long, in seconds, whoever does not say otherwise lets a Pod come to its end. */
const GRACE = 30;

/**
 * For how long, in seconds, an object may come to its end: only a Pod on a Node does, while its containers run. `asked`
 * is what the deletion asks for. k8s.io/kubernetes/pkg/registry/core/pod/strategy.go
 */
function graceOf({ endsPods }: Core, { kind, group }: Resource, object: KubeObject, asked: number | undefined): number {
  if (kind !== 'Pod' || group !== '' || !endsPods?.(object)) return 0;
  const { spec, status } = object;
  const phase = isRecord(status) ? status['phase'] : undefined;
  if (!spec?.['nodeName'] || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = spec['terminationGracePeriodSeconds'];
  return Math.max(0, asked ?? (typeof own === 'number' ? own : GRACE));
}

/**
 * The object as its deletion leaves it: with a deletion time while finalizers hold it, or undefined where it is to go
 * at once. An object that was going already is unchanged, unless it is to go sooner now. Setting the time counts as a
 * generation. `grace`: the seconds that were asked for.
 */
export function markedForDeletion(
  core: Core,
  resource: Resource,
  object: KubeObject,
  propagation: Propagation,
  grace?: number,
): KubeObject | undefined {
  const seconds = graceOf(core, resource, object, grace);
  const finalizers = [...(object.metadata.finalizers ?? [])];
  const waitsFor = WAITS_FOR[propagation];
  if (waitsFor !== undefined && !finalizers.includes(waitsFor)) finalizers.push(waitsFor);
  // A definition waits for its objects.
  const isDefinition = resource.kind === 'CustomResourceDefinition' && !resource.custom;
  if (isDefinition && !object.metadata.deletionTimestamp && !finalizers.includes(CLEANUP)) finalizers.push(CLEANUP);
  const isNamespace = resource.kind === 'Namespace';
  const { metadata } = object;
  const { deletionTimestamp: going, deletionGracePeriodSeconds: before } = metadata;
  if (seconds > 0) {
    if (going && (grace === undefined || seconds >= (before ?? 0))) return object;
    const since = going ? Date.parse(going) - (before ?? 0) * 1000 : core.now();
    const deletionTimestamp = timestamp(since + seconds * 1000);
    const kept = { ...(finalizers.length > 0 ? { finalizers } : {}), deletionGracePeriodSeconds: seconds };
    // That it is to go is wanted of it: only the first time that is said.
    const counted = !going && metadata.generation ? { generation: metadata.generation + 1 } : {};
    return { ...object, metadata: { ...metadata, ...kept, ...counted, deletionTimestamp } };
  }
  if (finalizers.length === 0 && !isNamespace) return undefined;
  if (metadata.deletionTimestamp && !before && finalizers.length === (metadata.finalizers ?? []).length) return object;
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
  grace?: number,
): Stored | undefined {
  const next = markedForDeletion(core, resource, stored.object, propagation, grace);
  if (next === undefined) {
    removeObject(core, resource, stored);
    return undefined;
  }
  if (next === stored.object) return stored;
  return core.store.put(resource, keyOf(next.metadata.namespace, next.metadata.name), next);
}
