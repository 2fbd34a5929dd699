import type { Freshness } from '../freshness.ts';
import type { Change } from './source.ts';

/** What has become of all kinds since the batch before. Objects come before the freshness that speaks of them. */
export interface Batch<T> {
  /** Kinds without changes are left out. An object occurs once, in its last state. */
  changes: ReadonlyMap<string, readonly Change<T>[]>;
  /** Kinds whose freshness is as it was are left out. */
  freshness: ReadonlyMap<string, Freshness>;
}

/** Gathers changes of all kinds until they are taken. Holds no more than one change per object. */
export class Gathering<T> {
  readonly #changes = new Map<string, Map<string, Change<T>>>();
  readonly #freshness = new Map<string, Freshness>();

  get empty(): boolean {
    return this.#changes.size === 0 && this.#freshness.size === 0;
  }

  add(kind: string, changes: readonly Change<T>[]): void {
    const gathered = this.#changes.get(kind) ?? new Map<string, Change<T>>();
    this.#changes.set(kind, gathered);
    for (const change of changes) {
      gathered.delete(change.uid); // so that it moves to its place in the order
      gathered.set(change.uid, change);
    }
  }

  note(kind: string, freshness: Freshness): void {
    this.#freshness.set(kind, freshness);
  }

  /** What was gathered. It stays until `clear`, so that a consumer that throws loses nothing. */
  batch(): Batch<T> {
    const changes = new Map([...this.#changes].map(([kind, gathered]) => [kind, [...gathered.values()]]));
    return { changes, freshness: new Map(this.#freshness) };
  }

  clear(): void {
    this.#changes.clear();
    this.#freshness.clear();
  }
}
