/** What the keys do to the state: plain functions over the store, no React. */
import { findObject } from '../src/domain/fleet/find.ts';
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import { cursorOf, windowStart } from '../src/store/list.ts';
import { here, newPlace, type Place, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';

function changePlace(state: State, change: Partial<Place>): Pick<State, 'places'> {
  return { places: [...state.places.slice(0, -1), { ...here(state), ...change }] };
}

/** Says one sentence at the bottom for a few seconds. */
export function say(store: Store, text: string, tone: 'info' | 'warn' = 'info'): void {
  store.setState((state) => ({ notice: { text, tone, until: state.now + 5_000 } }));
}

/** Around a text: header, its title, and the two lines of the footer. */
export const FRAME = 4;

/** How many lines of a text are in sight. */
export const textHeight = ({ rows }: State): number => Math.max(1, rows - FRAME);

/** Moves the cursor by rows, or to the first (`-Infinity`) or last (`Infinity`) one. */
export function move(store: Store, lists: Lists, by: number): void {
  store.setState((state) => {
    const place = here(state);
    const view = lists.view(state, place);
    const screen = lists.screenOf(place);
    if (view.rows.length === 0) return state;
    const { index, gone } = cursorOf(view, place);
    // When its row went away the cursor stands between rows: the first key places it, and does not move on.
    const wanted = gone && Math.abs(by) === 1 ? index : index + by;
    const count = view.rows.length;
    const goesOn = (at: number) => at > 0 && at < count && screen.continues?.(view.rows[at]) === true;
    let next = Math.min(Math.max(0, wanted), count - 1);
    if (by === 1) while (goesOn(next)) next++;
    if (next === count) next--;
    while (goesOn(next)) next--;
    // Its further lines are read with it; a page is not moved on for them, or it would leave lines out.
    let end = next;
    if (Math.abs(by) === 1 || index + by >= count) while (goesOn(end + 1)) end++;
    const height = textHeight(state);
    const top = place.ref && windowStart(windowStart(place.top ?? 0, end, height, count), next, height, count);
    return changePlace(state, { cursor: screen.rowId(view.rows[next]), index: next, top });
  });
}

/** Moves a text by a page, less one line that stays for the eye, and the cursor with it; at its ends the cursor alone. */
export function turnText(store: Store, lists: Lists, direction: 1 | -1): void {
  const state = store.getState();
  const place = here(state);
  const view = lists.view(state, place);
  const count = view.rows.length;
  const height = textHeight(state);
  const { index } = cursorOf(view, place);
  const top = windowStart(place.top ?? 0, index, height, count);
  const next = windowStart(top + direction * Math.max(1, height - 1), -1, height, count);
  if (next === top) {
    move(store, lists, direction * count);
    return;
  }
  store.setState({ places: changePlace(state, { top: next }).places });
  move(store, lists, next - top);
}

/** How many rows a page key moves: the screen less its frame. */
export function pageOf(state: State): number {
  return Math.max(1, state.rows - 8);
}

/** Leaves the stack for a root screen, which is found as it was left. */
export function goTo(store: Store, id: string): void {
  store.setState((state) => {
    const root = state.places[0]!;
    const remembered = { ...state.remembered, [root.screen]: root };
    return {
      remembered,
      places: [remembered[id] ?? newPlace(id)],
      prompt: undefined,
      help: false,
      document: undefined,
      notice: undefined,
    };
  });
}

/** Opens an object's detail on top of where we are. */
export function open(store: Store, ref: ObjectRef): void {
  store.setState((state) => {
    const place = here(state);
    if (place.ref?.uid === ref.uid) return state;
    return { places: [...state.places, newPlace('detail', ref)], document: undefined, help: false };
  });
}

/** Opens what is under the cursor. */
export function openSelected(store: Store, lists: Lists): void {
  const selected = lists.selected(store.getState());
  if (!selected) return;
  if (selected.gone) {
    move(store, lists, 1);
    say(store, 'the row under the cursor went away; the cursor is on its neighbour now', 'warn');
    return;
  }
  const { screen, row } = selected;
  const target = screen.target(row);
  const isGone = target !== undefined && findObject(store.getState().fleet, target) === undefined;
  const ref = isGone ? (screen.own?.(row) ?? target) : target;
  if (!ref) {
    say(store, 'nothing to open here');
    return;
  }
  // Without this the cursor would follow position, not the object, when the operator comes back.
  move(store, lists, 0);
  open(store, ref);
}

/** One step back: closes help, then the YAML, then the filter, then the place. */
export function back(store: Store): void {
  store.setState((state) => {
    const place = here(state);
    if (state.help) return { help: false };
    if (place.yaml) return { ...changePlace(state, { yaml: false, cursor: undefined, index: 0 }), document: undefined };
    if (place.filter !== '') return changePlace(state, { filter: '' });
    if (state.places.length > 1) return { places: state.places.slice(0, -1), document: undefined };
    if (place.screen === 'overview') return state;
    const remembered = { ...state.remembered, [place.screen]: place };
    return { remembered, places: [remembered['overview'] ?? newPlace('overview')] };
  });
}

/** Sorts by the column `step` further on; past the last one comes the screen's own order. */
export function sortBy(store: Store, lists: Lists, step: number): void {
  store.setState((state) => {
    const place = here(state);
    const keys = [undefined, ...lists.screenOf(place).columns.map((column) => column.key)];
    const at = Math.max(0, keys.indexOf(place.sort));
    const sort = keys[(at + step + keys.length) % keys.length];
    return changePlace(state, { sort, descending: false });
  });
}

export function reverse(store: Store): void {
  store.setState((state) => changePlace(state, { descending: !here(state).descending }));
}

/** Sorts by a column named after `:sort`; says so when there is none of that name. */
export function sortByName(store: Store, lists: Lists, name: string): void {
  const screen = lists.screenOf(here(store.getState()));
  const column = screen.columns.find((each) => each.key === name || each.title.toLowerCase() === name);
  if (!column) {
    say(store, `no column "${name}" here; there are ${screen.columns.map((each) => each.key).join(', ')}`, 'warn');
    return;
  }
  store.setState((state) => changePlace(state, { sort: column.key }));
}

export function toggleYaml(store: Store): void {
  store.setState((state) => {
    const place = here(state);
    if (!place.ref) return state;
    return {
      ...changePlace(state, { yaml: !place.yaml, cursor: undefined, index: 0, filter: '' }),
      document: undefined,
    };
  });
}

/** Filters the list. A cursor whose row is filtered away starts anew at the top: nothing went away on the server. */
export function setFilter(store: Store, lists: Lists, filter: string): void {
  store.setState((state) => {
    const place = { ...here(state), filter };
    const shown = place.cursor === undefined || lists.view(state, place).indexOf(place.cursor) >= 0;
    return changePlace(state, shown ? { filter } : { filter, cursor: undefined, index: 0 });
  });
}
