/**
 * What is held of one kind, as references: the objects themselves live with whoever takes the changes. Works out the
 * differences, and sees to it that none is lost: an object that cannot be read is reported and counted, never dropped
 * in silence, and one that was deleted and made again under its name is a deletion and a new object.
 */
import { isOlder, newer } from './revision.ts';
import type { Change, ItemRef } from './source.ts';

interface Entry {
  ref: ItemRef;
  broken: boolean;
  /** The consumer knows the object, so that it must be told when it goes. */
  delivered: boolean;
}

interface Snapshot<T> {
  seen: Set<string>;
  /** Objects to set once the list is complete; undefined where each is set as it comes. */
  later: { ref: ItemRef; read: Reading<T> }[] | undefined;
}

/** What projecting an object gave: ours, nothing (it is not wanted), or an error. */
type Reading<T> = { object: T } | { unwanted: true } | { error: unknown };

export interface HoldingsOptions<T> {
  project(raw: unknown): T | undefined;
  cap?: number;
  onBroken?(ref: ItemRef, error: unknown): void;
}

export class Holdings<T> {
  #options: HoldingsOptions<T>;
  readonly #entries = new Map<string, Entry>();
  /** Namespace to name to uid: a key of both would be one more string an object. */
  readonly #uids = new Map<string, Map<string, string>>();
  readonly #changes = new Map<string, Change<T>>();
  #snapshot: Snapshot<T> | undefined;
  #broken = 0;
  #nameless = 0;
  #capped = false;
  #newest: string | undefined;
  #namespace = '';

  constructor(options: HoldingsOptions<T>) {
    this.#options = options;
  }

  /** Objects held, without the broken ones. */
  get count(): number {
    return this.#entries.size - this.#broken;
  }

  get broken(): number {
    return this.#broken;
  }

  /** The newest resourceVersion of any object since `clearNewest`. */
  get newest(): string | undefined {
    return this.#newest;
  }

  /** Forgets which revision was the newest: the server has gone back in time. */
  clearNewest(): void {
    this.#newest = undefined;
  }

  /** The cap has cost at least one object since the last complete list. */
  get capped(): boolean {
    return this.#capped;
  }

  /** Reads objects in another way from now on, and takes every object for changed. */
  reread(options: HoldingsOptions<T>): void {
    this.#options = options;
    this.forget();
  }

  /** Takes every object held for changed, so that the next list delivers it again. */
  forget(): void {
    for (const entry of this.#entries.values()) entry.ref = { ...entry.ref, resourceVersion: '' };
  }

  /** The changes that were not delivered yet, in order; an object occurs once. */
  pending(): Change<T>[] {
    this.#enforceCap();
    return [...this.#changes.values()];
  }

  /** The pending changes were taken in. */
  delivered(): void {
    for (const change of this.#changes.values()) {
      const entry = change.type === 'set' ? this.#entries.get(change.uid) : undefined;
      if (entry) entry.delivered = true;
    }
    this.#changes.clear();
  }

  /** An object was added or modified. */
  put(raw: unknown): void {
    const ref = this.#identify(raw);
    this.#apply(ref, this.#read(raw, ref));
  }

  /** An object was deleted; `raw` is its last state. False where it does not say which object. */
  remove(raw: unknown): boolean {
    const { uid } = this.#identify(raw);
    this.#drop(uid);
    return !uid.startsWith('?');
  }

  /** Forgets everything, and tells so. */
  clear(): void {
    for (const uid of [...this.#entries.keys()]) this.#drop(uid);
    this.#snapshot = undefined;
    this.#capped = false;
  }

  /** A list begins. `atOnce`: what it has is delivered as it comes; otherwise nothing changes before `complete`. */
  begin(atOnce: boolean): void {
    this.#snapshot = { seen: new Set(), later: atOnce ? undefined : [] };
    if (atOnce) this.#capped = false;
  }

  /** An item of the list. */
  list(raw: unknown): void {
    const snapshot = this.#snapshot!;
    const ref = this.#identify(raw);
    snapshot.seen.add(ref.uid);
    const held = this.#entries.get(ref.uid);
    if (held && ref.resourceVersion !== '' && held.ref.resourceVersion === ref.resourceVersion) return;
    const read = this.#read(raw, ref);
    if (snapshot.later) snapshot.later.push({ ref, read });
    else this.#apply(ref, read);
  }

  /** Items of the list so far. */
  get listed(): number {
    return this.#snapshot?.seen.size ?? 0;
  }

  /** An object vanished while the list was being sent. False where it is not said which. */
  unlist(raw: unknown): boolean {
    const snapshot = this.#snapshot!;
    const { uid } = this.#identify(raw);
    snapshot.seen.delete(uid);
    if (snapshot.later) snapshot.later = snapshot.later.filter(({ ref }) => ref.uid !== uid);
    else this.#drop(uid);
    return !uid.startsWith('?');
  }

  /** The list is complete: whatever it did not have is gone. */
  complete(): void {
    const snapshot = this.#snapshot!;
    this.#snapshot = undefined;
    if (snapshot.later) this.#capped = false;
    for (const uid of [...this.#entries.keys()]) {
      if (!snapshot.seen.has(uid)) this.#drop(uid);
    }
    for (const { ref, read } of snapshot.later ?? []) this.#apply(ref, read);
  }

  #identify(raw: unknown): ItemRef {
    const metadata = (raw as { metadata?: unknown } | null | undefined)?.metadata;
    const { uid, name, namespace, resourceVersion } = (metadata ?? {}) as Record<string, unknown>;
    // Hardly ever another one than before; each object brings a copy of it.
    if (typeof namespace === 'string' && namespace !== this.#namespace) this.#namespace = namespace;
    const ref: ItemRef = {
      uid: typeof uid === 'string' ? uid : '',
      name: typeof name === 'string' ? name : '',
      namespace: typeof namespace === 'string' ? this.#namespace : undefined,
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    };
    if (ref.uid === '' && ref.name !== '') ref.uid = `~${ref.namespace ?? ''}/${ref.name}`;
    if (ref.uid === '') ref.uid = `?${++this.#nameless}`;
    return ref;
  }

  #read(raw: unknown, ref: ItemRef): Reading<T> {
    // `?` and `~` begin made-up uids; a uid of the API's is a UUID, or any other text that begins with neither.
    if (/^[?~]/.test(ref.uid) || ref.name === '') return { error: new TypeError('an object without uid or name') };
    try {
      const object = this.#options.project(raw);
      return object === undefined ? { unwanted: true } : { object };
    } catch (error) {
      return { error };
    }
  }

  #apply(ref: ItemRef, read: Reading<T>): void {
    if (ref.resourceVersion !== '') this.#newest = newer(this.#newest, ref.resourceVersion);
    const namesake = this.#named(ref);
    if (namesake !== undefined && namesake !== ref.uid) this.#drop(namesake);
    if ('unwanted' in read) {
      this.#drop(ref.uid);
      return;
    }
    const held = this.#entries.get(ref.uid);
    if (held && !sameName(held.ref, ref)) this.#unname(held.ref);
    if (held?.broken) this.#broken -= 1;
    // Where a deletion is still pending the consumer has the object, too.
    const untold = this.#changes.get(ref.uid)?.type === 'delete';
    const delivered = held ? held.delivered || held.broken : untold;
    if ('error' in read) {
      // Its last readable state is no longer the truth: away with it.
      this.#tellGone(ref, delivered);
      this.#broken += 1;
      this.#entries.set(ref.uid, { ref, broken: true, delivered: false });
      this.#options.onBroken?.(ref, read.error);
    } else {
      this.#entries.set(ref.uid, { ref, broken: false, delivered });
      this.#changes.delete(ref.uid); // so that it moves behind the deletion of its namesake
      this.#changes.set(ref.uid, { type: 'set', uid: ref.uid, name: ref.name, object: read.object });
    }
    if (ref.name !== '') this.#name(ref);
  }

  #drop(uid: string): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    this.#entries.delete(uid);
    if (entry.broken) this.#broken -= 1;
    if (this.#named(entry.ref) === uid) this.#unname(entry.ref);
    // Whoever shows broken objects must hear that this one is gone.
    this.#tellGone(entry.ref, entry.delivered || entry.broken);
  }

  /** The uid that holds the name of `ref`. */
  #named({ namespace = '', name }: ItemRef): string | undefined {
    return this.#uids.get(namespace)?.get(name);
  }

  #name({ namespace = '', name, uid }: ItemRef): void {
    const names = this.#uids.get(namespace) ?? new Map<string, string>();
    this.#uids.set(namespace, names.set(name, uid));
  }

  #unname({ namespace = '', name }: ItemRef): void {
    this.#uids.get(namespace)?.delete(name);
  }

  #tellGone(ref: ItemRef, known: boolean): void {
    const untold = this.#changes.get(ref.uid)?.type === 'delete';
    this.#changes.delete(ref.uid);
    if (known || untold) this.#changes.set(ref.uid, { type: 'delete', uid: ref.uid, name: ref.name });
  }

  #enforceCap(): void {
    const { cap } = this.#options;
    if (cap === undefined || this.#entries.size <= cap) return;
    const byAge = [...this.#entries.values()].sort((a, b) => order(a.ref, b.ref));
    for (const { ref } of byAge.slice(0, this.#entries.size - cap)) this.#drop(ref.uid);
    this.#capped = true;
  }
}

function sameName(a: ItemRef, b: ItemRef): boolean {
  return a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
}

function order(a: ItemRef, b: ItemRef): number {
  if (isOlder(a.resourceVersion, b.resourceVersion)) return -1;
  return isOlder(b.resourceVersion, a.resourceVersion) ? 1 : 0;
}
