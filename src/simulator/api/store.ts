import type { Resource, View } from './resources.ts';
import { type Change, History } from './storage/history.ts';
import { Stored } from './storage/stored.ts';
import type { KubeObject } from './types.ts';

export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;

/** The objects of one resource, by key, and their keys in the order lists give them. */
class Shelf {
  readonly objects = new Map<string, Stored>();
  readonly keys: string[] = [];

  /** Where `key` is or would be. */
  position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface StoreOptions {
  /** How many writes watches and paged lists can go back. */
  historyLimit: number;
  revision?: number;
  /** Adds to an object, whenever it is shown, what is not kept with it. */
  complete?: (resource: Resource, object: KubeObject) => KubeObject;
  /** Called before each write; what it writes itself comes before that. */
  beforeWrite?: (() => void) | undefined;
}

/**
 * What etcd is to a real API server: objects by resource and key, one revision that every write raises, a window of
 * past writes, and listeners. It knows nothing of Kubernetes' rules. Objects given to it must not be changed later.
 */
export class Store {
  readonly history: History;
  #revision: number;
  readonly #complete: StoreOptions['complete'];
  readonly #beforeWrite: StoreOptions['beforeWrite'];
  #isBefore = false;
  readonly #shelves = new Map<Resource, Shelf>();
  /** Revisions that were given to what was there before, each with one above it where a free one may be. */
  readonly #placed = new Map<number, number>();
  /** Those of them that wait for their objects, by resource and key. */
  readonly #reserved = new Map<string, number>();
  readonly #listeners = new Set<(change: Change) => void>();

  constructor({ historyLimit, revision = 1, complete, beforeWrite }: StoreOptions) {
    this.#complete = complete;
    this.#beforeWrite = beforeWrite;
    this.#revision = revision;
    this.history = new History(revision, historyLimit);
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** Raises the revision by writes of what is not kept here. */
  pass(writes: number): void {
    if (writes > 0) this.#revision += Math.floor(writes);
  }

  get(resource: Resource, key: string): Stored | undefined {
    const { view } = resource;
    if (view !== undefined) return shown(view, this.get(view.of, key));
    return this.#shelves.get(resource)?.objects.get(key);
  }

  count(resource: Resource): number {
    return this.#shelves.get(resource.view?.of ?? resource)?.keys.length ?? 0;
  }

  /** Writes an object, new or changed, with the next revision as its resourceVersion. */
  put(resource: Resource, key: string, object: KubeObject): Stored {
    const { view } = resource;
    if (view !== undefined) return shown(view, this.put(view.of, key, view.keep(object)));
    this.#prepare();
    const shelf = this.#shelf(resource);
    const before = shelf.objects.get(key);
    const after = this.#stamp(resource, object);
    if (before === undefined) shelf.keys.splice(shelf.position(key), 0, key);
    shelf.objects.set(key, after);
    this.#tell({ revision: after.revision, resource, key, before, after });
    return after;
  }

  /**
   * Puts in an object as it was written at Unix time `at` in ms, under a revision of then: the lowest from `revision` on
   * that is free. It is compacted already: no watch can go back to it. Says whether there was room for it.
   */
  place(resource: Resource, key: string, object: KubeObject, revision: number, at: number): boolean {
    const shelf = this.#shelf(resource);
    const before = shelf.objects.get(key);
    const wanted = Math.max(1, Math.floor(revision));
    // Whoever has a place that is late enough keeps it: he does not stand in his own way.
    const own = before && before.revision >= wanted && this.#placed.has(before.revision);
    const reserved = this.#reserved.get(reservationOf(resource, key));
    const free = own ? before.revision : (reserved ?? this.#free(wanted));
    if (free > this.history.floor) return false;
    this.#reserved.delete(reservationOf(resource, key));
    if (!own) this.#placed.set(free, free + 1);
    const after = this.#stored(resource, object, free);
    if (before === undefined) shelf.keys.splice(shelf.position(key), 0, key);
    shelf.objects.set(key, after);
    const change: Change = { revision: free, resource, key, after, at };
    if (before !== undefined) change.before = before;
    for (const listener of this.#listeners) listener(change);
    return true;
  }

  /** Lets be written what comes before a write. */
  #prepare(): void {
    if (this.#isBefore || !this.#beforeWrite) return;
    this.#isBefore = true;
    try {
      this.#beforeWrite();
    } finally {
      this.#isBefore = false;
    }
  }

  /** Keeps the revision free that `place` would give an object now: it gets that when it comes. */
  reserve(resource: Resource, key: string, revision: number): void {
    const free = this.#free(Math.max(1, Math.floor(revision)));
    if (free > this.history.floor) return;
    this.#placed.set(free, free + 1);
    this.#reserved.set(reservationOf(resource, key), free);
  }

  /** The lowest revision from `wanted` on that no placed object has. Ways that were gone once are made short. */
  #free(wanted: number): number {
    let free = wanted;
    for (let next = this.#placed.get(free); next !== undefined; next = this.#placed.get(free)) free = next;
    for (let at = wanted; at < free; ) {
      const next = this.#placed.get(at)!;
      this.#placed.set(at, free);
      at = next;
    }
    return free;
  }

  /** Removes an object. Gives its last version, with the revision of the removal, or undefined if there was none. */
  remove(resource: Resource, key: string): Stored | undefined {
    const { view } = resource;
    if (view !== undefined) return shown(view, this.remove(view.of, key));
    this.#prepare();
    const shelf = this.#shelf(resource);
    const before = shelf.objects.get(key);
    if (before === undefined) return undefined;
    shelf.objects.delete(key);
    shelf.keys.splice(shelf.position(key), 1);
    const last = this.#stamp(resource, before.object);
    this.#tell({ revision: last.revision, resource, key, before, last });
    return last;
  }

  /** The objects as they are, in key order, starting after the key `after` and only under the key prefix. */
  *scan(resource: Resource, { prefix = '', after }: { prefix?: string; after?: string } = {}): Generator<Stored> {
    const { view } = resource;
    if (view !== undefined) {
      for (const stored of this.scan(view.of, { prefix, after })) yield shown(view, stored);
      return;
    }
    const shelf = this.#shelves.get(resource);
    if (shelf === undefined) return;
    let i = shelf.position(after !== undefined && after > prefix ? after : prefix);
    if (shelf.keys[i] === after) i++;
    for (; i < shelf.keys.length; i++) {
      const key = shelf.keys[i]!;
      if (!key.startsWith(prefix)) return;
      yield shelf.objects.get(key)!;
    }
  }

  /** The objects as they were at `revision`, which must not be below the history's floor. Otherwise as `scan`. */
  scanAt(
    resource: Resource,
    revision: number,
    { prefix = '', after }: { prefix?: string; after?: string } = {},
  ): Iterable<Stored> {
    const { view } = resource;
    if (view !== undefined) {
      return [...this.scanAt(view.of, revision, { prefix, after })].map((stored) => shown(view, stored));
    }
    const undo = new Map<string, Stored | undefined>();
    for (const change of this.history.since(revision, resource)) {
      if (!undo.has(change.key)) undo.set(change.key, change.before);
    }
    if (undo.size === 0) return this.scan(resource, { prefix, after });
    const past = new Map<string, Stored>();
    for (const stored of this.scan(resource, { prefix, after })) {
      const key = keyOf(stored.object.metadata.namespace, stored.object.metadata.name);
      if (!undo.has(key)) past.set(key, stored);
    }
    for (const [key, stored] of undo) {
      const wanted = key.startsWith(prefix) && (after === undefined || key > after);
      if (stored !== undefined && wanted) past.set(key, stored);
    }
    return [...past.keys()].sort(byCodeUnit).map((key) => past.get(key)!);
  }

  /** The writes of one kind after `revision`, in order. */
  *changes(resource: Resource, revision: number): Generator<Change> {
    const { view } = resource;
    for (const change of this.history.since(revision, view?.of ?? resource)) {
      yield view === undefined ? change : changeShown(resource, view, change);
    }
  }

  /** As `subscribe`, for the writes of one kind. */
  follow(resource: Resource, listener: (change: Change) => void): () => void {
    const { view } = resource;
    if (view === undefined) return this.subscribe((change) => change.resource === resource && listener(change));
    return this.subscribe((change) => change.resource === view.of && listener(changeShown(resource, view, change)));
  }

  /** Calls `listener` with every write from now on, before the write's caller goes on. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #shelf(resource: Resource): Shelf {
    let shelf = this.#shelves.get(resource);
    if (shelf === undefined) {
      shelf = new Shelf();
      this.#shelves.set(resource, shelf);
    }
    return shelf;
  }

  #stamp(resource: Resource, object: KubeObject): Stored {
    this.#revision++;
    return this.#stored(resource, object, this.#revision);
  }

  #stored(resource: Resource, object: KubeObject, revision: number): Stored {
    const complete = this.#complete;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const stored = { ...object, metadata };
    return new Stored(stored, revision, complete && ((one) => complete(resource, one)));
  }

  #tell(change: Change): void {
    this.history.add(change);
    for (const listener of this.#listeners) listener(change);
  }
}

/** A version of an object as another kind shows it. */
function shown(view: View, stored: Stored): Stored;
function shown(view: View, stored: Stored | undefined): Stored | undefined;
function shown(view: View, stored: Stored | undefined): Stored | undefined {
  return stored && new Stored(view.show(stored.object), stored.revision, () => view.show(stored.whole));
}

const changeShown = (resource: Resource, view: View, { revision, key, before, after, last }: Change): Change => ({
  ...{ revision, resource, key },
  ...{ before: shown(view, before), after: shown(view, after), last: shown(view, last) },
});

const reservationOf = ({ group, plural }: Resource, key: string): string => `${plural}.${group}/${key}`;

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
