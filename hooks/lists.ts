/** The list of the screen in front: arranged once per change of its rows, its filter or its order. */
import type { Searchable } from '../src/domain/match.ts';
import { arrange, cursorOf, type ListSpec, type ListView } from '../src/store/list.ts';
import { here, type Place, type State } from '../src/store/state.ts';
import type { Screen } from './screen.ts';

export interface Lists {
  screens: readonly Screen[];
  screenOf(place: Place): Screen;
  /** The arranged list of a place. */
  view(state: State, place: Place): ListView<unknown>;
  /** The row under the cursor. */
  selected(state: State): { screen: Screen; row: unknown; index: number; gone: boolean } | undefined;
}

const PLAIN = { now: 0, utf8: false };

function specOf(screen: Screen, state: State): ListSpec<unknown> {
  const text = (cell: string | { text: string }) => (typeof cell === 'string' ? cell : cell.text);
  const look = { ...PLAIN, now: state.now };
  const names = (column: Screen['columns'][number]) =>
    [column.key, column.title.toLowerCase()].filter((name) => /^[a-z]+$/.test(name));
  return {
    id: screen.rowId,
    columns: [...new Set(screen.columns.flatMap(names))],
    sortValue(row, key) {
      const column = screen.columns.find((each) => each.key === key);
      if (!column) return undefined;
      if (column.sort) return column.sort(row, state);
      return text(column.cell(row, look, state)).toLowerCase() || undefined;
    },
    fields(row): Searchable {
      const columns: Record<string, string> = {};
      const texts: string[] = [];
      for (const column of screen.columns) {
        const shown = text(column.cell(row, look, state));
        texts.push(shown);
        for (const name of names(column)) columns[name] = shown;
      }
      return { text: texts.join(' '), columns, labels: screen.labels?.(row) ?? {} };
    },
  };
}

/** Lists over a table of screens. Keeps the last arrangement of each screen. */
export function createLists(screens: readonly Screen[]): Lists {
  const byId = new Map(screens.map((screen) => [screen.id, screen]));
  const kept = new Map<string, { rows: readonly unknown[]; key: string; view: ListView<unknown> }>();
  const transient = screens.filter((screen) => screen.transient).map(({ id }) => id);
  const screenOf = (place: Place) => byId.get(place.yaml ? 'yaml' : place.screen) ?? screens[0]!;
  const view = (state: State, place: Place): ListView<unknown> => {
    const screen = screenOf(place);
    for (const each of transient) if (each !== screen.id) kept.delete(each);
    const rows = screen.rows(state, place);
    const key = `${place.filter}\n${place.sort ?? ''}\n${place.descending}`;
    const last = kept.get(screen.id);
    if (last && last.rows === rows && last.key === key) return last.view;
    const made = arrange(rows, specOf(screen, state), place);
    kept.set(screen.id, { rows, key, view: made });
    return made;
  };
  return {
    screens,
    screenOf,
    view,
    selected(state) {
      const place = here(state);
      const list = view(state, place);
      const { index, gone } = cursorOf(list, place);
      const row = list.rows[index];
      return index < 0 || row === undefined ? undefined : { screen: screenOf(place), row, index, gone };
    },
  };
}
