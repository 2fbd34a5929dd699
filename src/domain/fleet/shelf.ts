/** The objects of one kind by uid and by name, and indexes from a key to uids. */
import type { Meta } from '../objects.ts';

/**
 * Which of two objects of one name stands for it. They meet when an object is re-created and the two changes arrive
 * in either order: the one not being deleted, or else the younger, or else any, but always the same.
 */
function prefer<T extends Meta>(a: T, b: T): T {
  if ((a.deleting === undefined) !== (b.deleting === undefined)) return a.deleting === undefined ? a : b;
  if ((a.created ?? 0) !== (b.created ?? 0)) return (a.created ?? 0) > (b.created ?? 0) ? a : b;
  return a.uid > b.uid ? a : b;
}

/** Objects of one kind. */
export class Shelf<T extends Meta> {
  readonly #byUid = new Map<string, T>();
  readonly #uidsByName = new Multi();

  get size(): number {
    return this.#byUid.size;
  }

  get(uid: string): T | undefined {
    return this.#byUid.get(uid);
  }

  all(): IterableIterator<T> {
    return this.#byUid.values();
  }

  /** The object that stands for a name. */
  named(name: string | undefined): T | undefined {
    if (name === undefined) return undefined;
    let found: T | undefined;
    for (const uid of this.#uidsByName.get(name)) {
      const object = this.#byUid.get(uid);
      if (object) found = found === undefined ? object : prefer(found, object);
    }
    return found;
  }

  /** All objects of a name; more than one only while one replaces another. */
  uidsNamed(name: string): Iterable<string> {
    return this.#uidsByName.get(name);
  }

  /** Gives what stood there before. */
  set(object: T): T | undefined {
    const before = this.#byUid.get(object.uid);
    this.#byUid.set(object.uid, object);
    if (before?.name !== object.name) {
      if (before) this.#uidsByName.remove(before.name, before.uid);
      this.#uidsByName.add(object.name, object.uid);
    }
    return before;
  }

  /** Gives what was removed. */
  delete(uid: string): T | undefined {
    const before = this.#byUid.get(uid);
    if (!before) return undefined;
    this.#byUid.delete(uid);
    this.#uidsByName.remove(before.name, uid);
    return before;
  }
}

const NONE: readonly string[] = [];

/** Key to uids. Most keys have one uid, which is then held without a Set: a fleet has tens of thousands of keys. */
export class Multi {
  readonly #entries = new Map<string, string | Set<string>>();

  get(key: string | undefined): Iterable<string> {
    const found = key === undefined ? undefined : this.#entries.get(key);
    if (found === undefined) return NONE;
    return typeof found === 'string' ? [found] : found;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Whether a key has more than one uid. */
  isShared(key: string): boolean {
    return typeof this.#entries.get(key) === 'object';
  }

  add(key: string | undefined, uid: string): void {
    if (key === undefined) return;
    const found = this.#entries.get(key);
    if (found === undefined) this.#entries.set(key, uid);
    else if (typeof found !== 'string') found.add(uid);
    else if (found !== uid) this.#entries.set(key, new Set([found, uid]));
  }

  remove(key: string | undefined, uid: string): void {
    const found = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || found === undefined) return;
    if (typeof found === 'string') {
      if (found === uid) this.#entries.delete(key);
      return;
    }
    found.delete(uid);
    const [last] = found;
    if (found.size === 1 && last !== undefined) this.#entries.set(key, last);
    else if (found.size === 0) this.#entries.delete(key);
  }

  /** Moves a uid from the key it had to the key it has. */
  move(before: string | undefined, after: string | undefined, uid: string): void {
    if (before === after) return;
    this.remove(before, uid);
    this.add(after, uid);
  }
}
