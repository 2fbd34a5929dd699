/** Which columns fit, and how wide each is. */
import type { Column } from '../../hooks/screen.ts';
import type { Cut } from './fit.ts';

export interface Placed<T> {
  column: Column<T>;
  /** 0: it has no place in the rows, and what it says stands below them. */
  width: number;
  /** Some of its cells are cut. */
  tight?: boolean;
  /** Where they are cut, in place of where the column says. */
  cut?: Cut;
}

const GAP = 1;
/** Columns of a higher rank are extras: they come in only where nothing more important has to be cut for them. */
const LAST_CORE_RANK = 4;
/**
 * What goes on below its row leaves room for extras from this width on, however much it says: trouble comes and goes, and
 * columns that came and went with it would be looked for in vain.
 */
const READABLE = 28;

/** Columns up to this rank are what a screen is for: no name takes their least width. */
const FIRM_RANK = 1;
/** Names of a higher rank are whole, or not there: what is left of them tells nothing. */
const LAST_CUT_RANK = 2;

/** Gives `spare` cells to those that grow, by their shares, up to what each wants. */
function grow<T>(placed: readonly Placed<T>[], spare: number, want: (column: Column<T>) => number): void {
  let left = spare;
  while (left > 0) {
    const growing = placed.filter((each) => each.width < want(each.column));
    if (growing.length === 0) return;
    const shares = growing.reduce((sum, each) => sum + (each.column.grow ?? 0), 0);
    const before = left;
    for (const each of growing) {
      const share = Math.max(1, Math.floor((before * (each.column.grow ?? 0)) / shares));
      const more = Math.min(share, left, want(each.column) - each.width);
      each.width += more;
      left -= more;
    }
  }
}

/** What names have of `spare` cells before anything else grows: those that are to be whole are, else all of them share it. */
function namesOf<T>(firm: readonly Column<T>[], spare: number, want: (column: Column<T>) => number) {
  const whole = firm.filter((column) => column.whole);
  const enough = whole.reduce((sum, column) => sum + want(column) - column.min, 0) <= spare;
  const names = enough ? whole : firm.filter((column) => column.whole || column.cut === 'middle');
  const placed = names.map((column): Placed<T> => ({ column, width: column.min }));
  grow(placed, spare, want);
  return new Map(placed.map(({ column, width }) => [column, width]));
}

/**
 * Fits columns into `room` cells: the least important go first; names are whole before less important columns get any
 * width, and what is left over goes to those that grow, up to what their contents need (`needed`, cells by key). A column
 * that goes on below its row does so alone where it has no room: its width is 0 then.
 */
export function placeColumns<T>(
  columns: readonly Column<T>[],
  room: number,
  needed: Readonly<Record<string, number>> = {},
): Placed<T>[] {
  const want = (column: Column<T>) =>
    column.grow ? Math.min(column.max ?? Infinity, Math.max(column.min, needed[column.key] ?? column.min)) : column.min;
  const firm = columns.filter(({ rank }) => rank <= FIRM_RANK);
  const names = namesOf(firm, room - firm.reduce((sum, { min }) => sum + min + GAP, -GAP), want);
  const kept = new Map<Column<T>, number>();
  let least = -GAP;
  let comfort = -GAP;
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    const used = column.rank > LAST_CORE_RANK ? comfort : least;
    let cells = names.get(column) ?? column.min;
    if (column.whole && column.rank > FIRM_RANK) {
      cells = want(column);
      if (column.rank <= LAST_CUT_RANK && used + GAP + cells > room) cells = column.min;
    }
    if (column.rank > 0 && used + GAP + cells > room) continue;
    kept.set(column, cells);
    least += cells + GAP;
    comfort += (column.spill ? Math.max(column.min, column.readable ?? READABLE) : want(column)) + GAP;
  }
  const placed: Placed<T>[] = columns
    .filter((column) => kept.has(column))
    .map((column) => ({ column, width: kept.get(column)! }));
  grow(placed, room - least, want);
  // A screen too narrow even for what must stay: cut the last one rather than wrap.
  const over = placed.reduce((sum, each) => sum + each.width + GAP, -GAP) - room;
  const last = placed[placed.length - 1];
  if (over > 0 && last) last.width = Math.max(1, last.width - over);
  const below = columns.find((column) => column.spill && !kept.has(column));
  if (below) placed.push({ column: below, width: 0 });
  for (const each of placed) each.tight = (needed[each.column.key] ?? 0) > each.width;
  return placed;
}
