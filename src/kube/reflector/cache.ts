/**
 * Keeps a copy of many kinds at once, and says of each how far it can be trusted.
 *
 * What it promises its readers:
 * - `live` means: what the batches so far have delivered of this kind was the server's truth at most 15 s ago (probe
 *   interval plus probe timeout, `boundMs`; and the flush interval), as long as the way to the API is one way. Where a
 *   single connection dies in silence while new ones still get through (a proxy forgot it, a virtual address moved),
 *   the bound is `idleMs` and `graceMs`, 14 + 1 s.
 * - Every other phase means: do not act on it as if it were now. `stale` and `auth`: it was true at `verifiedAt`, with
 *   the same bound. `forbidden` and `absent`: nothing is held, which is not zero. `waiting`: nothing is known.
 *   `syncing`: what has been delivered exists, what has not may exist.
 * - A failed probe makes all kinds stale at once; a kind that fails calls for one. When the API answers again every watch
 *   is reopened, and a kind is live again only when its own new watch has proven that it has caught up. The same goes
 *   for a clock that jumped.
 * - A kind that is not served, or may not be read, is asked for again every 30 to 60 s, and joins by itself.
 * - One callback per flush carries the changes of all kinds; within a kind a deletion comes before an object that took
 *   the name. An object that cannot be read is reported and counted, and costs no other object.
 *
 * What it does not: consistency across kinds (each has its own watch, so that an owner may be seen after its child),
 * intermediate states, or objects for later reading: it hands them on and keeps references.
 */
import { type Freshness, waitingSince } from '../freshness.ts';
import type { Transport } from '../types.ts';
import { type Batch, Gathering } from './batch.ts';
import { type Clock, systemClock } from './clock.ts';
import { ClockWatch } from './clock-watch.ts';
import { Loop } from './loop.ts';
import { Pacer } from './pacer.ts';
import { Probe } from './probe.ts';
import type { Reflector } from './reflector.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import { Slots } from './slots.ts';
import type { ItemRef, Source } from './source.ts';

export interface CacheOptions<T> {
  kinds: readonly string[];
  /**
   * Finds out where a kind is served, undefined where it is not. Asked at the start, and again at each retry of a kind
   * that was absent or forbidden; `fresh` says that an answer from memory will not do.
   */
  resolve(kind: string, hint: { fresh: boolean; signal: AbortSignal }): Promise<Source<T> | undefined>;
  transport: Transport;
  clock?: Clock;
  settings?: Settings;
  /** Gives [0, 1). */
  random?: () => number;
  /** At most once per `flushMs`. When it throws, the same batch (and what came since) is delivered again later. */
  onChange(batch: Batch<T>): void;
  onBroken?(kind: string, ref: ItemRef, error: unknown): void;
  /** A callback threw. */
  onError?(error: unknown): void;
}

export interface ResourceCache {
  start(): void;
  /** Resolves when no connection and no timer is left. No callback comes after it was called. */
  stop(): Promise<void>;
  /** Of every kind, as of the last batch: it never speaks of objects that were not delivered yet. */
  freshness(): Readonly<Record<string, Freshness>>;
  /** Asks the API at once, reopens the watches and cuts short any wait. */
  poke(reason?: string): void;
  /** Makes all kinds unverified, and verifies them: for whoever knows a reason. */
  doubt(reason: string): void;
}

/** See the head of this file for what it promises. */
export function createResourceCache<T>(options: CacheOptions<T>): ResourceCache {
  return new Cache(options);
}

class Cache<T> implements ResourceCache {
  readonly #options: CacheOptions<T>;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #reflectors: ReadonlyMap<string, Reflector>;
  readonly #probe: Probe;
  readonly #clockWatch: ClockWatch;
  readonly #gathering = new Gathering<T>();
  #freshness: Record<string, Freshness>;
  #flushTimer: unknown;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #doubted = false;
  #stopped = false;

  constructor(options: CacheOptions<T>) {
    const { transport, clock = systemClock, settings = DEFAULTS, random, kinds } = options;
    this.#options = options;
    this.#clock = clock;
    this.#settings = settings;
    const pacer = new Pacer(settings.turnMs);
    const slots = new Slots(settings.lists);
    const waiting = waitingSince(clock.now());
    this.#freshness = Object.fromEntries(kinds.map((kind) => [kind, waiting]));
    const reflectorOf = (kind: string) =>
      new Loop<T>({
        kind,
        source: (hint) => options.resolve(kind, hint),
        ...{ transport, clock, settings, random, pacer, slots },
        onChanges: (changes) => {
          this.#gathering.add(kind, changes);
          this.#flushSoon();
        },
        onFreshness: (freshness) => {
          this.#gathering.note(kind, freshness);
          this.#flushSoon();
          this.#suspect(freshness);
        },
        onBroken: (ref, error) => options.onBroken?.(kind, ref, error),
        onError: options.onError,
      });
    this.#reflectors = new Map(kinds.map((kind) => [kind, reflectorOf(kind)]));
    this.#probe = new Probe({
      ...{ transport, clock, settings: settings.probe },
      onAlive: (askedAt) => this.#alive(askedAt),
      onDead: (reason, phase) => this.#cast(reason, phase),
    });
    this.#clockWatch = new ClockWatch(clock, settings, (ms) => {
      this.doubt(`the clock jumped by ${Math.round(ms / 1000)} s`);
    });
  }

  start(): void {
    if (this.#stopped) return;
    for (const reflector of this.#reflectors.values()) reflector.start();
    this.#probe.start();
    this.#clockWatch.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#clockWatch.stop();
    this.#clock.clearTimeout(this.#flushTimer);
    await Promise.all([this.#probe.stop(), ...[...this.#reflectors.values()].map((reflector) => reflector.stop())]);
  }

  freshness(): Readonly<Record<string, Freshness>> {
    return this.#freshness;
  }

  poke(reason = 'asked to reconnect'): void {
    if (this.#stopped) return;
    this.#probe.now();
    // While the API does not answer its recovery will do this, and lift the doubt.
    if (!this.#doubted) for (const reflector of this.#reflectors.values()) reflector.poke(reason);
  }

  doubt(reason: string): void {
    if (this.#stopped) return;
    this.#cast(reason, 'stale');
    this.#probe.now();
  }

  /** One kind's failure may be everybody's: ask, rather than let the others find out, and come back, each by itself. */
  #suspect({ phase, retryAt }: Freshness): void {
    const failed = phase === 'stale' || phase === 'waiting' || phase === 'auth';
    if (failed && retryAt !== undefined && !this.#doubted) this.#probe.hurry();
  }

  #cast(reason: string, phase: 'stale' | 'auth'): void {
    this.#doubted = true;
    for (const reflector of this.#reflectors.values()) reflector.doubt(reason, phase);
  }

  #alive(askedAt: number): void {
    const recovered = this.#doubted;
    this.#doubted = false;
    for (const reflector of this.#reflectors.values()) {
      if (recovered) reflector.poke('the API answers again');
      else reflector.vouch(askedAt);
    }
  }

  #flushSoon(delayMs = 0): void {
    if (this.#flushTimer !== undefined || this.#stopped) return;
    const due = this.#flushedAt + this.#settings.flushMs - this.#clock.now();
    // A clock that was set back must not hold the data up.
    const wait = Math.min(this.#settings.flushMs, Math.max(due, 0));
    this.#flushTimer = this.#clock.setTimeout(() => this.#flush(), Math.max(wait, delayMs));
  }

  #flush(): void {
    this.#flushTimer = undefined;
    this.#flushedAt = this.#clock.now();
    if (this.#gathering.empty) return;
    const batch = this.#gathering.batch();
    try {
      this.#options.onChange(batch);
    } catch (error) {
      this.#flushSoon(this.#settings.backoff.baseMs);
      this.#options.onError?.(error);
      return;
    }
    this.#gathering.clear();
    this.#freshness = { ...this.#freshness, ...Object.fromEntries(batch.freshness) };
  }
}
