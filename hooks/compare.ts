/** What the keys do to compare: two marked rows with one another, or one object with what it was. */
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import { here, newPlace, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { move, say } from './navigation.ts';

function underCursor(state: State, lists: Lists): ObjectRef | undefined {
  const selected = lists.selected(state);
  return selected && !selected.gone ? selected.screen.target(selected.row) : undefined;
}

/** Opens the comparison: of two marked rows, of a marked one with the one under the cursor, or of one with its past. */
export function openCompare(store: Store, lists: Lists): void {
  const state = store.getState();
  const place = here(state);
  const marked = place.ref ? [] : (place.marked ?? []);
  const target = place.ref ?? underCursor(state, lists);
  const pair = marked.length === 1 && target && target.uid !== marked[0]!.uid ? [...marked, target] : marked;
  if (pair.length > 2) {
    say(store, `${pair.length} rows are marked: two can be compared`, 'warn');
    return;
  }
  if (pair.length === 2) {
    // Not its own `marked` alone: without a ref it would be a list, with its keys.
    const next = { ...newPlace('compare', pair[0]), marked: pair };
    store.setState({ places: [...state.places, next], help: false, folds: withoutDiff(state.folds) });
    return;
  }
  const one = pair[0] ?? target;
  if (!one) {
    say(store, 'nothing to compare here: put the cursor on a row, or mark two');
    return;
  }
  store.setState({ places: [...state.places, newPlace('compare', one)], help: false, folds: withoutDiff(state.folds) });
}

/** Each comparison begins folded. */
function withoutDiff(folds: State['folds']): State['folds'] {
  return Object.fromEntries(Object.entries(folds).filter(([id]) => !id.startsWith('diff/')));
}

/** The version that is compared with now: an index into the object's past, the oldest first. */
export function versionOf({ past }: State, ref: ObjectRef | undefined, version: number | undefined): number {
  const count = past.get(ref?.uid ?? '')?.length ?? 0;
  return Math.min(Math.max(0, version ?? 0), Math.max(0, count - 1));
}

/** Goes to an older or newer state of the object. */
export function stepVersion(store: Store, by: number): void {
  const state = store.getState();
  const place = here(state);
  const count = state.past.get(place.ref?.uid ?? '')?.length ?? 0;
  const now = versionOf(state, place.ref, place.version);
  const next = now + by;
  if (next < 0 || next >= count) {
    say(store, next < 0 ? 'this is the oldest state that was seen' : 'this is the last change that was seen');
    return;
  }
  store.setState({ places: [...state.places.slice(0, -1), { ...place, version: next, cursor: undefined, index: 0 }] });
}

/** Opens or closes the fold under the cursor. */
export function toggleDiffFold(store: Store, lists: Lists): void {
  const state = store.getState();
  const row = lists.selected(state)?.row as { fold?: string } | undefined;
  const fold = row?.fold;
  if (fold === undefined) return;
  move(store, lists, 0);
  store.setState(({ folds }) => ({ folds: { ...folds, [fold]: folds[fold] !== true } }));
}
