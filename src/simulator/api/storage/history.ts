import type { Resource } from '../resources.ts';
import type { Stored } from './stored.ts';

/** One write as watches and lists of the past see it. */
export interface Change {
  revision: number;
  resource: Resource;
  key: string;
  /** Missing where the object was created. */
  before?: Stored;
  /** Missing where the object was removed. */
  after?: Stored;
  /** Of a removal: what was removed, under the revision of the removal, as watches are told. */
  last?: Stored;
  /** Of what was written before the server began: when, Unix time in ms. */
  at?: number;
}

/**
 * The last writes, oldest first. What is older has been compacted: neither a watch nor a list can go back there.
 */
export class History {
  /** The oldest revision whose state can still be told. */
  floor: number;
  readonly #limit: number;
  #changes: Change[] = [];
  #head = 0;

  /** `limit` is how many changes are kept. */
  constructor(revision: number, limit: number) {
    this.floor = revision;
    this.#limit = limit;
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length - this.#head > this.#limit) this.#dropFirst();
  }

  /** Forgets everything up to and including `revision`. */
  compact(revision: number): void {
    while (this.#head < this.#changes.length && this.#changes[this.#head]!.revision <= revision) this.#dropFirst();
    this.floor = Math.max(this.floor, revision);
  }

  /** The changes of one resource after `revision`, in order. */
  *since(revision: number, resource: Resource): Generator<Change> {
    for (let i = this.#indexAfter(revision); i < this.#changes.length; i++) {
      const change = this.#changes[i]!;
      if (change.resource === resource) yield change;
    }
  }

  #indexAfter(revision: number): number {
    let low = this.#head;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#changes[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #dropFirst(): void {
    this.floor = Math.max(this.floor, this.#changes[this.#head]!.revision);
    this.#head++;
    // Moving the rest down at each drop would make a full window slow.
    if (this.#head > 1024 && this.#head * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#head);
      this.#head = 0;
    }
  }
}
