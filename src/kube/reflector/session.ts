import { KubeError } from '../types.ts';
import { sleep } from './clock.ts';
import type { Copy } from './copy.ts';
import type { Course } from './course.ts';
import { Deadline } from './deadline.ts';
import { isCut, messageOf, NO_INITIAL_END, type Stage, WENT_BACK } from './failure.ts';
import { type Dependencies, fetchList } from './fetch-list.ts';
import { fetchWatch, type WatchEvent } from './fetch-watch.ts';
import { peek } from './peek.ts';
import { isOlder } from './revision.ts';
import type { Settings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { Source } from './source.ts';

export interface SessionOptions<T> {
  needs: Dependencies;
  slots: Slots;
  course: Course;
  copy: Copy<T>;
}

/**
 * The requests that keep a copy up to date, each taking the copy from one state to the next. Every method resolves when
 * its request ended as it should, and throws KubeError otherwise; `stage` and `listing` say what was under way.
 */
export class Session<T> {
  readonly #needs: Dependencies;
  readonly #settings: Settings;
  readonly #slots: Slots;
  readonly #course: Course;
  readonly #copy: Copy<T>;
  /** Requests on the side. */
  readonly #aside = new Set<Promise<void>>();
  /** Events and bookmarks not reported yet; and whether the watch ever had an event. */
  #tally = { events: 0, bookmarks: 0, progress: false };
  /** When the last list was complete, or a watch was cut. */
  #calmSince = Number.NEGATIVE_INFINITY;
  stage: Stage = 'resolve';
  /** A list, or the first state of a WatchList, is under way. */
  listing = false;

  constructor({ needs, slots, course, copy }: SessionOptions<T>) {
    this.#needs = needs;
    this.#settings = needs.settings;
    this.#slots = slots;
    this.#course = course;
    this.#copy = copy;
  }

  /** Resolves when no request on the side is left; each ends with the signal it was given. */
  async settled(): Promise<void> {
    await Promise.all(this.#aside);
  }

  /** After an outage: an etcd restored from a backup takes any watch from our revision, and never sends a thing on it. */
  async look(source: Source<T>, signal: AbortSignal): Promise<void> {
    this.stage = 'watch';
    const { revision } = await peek(this.#needs, source, signal);
    if (isOlder(revision, this.#copy.revision)) {
      throw new KubeError(0, WENT_BACK, 'the server is behind what it told before; listing again');
    }
    this.#course.suspect = false;
  }

  /** Lists everything, first as it comes, later as a whole. */
  async list(source: Source<T>, signal: AbortSignal): Promise<void> {
    const quorum = this.#course.next === 'quorum';
    this.listing = true;
    this.stage = 'list';
    if (!this.#copy.synced) this.#count(source, signal);
    const giveBack = await this.#slots.take(signal);
    try {
      const askedAt = this.#needs.clock.now();
      const revision = await fetchList(this.#needs, source, {
        // First from the watch cache; afterwards not older than what we hold.
        revision: quorum ? undefined : (this.#copy.revision ?? '0'),
        limit: this.#course.pageSize,
        signal,
        onAsk: (page) => {
          this.stage = page === 0 ? 'list' : 'page';
        },
        onBegin: () => this.#copy.beginList(),
        onItem: (raw) => this.#copy.item(raw),
        onProgress: (remaining) => {
          this.#copy.flush();
          if (remaining !== undefined) this.#copy.expect(this.#copy.listed + remaining);
          if (this.#copy.listed > this.#settings.bigList) giveBack();
        },
      });
      this.#copy.endList(revision, askedAt, quorum);
      this.#calmSince = this.#needs.clock.now();
      this.#course.listed();
    } finally {
      this.listing = false;
      giveBack();
    }
  }

  /** Asks for the number of objects beside the list, so that it costs no time. Nothing depends on the answer. */
  #count(source: Source<T>, signal: AbortSignal): void {
    if (source.query?.fieldSelector || source.query?.labelSelector) return;
    const aside = peek(this.#needs, source, signal).then(
      ({ count }) => this.#copy.expect(count),
      () => {},
    );
    this.#aside.add(aside);
    void aside.finally(() => this.#aside.delete(aside));
  }

  /** Watches until the watch ends as it should. */
  async watch(source: Source<T>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#needs;
    this.stage = 'watch';
    this.#tally = { events: 0, bookmarks: 0, progress: false };
    let openedAt: number | undefined;
    const livedMs = () => clock.now() - (openedAt ?? clock.now());
    const ended = await fetchWatch(this.#needs, source, {
      revision: this.#copy.revision,
      timeoutSeconds: this.#course.timeoutSeconds,
      signal,
      onOpen: () => {
        openedAt = clock.now();
        this.#copy.claim.opened();
      },
      onReceived: () => this.#copy.claim.received(),
      onEvent: (event) => this.#take(event),
      onProgress: () => this.#report(),
    }).catch((error: unknown) => {
      if (signal.aborted || openedAt === undefined || !this.#isLoneCut(error)) throw error;
      return error;
    });
    await this.#ended(ended, livedMs(), signal);
  }

  /**
   * The watch was cut, and all was well for a while before. How long this one had stood does not tell: it may have begun on
   * a connection that was old already.
   */
  #isLoneCut(error: unknown): error is KubeError {
    if (!isCut(error)) return false;
    const now = this.#needs.clock.now();
    const lone = Math.abs(now - this.#calmSince) >= this.#settings.catchUpMs;
    this.#calmSince = now;
    return lone;
  }

  /** Lets the first state come as the first events of a watch, which then goes on as any other. */
  async watchList(source: Source<T>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#needs;
    const deadline = new Deadline(clock, this.#settings.watchList, signal);
    this.stage = 'initial';
    this.listing = true;
    this.#tally = { events: 0, bookmarks: 0, progress: false };
    let openedAt = clock.now();
    try {
      if (!this.#copy.synced) this.#count(source, signal);
      const ended = await fetchWatch(this.#needs, source, {
        revision: this.#course.next === 'quorum' ? undefined : this.#copy.revision,
        // It must not be over before its first state is complete.
        timeoutSeconds: Math.max(this.#course.timeoutSeconds, this.#settings.watchList.totalMs / 1000),
        initial: true,
        signal: deadline.signal,
        onOpen: () => {
          openedAt = clock.now();
          deadline.extend();
          this.#copy.beginList();
        },
        onReceived: () => {
          deadline.extend();
          this.#copy.claim.received();
        },
        onEvent: (event) => {
          if (!this.listing) return this.#take(event);
          if (!event.initialEnd) return this.#copy.initial(event);
          deadline.met();
          this.#endInitial(event, openedAt);
        },
        onProgress: () => this.#report(),
      });
      if (this.listing) throw new KubeError(0, 'Network', 'the watch ended before the first state was complete');
      await this.#ended(ended, clock.now() - openedAt, signal);
    } catch (error) {
      if (!deadline.missed) throw error;
      throw new KubeError(0, NO_INITIAL_END, 'the server never completed the first state', { cause: error });
    } finally {
      this.listing = false;
      deadline.close();
    }
  }

  #endInitial({ revision }: WatchEvent, openedAt: number): void {
    if (revision === undefined) throw new KubeError(0, 'Malformed', 'the first state has no resourceVersion');
    this.#copy.endList(revision, openedAt, this.#course.next === 'quorum');
    this.#course.listed();
    this.listing = false;
    this.stage = 'watch';
    this.#copy.claim.opened();
    // This bookmark is no proof of having caught up: what happened since the watch was opened comes after it.
    this.#tally.events += 1;
  }

  #take(event: WatchEvent): void {
    this.#copy.apply(event);
    if (event.type === 'BOOKMARK') this.#tally.bookmarks += 1;
    else this.#tally.events += 1;
  }

  /** What has come so far is taken in: deliver it, and only then count it as evidence. */
  #report(): void {
    this.#copy.flush();
    const { events, bookmarks } = this.#tally;
    if (events > 0) this.#copy.claim.event();
    if (bookmarks > 0) this.#copy.claim.bookmark();
    this.#tally = { events: 0, bookmarks: 0, progress: this.#tally.progress || events > 0 };
  }

  /** A watch that lost nothing is over. Throws KubeError where it was too short to be of use. */
  async #ended(how: 'ended' | 'silent' | KubeError, livedMs: number, signal: AbortSignal): Promise<void> {
    const { standMs, idleMs } = this.#settings;
    if (how !== 'ended') {
      this.#course.suspect = true;
      const why = how === 'silent' ? `silent for ${idleMs / 1000} s` : messageOf(how);
      this.#copy.claim.ended(`${why}; reconnecting`);
      return;
    }
    const short = livedMs < standMs;
    if (short && !this.#tally.progress) throw new KubeError(0, 'Network', 'the server ended the watch at once');
    this.#copy.claim.ended('the server ended the watch; reconnecting');
    // A server that ends each watch after an event or two is not asked more than twice a second.
    if (short) await sleep(this.#needs.clock, standMs / 2, signal);
  }
}
