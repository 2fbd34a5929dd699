import { type Freshness, versionOfPath } from '../freshness.ts';
import { KubeError } from '../types.ts';
import { Claim } from './claim.ts';
import type { Clock } from './clock.ts';
import { messageOf, WENT_BACK } from './failure.ts';
import type { WatchEvent } from './fetch-watch.ts';
import { Holdings } from './holdings.ts';
import { isOlder, newer } from './revision.ts';
import type { Settings } from './settings.ts';
import type { Change, ItemRef, Source } from './source.ts';
import { Standing } from './standing.ts';

export interface CopyOptions<T> {
  clock: Clock;
  settings: Settings;
  onChanges(changes: Change<T>[]): void;
  onFreshness(freshness: Freshness): void;
  onBroken(ref: ItemRef, error: unknown): void;
}

/** Our copy of one kind: what is held, up to which revision, and what may be claimed of it. Sends no requests. */
export class Copy<T> {
  readonly standing: Standing;
  readonly claim: Claim;
  readonly #options: CopyOptions<T>;
  readonly #holdings: Holdings<T>;
  #source: Source<T> | undefined;
  #revision: string | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(options: CopyOptions<T>) {
    this.#options = options;
    this.standing = new Standing(options.clock, options.onFreshness);
    this.claim = new Claim(options.clock, options.settings, this.standing);
    this.#holdings = new Holdings<T>({ project: () => undefined });
  }

  /** The last revision known: where a watch goes on, and what a new list must not be older than. */
  get revision(): string | undefined {
    return this.#revision;
  }

  /** No watch that went on from the last list has been proven. */
  get unprovenSinceList(): boolean {
    return (this.standing.current.verifiedAt ?? Number.NEGATIVE_INFINITY) < this.#listedAt;
  }

  /** A complete list is held. */
  get synced(): boolean {
    return this.standing.current.synced;
  }

  /** Objects held, readable or not. */
  get size(): number {
    return this.#holdings.count + this.#holdings.broken;
  }

  /** Items of the running list so far. */
  get listed(): number {
    return this.#holdings.listed;
  }

  /** Reads objects as `source` says from now on; a list is due where that is another source than before. */
  use(source: Source<T>): void {
    if (source === this.#source) return;
    this.#source = source;
    const { project, cap } = source;
    this.#holdings.reread({ project: (raw) => project(raw), cap, onBroken: this.#options.onBroken });
    this.standing.set({ version: versionOfPath(source.path) });
  }

  /** The first piece of a list is here. The first list is delivered as it comes, a later one when it is complete. */
  beginList(): void {
    this.#holdings.begin(!this.synced);
    if (!this.synced) this.standing.set({ phase: 'syncing', error: undefined });
  }

  item(raw: unknown): void {
    this.#holdings.list(raw);
  }

  /** While syncing: how many objects there will be. */
  expect(count: number | undefined): void {
    if (!this.synced && count !== undefined && this.#source?.cap === undefined) this.standing.set({ expected: count });
  }

  /**
   * The list of `revision` is complete; it was asked for at `askedAt`. Throws KubeError `WentBack` when it is older than
   * something already seen, unless it is the `newest` the server has: then the server itself went back.
   */
  endList(revision: string, askedAt: number, newest: boolean): void {
    if (!newest && (isOlder(revision, this.#revision) || isOlder(revision, this.#holdings.newest))) throw wentBack();
    if (newest) this.#holdings.clearNewest();
    this.#holdings.complete();
    this.#revision = revision;
    this.#listedAt = this.#options.clock.now();
    this.flush();
    this.standing.set({ synced: true, expected: undefined });
    this.claim.held(askedAt);
  }

  /** One event of the first state that a WatchList sends, before the bookmark that ends it. */
  initial(event: WatchEvent): void {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') this.#holdings.list(event.object);
    else if (event.type === 'DELETED' && !this.#holdings.unlist(event.object)) throw unknownDeletion();
  }

  /** One event of a watch. Throws KubeError `WentBack` for a bookmark older than what was seen. */
  apply(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      if (isOlder(event.revision, this.#revision)) throw wentBack();
    } else if (event.type === 'DELETED') {
      if (!this.#holdings.remove(event.object)) throw unknownDeletion();
    } else {
      this.#holdings.put(event.object);
    }
    // A deletion may carry the revision of the object's last state.
    if (event.revision !== undefined) this.#revision = newer(this.#revision, event.revision);
  }

  /**
   * Delivers what has changed: first the objects, then what may be claimed of them. When the consumer throws this throws,
   * and the same changes are delivered again the next time.
   */
  flush(): void {
    this.#deliver();
    this.standing.set(this.#figures());
  }

  /** Takes every object for changed: its resourceVersion no longer tells. */
  distrustRevisions(): void {
    this.#holdings.forget();
  }

  /**
   * Holds nothing from now on, and says why: the kind is forbidden or absent, which is not the same as zero. Throws as
   * `flush` does; then nothing is known until the deletions are taken in.
   */
  empty(patch: { phase: 'forbidden' | 'absent'; error: string; retryAt: number }): void {
    this.#holdings.clear();
    this.#revision = undefined;
    this.claim.drop();
    const nothing = { synced: false, expected: undefined, verifiedAt: undefined };
    try {
      this.#deliver();
    } catch (error) {
      const unknown = { phase: 'waiting', error: messageOf(error), retryAt: patch.retryAt } as const;
      this.standing.set({ ...this.#figures(), ...nothing, ...unknown });
      throw error;
    }
    // In one: at no moment may a kind that was live seem to have no objects.
    this.standing.set({ ...this.#figures(), ...nothing, ...patch });
  }

  #deliver(): void {
    const changes = this.#holdings.pending();
    if (changes.length === 0) return;
    try {
      this.#options.onChanges(changes);
    } catch (cause) {
      throw new Error(`the changes were not taken in: ${messageOf(cause)}`, { cause });
    }
    this.#holdings.delivered();
  }

  #figures() {
    const { count, broken, capped } = this.#holdings;
    return {
      count,
      broken: broken > 0 ? broken : undefined,
      capped: capped ? true : undefined,
      resourceVersion: this.#revision,
    };
  }
}

function wentBack(): KubeError {
  return new KubeError(0, WENT_BACK, 'the server is behind what it told before; listing again');
}

function unknownDeletion(): KubeError {
  return new KubeError(0, 'Malformed', 'an object was deleted, and the event does not say which');
}
