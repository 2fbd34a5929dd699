/** The store: vanilla zustand, one batched commit for data, plain functions for everything the keys do. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { keepPast } from '../domain/diff/past.ts';
import { keepDoubts, NO_DOUBTS } from '../domain/doubts.ts';
import { NOTHING_LEARNT } from '../domain/durations/learnt.ts';
import { keepFalls, NO_FALLS } from '../domain/falls.ts';
import type { Fleet } from '../domain/fleet/rows.ts';
import type { Freshness } from '../domain/freshness.ts';
import { KINDS, type Kind } from '../domain/kinds.ts';
import { changesBetween, keepObserved } from '../domain/story/observed.ts';
import { counterDeltas, mark, noHistory, poolDeltas, remember } from './history.ts';
import { newPlace, type Session, type State } from './state.ts';

export type Store = StoreApi<State>;

/** A store that shows `fleet` with nothing verified yet. */
export function createAppStore(session: Session, fleet: Fleet, now: number, screen = 'overview'): Store {
  const waiting = Object.fromEntries(
    KINDS.map((kind) => [kind, { phase: 'waiting', synced: false, since: now, count: 0 } satisfies Freshness]),
  ) as unknown as Record<Kind, Freshness>;
  return createStore<State>(() => ({
    session,
    fleet,
    freshness: waiting,
    history: noHistory,
    observed: [],
    past: new Map(),
    told: [],
    learnt: NOTHING_LEARNT,
    falls: NO_FALLS,
    doubts: NO_DOUBTS,
    acknowledged: new Map(),
    marks: {},
    now,
    columns: 80,
    rows: 24,
    places: [newPlace(screen)],
    help: false,
    helpOffset: 0,
    offers: [],
    tray: [],
    sessions: [],
    folds: {},
    remembered: {},
  }));
}

const SETTLING_MS = 3_000;

/** Every kind was listed whole, or is known to be out of reach. */
function isSettled(freshness: State['freshness']): boolean {
  return KINDS.every((kind) => freshness[kind].synced || ['forbidden', 'absent'].includes(freshness[kind].phase));
}

/** Takes in one batch: the fleet after it and what is now known of each kind's freshness. */
export function commit(
  store: Store,
  batch: { fleet?: Fleet; freshness?: Readonly<Partial<Record<Kind, Freshness>>>; now: number },
): void {
  store.setState((state) => {
    const fleet = batch.fleet ?? state.fleet;
    const freshness = batch.freshness ? { ...state.freshness, ...batch.freshness } : state.freshness;
    // While the first lists arrive every figure only climbs: that is no news, and no history.
    const settled = isSettled(freshness);
    // A moment more: what is read of single plans arrives after the lists.
    const wasSettled = isSettled(state.freshness) && batch.now - (state.settledAt ?? batch.now) > SETTLING_MS;
    const deltas =
      wasSettled && fleet !== state.fleet
        ? {
            ...counterDeltas(state.fleet.counters, fleet.counters),
            ...poolDeltas(state.fleet.pools.byUid, fleet.pools.list),
          }
        : {};
    return {
      fleet,
      freshness,
      observed:
        wasSettled && fleet !== state.fleet
          ? keepObserved(state.observed, changesBetween(state.fleet, fleet, batch.now))
          : state.observed,
      past: wasSettled && fleet !== state.fleet ? keepPast(state.past, state.fleet, fleet, batch.now) : state.past,
      falls: keepFalls(state.falls, state.fleet, fleet, batch.now),
      doubts: wasSettled ? keepDoubts(state.doubts, fleet.attention, batch.now) : state.doubts,
      settledAt: settled ? (state.settledAt ?? batch.now) : undefined,
      marks: mark(state.marks, deltas, batch.now),
      history: settled ? remember(state.history, fleet.counters, batch.now) : state.history,
      now: batch.now,
    };
  });
}

/** The clock's beat: moves `now`, lets marks and notices expire, carries the sparklines on. */
export function tick(store: Store, now: number): void {
  store.setState((state) => ({
    now,
    marks: mark(state.marks, {}, now),
    history: state.history.began === undefined ? state.history : remember(state.history, state.fleet.counters, now),
    notice: state.notice && state.notice.until > now ? state.notice : undefined,
  }));
}

export function resize(store: Store, columns: number, rows: number): void {
  store.setState({ columns, rows });
}
