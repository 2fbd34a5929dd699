/**
 * The claim that a kind is live, and the evidence for it. A kind may be called live only while what is held is known to
 * have been the server's truth at most a bounded time ago, so this file errs on the side of doubt:
 *
 * - A 200 proves nothing: an expired revision comes as an ERROR event inside one. The watch must have stood a second.
 * - An event proves the connection, not that we have caught up: after an outage the first event is as old as the outage.
 *   It counts at once where what we hold was proven a short time ago; otherwise the backlog must have run dry.
 * - A bookmark does prove it: the server sends it after all events before it.
 * - Once doubt is cast, no connection counts that was opened before the doubt was lifted: it may be half-open.
 */
import type { Phase } from '../freshness.ts';
import type { Clock } from './clock.ts';
import { boundMs, type Settings } from './settings.ts';
import type { Standing } from './standing.ts';

interface Connection {
  openedAt: number;
  /** When the last bytes had been taken in; infinitely late while some are still waiting for that. */
  takenInAt: number;
  /** Since when it proves that we see what the server does. */
  provenSince?: number;
}

export class Claim {
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #standing: Standing;
  #connection: Connection | undefined;
  #doubt: { reason: string; phase: Phase } | undefined;
  /** What is held was the server's truth at this time, or later. */
  #trueAt = Number.NEGATIVE_INFINITY;
  #timer: unknown;

  constructor(clock: Clock, settings: Settings, standing: Standing) {
    this.#clock = clock;
    this.#settings = settings;
    this.#standing = standing;
  }

  get doubted(): boolean {
    return this.#doubt !== undefined;
  }

  /** A complete list is held that was asked for at `askedAt`. */
  held(askedAt: number): void {
    this.#trueAt = askedAt;
    if (this.#doubt) this.#standing.set({ phase: this.#doubt.phase, error: this.#doubt.reason });
  }

  /** The watch was answered with 200. */
  opened(): void {
    if (this.#doubt) return;
    const now = this.#clock.now();
    this.#connection = { openedAt: now, takenInAt: Number.NEGATIVE_INFINITY };
    this.#after(this.#settings.standMs, () => this.#stood());
  }

  /** Bytes have come, and what they say is not known yet. */
  received(): void {
    if (this.#connection) this.#connection.takenInAt = Number.POSITIVE_INFINITY;
  }

  /** One or more events were taken in, to the last byte that has come. */
  event(): void {
    const connection = this.#connection;
    if (!connection) return;
    const now = this.#clock.now();
    connection.takenInAt = now;
    const gap = now - this.#trueAt;
    const close = gap >= 0 && gap <= boundMs(this.#settings);
    if (connection.provenSince !== undefined || close) this.#prove(connection);
  }

  bookmark(): void {
    if (this.#connection) this.#prove(this.#connection);
  }

  /** The API was reachable at `at`, so that a watch that is open can be believed to have told us everything until then. */
  vouch(at: number): void {
    const since = this.#connection?.provenSince;
    if (since === undefined || since > at || !this.#isLive()) return;
    this.#trueAt = Math.max(this.#trueAt, at);
    this.#standing.set({ verifiedAt: Math.max(at, this.#standing.current.verifiedAt ?? at) });
  }

  /**
   * The watch is over and nothing was lost with it (the server ended it, or we did), and another is opened at once: a
   * kind that was live remains so for that moment.
   */
  ended(why: string): void {
    const proven = this.#connection?.provenSince !== undefined;
    this.lost();
    if (!this.#isLive()) return;
    if (proven) this.#after(this.#settings.graceMs, () => this.#fall(why));
    else this.#fall(why);
  }

  /** The watch is over, or could not be opened. What the kind is now, which is not live, the caller says. */
  lost(): void {
    this.#connection = undefined;
    this.#cancel();
  }

  /** Whatever connection there is proves nothing from now on, until `trust`. */
  doubt(reason: string, phase: 'stale' | 'auth'): void {
    this.#doubt = { reason, phase };
    this.lost();
    const { current } = this.#standing;
    const now = this.#clock.now();
    // How long ago what is held was true is part of the doubt: the clock may have jumped.
    this.#trueAt = Number.NEGATIVE_INFINITY;
    // A clock that was set back would make old evidence look like evidence of the future.
    if (current.verifiedAt !== undefined && current.verifiedAt > now) this.#standing.set({ verifiedAt: now });
    const shown =
      current.phase === 'live' || current.phase === 'stale' || (current.phase === 'syncing' && current.synced);
    if (shown || (current.phase === 'auth' && current.synced)) this.#standing.set({ phase, error: reason });
  }

  /** Doubt is lifted: connections opened from now on count. */
  trust(): void {
    this.#doubt = undefined;
  }

  /** Forgets what was held, and with it every claim. */
  drop(): void {
    this.lost();
    this.#trueAt = Number.NEGATIVE_INFINITY;
  }

  #stood(): void {
    const connection = this.#connection;
    if (!connection || connection.provenSince !== undefined) return;
    const now = this.#clock.now();
    const { quietMs, catchUpMs } = this.#settings;
    if (now - connection.takenInAt >= quietMs || now - connection.openedAt >= catchUpMs) {
      this.#prove(connection);
      return;
    }
    if (this.#isLive()) this.#fall('catching up');
    this.#after(quietMs, () => this.#stood());
  }

  #prove(connection: Connection): void {
    const now = this.#clock.now();
    if (connection.provenSince === undefined) {
      connection.provenSince = now;
      this.#cancel();
    }
    this.#trueAt = now;
    this.#standing.set({ phase: 'live', verifiedAt: now, error: undefined, retryAt: undefined, expected: undefined });
  }

  #fall(why: string): void {
    this.#standing.set({ phase: 'stale', error: why });
  }

  #isLive(): boolean {
    return this.#standing.current.phase === 'live';
  }

  #after(ms: number, run: () => void): void {
    this.#cancel();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      run();
    }, ms);
  }

  #cancel(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
