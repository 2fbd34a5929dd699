/**
 * Keeps a copy of one kind of object: a list, then a watch from the list's revision, for ever.
 *
 * What it promises:
 * - Every object the server has is delivered by `set` or reported by `onBroken`; every one that is gone by `delete`.
 *   Objects are told apart by uid: one made again under its old name is a `delete` and a `set`.
 * - During the first list objects are delivered as they arrive. A later list changes nothing before it is complete; then
 *   only the differences are delivered, in one call.
 * - Objects are delivered before the freshness that speaks of them.
 * - It never stops by itself, and never calls back after `stop()` has resolved.
 *
 * What it does not: intermediate states (several changes of an object may arrive as one), an order across objects, and
 * liveness of the connection beyond `idleMs` without bytes: that bound is the probe's (`cache.ts`).
 *
 * `Loop` (`loop.ts`) keeps these promises.
 */
import type { Freshness } from '../freshness.ts';
import type { Transport } from '../types.ts';
import type { Clock } from './clock.ts';
import type { Pacer } from './pacer.ts';
import type { Settings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { Change, ItemRef, Source } from './source.ts';

/** Finds out where a kind is served; undefined where it is not. `fresh`: an answer from memory will not do. */
export type Resolve<T> = (hint: { fresh: boolean; signal: AbortSignal }) => Promise<Source<T> | undefined>;

export interface ReflectorOptions<T> {
  source: Source<T> | Resolve<T>;
  /** What the kind is called while its source is not known. */
  kind?: string;
  transport: Transport;
  clock: Clock;
  settings?: Settings;
  /** Gives [0, 1). */
  random?: () => number;
  /** Shared among reflectors, so that together they leave the event loop its turns and the server its peace. */
  pacer?: Pacer;
  slots?: Slots;
  /** When it throws the kind is stale, and the same changes are delivered again after a pause. */
  onChanges(changes: Change<T>[]): void;
  onFreshness(freshness: Freshness): void;
  /** `project` threw on this object, or it says neither uid nor name. Its deletion comes as a `delete`. */
  onBroken?(ref: ItemRef, error: unknown): void;
  /** `onFreshness` or `onBroken` threw. */
  onError?(error: unknown): void;
}

export interface Reflector {
  start(): void;
  /** Resolves when nothing of it is left: no connection, no timer. */
  stop(): Promise<void>;
  /** Cuts any wait short and reopens the watch. Lifts doubt: what is opened from now on counts as evidence again. */
  poke(reason: string): void;
  /** Not live until a connection opened after the next `poke` has proven it. */
  doubt(reason: string, phase?: 'stale' | 'auth'): void;
  /** The API was reachable at `at` (epoch ms): evidence for a kind whose watch stood then. */
  vouch(at: number): void;
  freshness(): Freshness;
}
