/** A list on screen: filtered, sorted, with the cursor found by identity. Pure; memoised by reference. */
import { type Filter, parseFilter } from '../domain/match.ts';

/** How a list reads its rows. */
export interface ListSpec<T> {
  id(row: T): string;
  /** The value a column sorts by; absent values sort last, either way round. */
  sortValue(row: T, column: string): string | number | undefined;
  fields(row: T): Parameters<Filter['match']>[0];
  /** Names a filter may use before a colon, in lower case. */
  columns: readonly string[];
}

export interface ListView<T> {
  rows: readonly T[];
  total: number;
  /** The place of an id in `rows`; -1 where it is not among them. `near` is where it was last: looked at first. */
  indexOf(id: string, near?: number): number;
  /** What is wrong with the filter, as a sentence. */
  filterError?: string;
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

/** Nothing found for a column that is not there must not read as "there is none". */
function unknownColumn<T>(filter: Filter, spec: ListSpec<T>, found: number): string | undefined {
  const name = filter.columns.find((column) => !spec.columns.includes(column));
  if (name === undefined || found > 0) return undefined;
  return `no column "${name}" here; there are ${spec.columns.join(', ')}`;
}

/** Filters and sorts `rows`. Equal rows keep their order, so that lists do not shuffle. */
export function arrange<T>(
  rows: readonly T[],
  spec: ListSpec<T>,
  how: { filter: string; sort?: string; descending: boolean },
): ListView<T> {
  const filter = parseFilter(how.filter);
  let shown = how.filter.trim() === '' ? rows : rows.filter((row) => filter.match(spec.fields(row)));
  if (how.sort !== undefined) {
    const column = how.sort;
    const direction = how.descending ? -1 : 1;
    shown = shown
      .map((row) => ({ row, value: spec.sortValue(row, column) }))
      .sort((a, b) => {
        if (a.value === undefined || b.value === undefined) return compare(a.value, b.value);
        return direction * compare(a.value, b.value);
      })
      .map(({ row }) => row);
  }
  return {
    rows: shown,
    total: rows.length,
    filterError: filter.error ?? unknownColumn(filter, spec, shown.length),
    indexOf(id, near = -1) {
      const guess = shown[near];
      if (guess !== undefined && spec.id(guess) === id) return near;
      return shown.findIndex((row) => spec.id(row) === id);
    },
  };
}

/** Where the cursor is: on its row wherever that moved, or where its row was when it is gone. */
export function cursorOf<T>(
  view: ListView<T>,
  place: { cursor?: string; index: number },
): { index: number; gone: boolean } {
  const last = view.rows.length - 1;
  if (place.cursor === undefined) return { index: last < 0 ? -1 : 0, gone: false };
  const found = view.indexOf(place.cursor, place.index);
  if (found >= 0) return { index: found, gone: false };
  return { index: Math.min(place.index, last), gone: true };
}

/** The first row of a window of `height` rows that shows `cursor`, moved as little as possible from `offset`. */
export function windowStart(offset: number, cursor: number, height: number, count: number): number {
  const most = Math.max(0, count - height);
  let start = Math.min(Math.max(0, offset), most);
  if (cursor >= 0 && cursor < start) start = cursor;
  if (cursor >= start + height) start = cursor - height + 1;
  return Math.min(Math.max(0, start), most);
}
