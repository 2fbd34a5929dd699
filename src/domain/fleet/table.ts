import { BucketMap } from './bucket-map.ts';
import type { Rows } from './rows.ts';
import { same } from './same.ts';
import { type Compare, edited } from './sorted.ts';

interface Identified {
  uid: string;
}

/** Rows computed between two looks at the time. */
const LOOK_UP = 64;

/** A row that came, went or changed. */
export interface RowChange<R> {
  uid: string;
  before?: R;
  after?: R;
}

/**
 * The rows of one sort. Dirty rows are computed anew on `settle`; those that say the same keep their identity, the
 * list keeps its order by insertion, and a settle without changes gives the same `Rows`.
 */
export class Table<R extends Identified> {
  readonly #compare: Compare<R>;
  readonly #dirty = new Set<string>();
  #byUid = BucketMap.empty<R>();
  #rows: Rows<R> = { revision: 0, list: [], byUid: this.#byUid };

  constructor(compare: Compare<R>) {
    this.#compare = compare;
  }

  get rows(): Rows<R> {
    return this.#rows;
  }

  get(uid: string | undefined): R | undefined {
    return uid === undefined ? undefined : this.#byUid.get(uid);
  }

  touch(uid: string): void {
    this.#dirty.add(uid);
  }

  touchEach(uids: Iterable<string>): void {
    for (const uid of uids) this.#dirty.add(uid);
  }

  touchAll(): void {
    for (const row of this.#rows.list) this.#dirty.add(row.uid);
  }

  /** Whether rows are left to compute. */
  get dirty(): boolean {
    return this.#dirty.size > 0;
  }

  /**
   * Computes what is dirty; gives how many rows that were and what changed among them. Once `expired` says so the rest is
   * left for the next time.
   */
  settle(
    compute: (uid: string) => R | undefined,
    expired?: () => boolean,
  ): { computed: number; changes: readonly RowChange<R>[] } {
    const changes: RowChange<R>[] = [];
    let computed = 0;
    for (const uid of this.#dirty) {
      if (computed > 0 && computed % LOOK_UP === 0 && expired?.()) break;
      computed += 1;
      this.#dirty.delete(uid);
      const before = this.#byUid.get(uid);
      const after = compute(uid);
      if (before === after || (before !== undefined && after !== undefined && same(before, after))) continue;
      changes.push({ uid, before, after });
    }
    if (changes.length > 0) {
      this.#byUid = this.#byUid.with(new Map(changes.map(({ uid, after }) => [uid, after])));
      this.#rows = {
        revision: this.#rows.revision + 1,
        list: edited(this.#rows.list, changes, this.#compare),
        byUid: this.#byUid,
      };
    }
    return { computed, changes };
  }
}
