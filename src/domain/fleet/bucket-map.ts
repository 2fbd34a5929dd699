/**
 * An immutable map whose next version shares all but the touched buckets with the one before: a snapshot of ten
 * thousand rows may be kept and compared with the next one, and one changed row costs one bucket of some forty rows.
 */

const BUCKETS = 256;

/** Which bucket a key is in. The end of a uid varies most, and eight characters of it spread well. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = Math.max(0, key.length - 8); index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 16) & (BUCKETS - 1);
}

type Bucket<V> = ReadonlyMap<string, V>;
const EMPTY: ReadonlyMap<string, never> = new Map<string, never>();

/** In no particular order. */
export class BucketMap<V> implements ReadonlyMap<string, V> {
  readonly #buckets: readonly Bucket<V>[];
  readonly size: number;

  private constructor(buckets: readonly Bucket<V>[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<V>(): BucketMap<V> {
    return new BucketMap<V>(new Array<Bucket<V>>(BUCKETS).fill(EMPTY), 0);
  }

  /** The next version: each change sets a key, or removes it where the value is `undefined`. */
  with(changes: ReadonlyMap<string, V | undefined>): BucketMap<V> {
    if (changes.size === 0) return this;
    const buckets = this.#buckets.slice();
    const fresh = new Map<number, Map<string, V>>();
    let size = this.size;
    for (const [key, value] of changes) {
      const place = bucketOf(key);
      let bucket = fresh.get(place);
      if (!bucket) {
        bucket = new Map(this.#buckets[place]);
        fresh.set(place, bucket);
        buckets[place] = bucket;
      }
      size -= bucket.size;
      if (value === undefined) bucket.delete(key);
      else bucket.set(key, value);
      size += bucket.size;
    }
    return new BucketMap<V>(buckets, size);
  }

  /** The buckets, each shared with every version in which it is the same. */
  get buckets(): readonly Bucket<V>[] {
    return this.#buckets;
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) ?? false;
  }

  *entries(): MapIterator<[string, V]> {
    for (const bucket of this.#buckets) yield* bucket.entries();
  }

  *keys(): MapIterator<string> {
    for (const bucket of this.#buckets) yield* bucket.keys();
  }

  *values(): MapIterator<V> {
    for (const bucket of this.#buckets) yield* bucket.values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}

/** A key whose value is another one in the later map, or is in one of the two only. */
export interface Difference<V> {
  before?: V;
  after?: V;
}

/**
 * What differs, by identity, in no particular order. Two versions of one BucketMap cost what they do not share; any other
 * maps cost every key.
 */
export function differences<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): Difference<V>[] {
  if (before === after) return [];
  if (!(before instanceof BucketMap) || !(after instanceof BucketMap)) return compared(before, after);
  const found: Difference<V>[] = [];
  const earlier = before.buckets as readonly Bucket<V>[];
  (after.buckets as readonly Bucket<V>[]).forEach((bucket, place) => {
    if (bucket !== earlier[place]) found.push(...compared(earlier[place]!, bucket));
  });
  return found;
}

function compared<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): Difference<V>[] {
  const found: Difference<V>[] = [];
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old !== value) found.push({ before: old, after: value });
  }
  for (const [key, old] of before) if (!after.has(key)) found.push({ before: old });
  return found;
}
