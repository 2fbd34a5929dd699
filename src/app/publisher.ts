/** Brings what the fleet has taken in to the screen: rows are computed in slices, and shown all at once. */
import type { FleetIndex } from '../domain/fleet/index.ts';
import { KINDS } from '../domain/kinds.ts';
import type { State } from '../store/state.ts';
import { commit, type Store } from '../store/store.ts';
import { collectGarbage } from './memory.ts';

/** The longest work in one piece, ms: so long a key may have to wait. */
const SLICE_MS = 6;
/**
 * While first lists arrive, ms from one picture to the next: objects that belong together arrive one by one, and each
 * would have the same rows computed again.
 */
const CALM_MS = 1_000;
/** And so many times as long as the last picture took to compute: pictures must not keep the lists waiting. */
const CALM_TIMES = 5;
/** Afterwards, ms from one picture to the next: a burst of changes must not leave keys waiting behind its pictures. */
const GAP_MS = 100;
/** How long after the first lists their garbage is collected, ms: not while the first picture is drawn. */
const TIDY_MS = 2_000;
/** And so long after the last key, ms: everything stands still meanwhile. */
const IDLE_MS = 1_500;

export interface Publisher {
  /** Something was taken in; `freshness` speaks of it and is shown with it. */
  publish(freshness?: Partial<State['freshness']>): void;
  stop(): void;
}

/** `onPublished` runs after each commit; `tidy` once the first lists are there, when nobody types. */
export function createPublisher(
  fleet: FleetIndex,
  store: Store,
  onPublished: () => void,
  tidy: () => void = collectGarbage,
): Publisher {
  let pending: Partial<State['freshness']> = {};
  /** The next piece of work; `patient` where it only waits for more, until performance.now() is `at`. */
  let due: { patient: boolean; at: number; cancel(): void } | undefined;
  let tidying: NodeJS.Timeout | undefined;
  let awaited = true;
  let began = Number.NEGATIVE_INFINITY;
  /** Ms of work for the last picture, and for the one under way. */
  let took = 0;
  let spent = 0;

  const standing = () => {
    const all = { ...store.getState().freshness, ...pending };
    return KINDS.map((kind) => all[kind]);
  };
  const isArriving = (): boolean => standing().some(({ phase, synced }) => phase === 'syncing' && !synced);
  /** Lists are on their way, or will be: fewer lists are asked for at once than there are kinds. */
  const isAwaited = (): boolean =>
    standing().some(
      ({ phase, synced, error }) => !synced && (phase === 'syncing' || (phase === 'waiting' && error === undefined)),
    );

  /** Does the next piece of work in a turn of its own: keys that have come meanwhile are answered before it. */
  const soon = (piece: () => void): void => {
    const next = setImmediate(() => {
      due = undefined;
      piece();
    });
    due = { patient: false, at: 0, cancel: () => clearImmediate(next) };
  };

  /** Computes for a slice of time; gives whether nothing is left. */
  const isSettled = (): boolean => {
    const from = performance.now();
    const settled = fleet.settle(() => performance.now() >= from + SLICE_MS);
    spent += performance.now() - from;
    return settled;
  };

  const work = (): void => soon(isSettled() ? show : work);

  const show = (): void => {
    // What has come since is shown with the rest.
    if (!isSettled()) {
      soon(show);
      return;
    }
    took = spent;
    spent = 0;
    const freshness = pending;
    pending = {};
    commit(store, { fleet: fleet.snapshot(), freshness, now: Date.now() });
    onPublished();
    const still = isAwaited();
    if (awaited && !still) tidyLater(TIDY_MS);
    awaited = still;
  };

  let typedAt = Number.NEGATIVE_INFINITY;
  const unsubscribe = store.subscribe((state, before) => {
    const typed = state.places !== before.places || state.prompt !== before.prompt || state.help !== before.help;
    if (typed) typedAt = performance.now();
  });
  const tidyLater = (ms: number): void => {
    clearTimeout(tidying);
    tidying = setTimeout(() => {
      const left = typedAt + IDLE_MS - performance.now();
      if (left > 0) tidyLater(left);
      else tidy();
    }, ms).unref();
  };

  return {
    publish(freshness) {
      pending = { ...pending, ...freshness };
      if (due && !due.patient) return;
      const now = performance.now();
      const at = began + (isArriving() ? Math.max(CALM_MS, CALM_TIMES * took) : GAP_MS);
      if (due && at >= due.at) return;
      due?.cancel();
      if (at <= now) {
        began = now;
        soon(work);
        return;
      }
      const timer = setTimeout(() => {
        began = performance.now();
        due = undefined;
        work();
      }, at - now);
      due = { patient: true, at, cancel: () => clearTimeout(timer) };
    },
    stop() {
      due?.cancel();
      clearTimeout(tidying);
      unsubscribe();
    },
  };
}
