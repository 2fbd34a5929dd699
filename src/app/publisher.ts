/** Brings what the fleet has taken in to the screen: rows are computed in slices, and shown all at once. */
import type { FleetIndex } from '../domain/fleet/index.ts';
import { KINDS } from '../domain/kinds.ts';
import type { State } from '../store/state.ts';
import { commit, type Store } from '../store/store.ts';

/** The longest work in one piece, ms: so long a key may have to wait. */
const SLICE_MS = 12;
/**
 * While first lists arrive, ms from one picture to the next: objects that belong together arrive one by one, and each
 * would have the same rows computed again.
 */
const CALM_MS = 400;

export interface Publisher {
  /** Something was taken in; `freshness` speaks of it and is shown with it. */
  publish(freshness?: Partial<State['freshness']>): void;
  stop(): void;
}

/** `onPublished` runs after each commit. */
export function createPublisher(fleet: FleetIndex, store: Store, onPublished: () => void): Publisher {
  let pending: Partial<State['freshness']> = {};
  let due: { cancel(): void } | undefined;
  let began = Number.NEGATIVE_INFINITY;

  const isArriving = (): boolean => {
    const all = { ...store.getState().freshness, ...pending };
    return KINDS.some((kind) => all[kind].phase === 'syncing' && !all[kind].synced);
  };

  const work = (): void => {
    due = undefined;
    const end = performance.now() + SLICE_MS;
    if (!fleet.settle(() => performance.now() >= end)) {
      const next = setImmediate(work);
      due = { cancel: () => clearImmediate(next) };
      return;
    }
    const freshness = pending;
    pending = {};
    commit(store, { fleet: fleet.snapshot(), freshness, now: Date.now() });
    onPublished();
  };

  return {
    publish(freshness) {
      pending = { ...pending, ...freshness };
      if (due) return;
      const now = performance.now();
      const wait = isArriving() ? began + CALM_MS - now : 0;
      began = now + Math.max(0, wait);
      if (wait <= 0) {
        work();
        return;
      }
      const timer = setTimeout(work, wait);
      due = { cancel: () => clearTimeout(timer) };
    },
    stop() {
      due?.cancel();
    },
  };
}
