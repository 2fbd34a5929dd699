import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import { keyOf } from '../store.ts';
import { beginDeletion, removeObject, WAITS_FOR } from '../write/removal.ts';
import type { Change } from './history.ts';
import { remaining } from './remaining.ts';
import type { Stored } from './stored.ts';

interface Place {
  resource: Resource;
  key: string;
}

/**
 * The garbage collector and the namespace controller of a real cluster: deletes what a gone owner leaves behind,
 * finishes foreground and orphan deletions, empties namespaces that are going. It only notes what happened while a
 * write is under way; `settle` does the work after it, so that watches see one write after the other.
 * Unlike the real one it never judges an object whose owner was not there to begin with.
 */
export class Collector {
  readonly #core: Core;
  readonly #dependents = new Map<string, Map<string, Place>>();
  readonly #places = new Map<string, Place>();
  /** Namespaces by uid that are going, and are left alone as yet. */
  readonly #spared = new Set<string>();
  /** Those that have been left alone for long enough. */
  readonly #due = new Set<string>();
  #pending: Change[] = [];
  #busy = false;

  constructor(core: Core) {
    this.#core = core;
    core.store.subscribe((change) => {
      this.#index(change);
      const going = change.after?.object.metadata.deletionTimestamp;
      if (change.after === undefined || going) this.#pending.push(change);
    });
  }

  /** Does what the writes since the last call have set off, and what that sets off in turn. */
  settle(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let change = this.#pending.shift(); change !== undefined; change = this.#pending.shift())
        this.#react(change);
    } finally {
      this.#busy = false;
    }
  }

  #react({ resource, key, before, after }: Change): void {
    if (after === undefined) {
      if (before === undefined) return;
      this.#due.delete(before.object.metadata.uid ?? '');
      this.#releaseDependents(before);
      for (const owner of before.object.metadata.ownerReferences ?? []) this.#finishForeground(owner.uid);
      if (before.object.metadata.namespace) this.#finishNamespace(before.object.metadata.namespace);
      return;
    }
    const current = this.#core.store.get(resource, key);
    if (current === undefined) return;
    if (resource.kind === 'Namespace') this.#emptyNamespace(resource, current);
    const { uid = '', finalizers = [] } = current.object.metadata;
    if (finalizers.includes(WAITS_FOR.Orphan!)) this.#orphan(resource, current);
    if (finalizers.includes(WAITS_FOR.Foreground!)) {
      for (const place of this.#dependentsOf(uid)) this.#delete(place, 'Foreground');
      this.#finishForeground(uid);
    }
  }

  /** The owner is gone: its dependents go too, unless another owner lives. */
  #releaseDependents({ object }: Stored): void {
    const { uid = '' } = object.metadata;
    for (const place of this.#dependentsOf(uid)) {
      const dependent = this.#core.store.get(place.resource, place.key);
      const others = dependent?.object.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
      if (others.some((owner) => this.#places.has(owner.uid))) this.#dropOwner(place, uid);
      else this.#delete(place, 'Background');
    }
  }

  #finishForeground(uid: string): void {
    const place = this.#places.get(uid);
    const owner = place && this.#core.store.get(place.resource, place.key);
    if (place === undefined || !owner?.object.metadata.finalizers?.includes(WAITS_FOR.Foreground!)) return;
    const blocked = this.#dependentsOf(uid).some(({ resource, key }) => {
      const references = this.#core.store.get(resource, key)?.object.metadata.ownerReferences ?? [];
      return references.some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true);
    });
    if (!blocked) this.#dropFinalizer(place.resource, owner, WAITS_FOR.Foreground!);
  }

  #orphan(resource: Resource, owner: Stored): void {
    const { uid = '' } = owner.object.metadata;
    for (const place of this.#dependentsOf(uid)) this.#dropOwner(place, uid);
    this.#dropFinalizer(resource, owner, WAITS_FOR.Orphan!);
  }

  #dropFinalizer(resource: Resource, stored: Stored, finalizer: string): void {
    const { finalizers = [], ...metadata } = stored.object.metadata;
    const left = finalizers.filter((name) => name !== finalizer);
    if (left.length === 0 && !metadata.deletionGracePeriodSeconds) removeObject(this.#core, resource, stored);
    else {
      const object = { ...stored.object, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } };
      this.#core.store.put(resource, keyOf(metadata.namespace, metadata.name), object);
    }
  }

  #dropOwner({ resource, key }: Place, uid: string): void {
    const stored = this.#core.store.get(resource, key);
    if (stored === undefined) return;
    const { ownerReferences = [], ...metadata } = stored.object.metadata;
    const left = ownerReferences.filter((owner) => owner.uid !== uid);
    const next = left.length === 0 ? metadata : { ...metadata, ownerReferences: left };
    this.#core.store.put(resource, key, { ...stored.object, metadata: next });
  }

  #delete({ resource, key }: Place, propagation: 'Background' | 'Foreground'): void {
    const stored = this.#core.store.get(resource, key);
    if (stored === undefined || stored.object.metadata.deletionTimestamp) return;
    const hasDependents = this.#dependentsOf(stored.object.metadata.uid ?? '').length > 0;
    beginDeletion(this.#core, resource, stored, hasDependents ? propagation : 'Background');
  }

  #emptyNamespace(resource: Resource, { object: { metadata } }: Stored): void {
    const { name, uid = '' } = metadata;
    if (this.#spared.has(uid)) return;
    const grace = this.#core.namespaceGrace?.() ?? 0;
    if (grace > 0 && !this.#due.has(uid)) {
      this.#spared.add(uid);
      setTimeout(() => {
        this.#spared.delete(uid);
        this.#due.add(uid);
        const found = this.#core.store.get(resource, name);
        if (found?.object.metadata.uid !== uid) return;
        this.#emptyNamespace(resource, found);
        this.settle();
      }, grace).unref();
      return;
    }
    for (const place of this.#inNamespace(metadata.name)) this.#delete(place, 'Background');
    this.#finishNamespace(metadata.name);
  }

  #finishNamespace(name: string): void {
    const namespaces = this.#core.resources.find(({ kind, group }) => kind === 'Namespace' && group === '');
    const stored = namespaces && this.#core.store.get(namespaces, name);
    if (namespaces === undefined || !stored?.object.metadata.deletionTimestamp) return;
    if (this.#spared.has(stored.object.metadata.uid ?? '')) return;
    const left = this.#inNamespace(name);
    if (left.length === 0) {
      removeObject(this.#core, namespaces, stored);
      return;
    }
    const objects = left.map(({ resource, key }) => ({
      resource,
      object: this.#core.store.get(resource, key)!.object,
    }));
    const next = remaining(stored.object, objects, this.#core.now());
    if (next !== stored.object) this.#core.store.put(namespaces, name, next);
  }

  #inNamespace(name: string): Place[] {
    return this.#core.resources
      .filter(({ namespaced }) => namespaced)
      .flatMap((resource) =>
        [...this.#core.store.scan(resource, { prefix: `${name}/` })].map(({ object }) => ({
          resource,
          key: keyOf(name, object.metadata.name),
        })),
      );
  }

  #dependentsOf(uid: string): Place[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #index({ resource, key, before, after }: Change): void {
    const had = before?.object.metadata;
    const has = after?.object.metadata;
    const same = had?.uid === has?.uid;
    if (had?.uid && !same) this.#places.delete(had.uid);
    if (has?.uid && !same) this.#places.set(has.uid, { resource, key });
    if (had?.ownerReferences === has?.ownerReferences) return;
    // The uid is there already; a path would be a text of its own for every object.
    const idOf = (uid: string | undefined) => uid ?? `${resource.group}/${resource.plural}/${key}`;
    for (const { uid } of had?.ownerReferences ?? []) {
      const known = this.#dependents.get(uid);
      known?.delete(idOf(had?.uid));
      if (known?.size === 0) this.#dependents.delete(uid);
    }
    const place = (has?.uid && this.#places.get(has.uid)) || { resource, key };
    for (const { uid } of has?.ownerReferences ?? []) {
      const known = this.#dependents.get(uid) ?? new Map<string, Place>();
      this.#dependents.set(uid, known.set(idOf(has?.uid), place));
    }
  }
}
