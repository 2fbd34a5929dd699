/** The live table: one text a row, only the rows in the window, each formatted once per change. */
import { Box, Text } from 'ink';
import { memo, useRef } from 'react';
import type { Column, Look } from '../../hooks/screen.ts';
import { useApp, useDeck } from '../../hooks/use-state.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { windowStart } from '../../src/store/list.ts';
import { here as hereOf, type State } from '../../src/store/state.ts';
import { type Placed, placeColumns } from './columns.ts';
import { type Cut, fitText, width } from './fit.ts';
import { cutApart } from './shorten.ts';
import { divide, isName, noteOf, type Spill, spillOf } from './spill.ts';
import { inverse, paint } from './style.ts';

/** One line of the screen; drawn again only when its text changed. */
export const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text === '' ? ' ' : oneLine(text)}</Text>;
});

/** A cell is one line: a line break in a message would tear the screen, and could forge a row. */
function oneLine(text: string): string {
  return text.includes('\n') ? text.replace(/\s*\n\s*/g, ' ') : text;
}

/** One line of several, known by its key. */
export interface KeyedLine {
  key: string;
  text: string;
}

interface LinesProps {
  lines: readonly KeyedLine[];
  height?: number;
  width?: number;
}

function sameLines(before: LinesProps, after: LinesProps): boolean {
  return (
    before.height === after.height &&
    before.width === after.width &&
    before.lines.length === after.lines.length &&
    before.lines.every(({ key, text }, index) => {
      const line = after.lines[index]!;
      return key === line.key && text === line.text;
    })
  );
}

/**
 * Lines under one another, drawn again only when one of them changed: Ink lays out and paints the whole screen whenever
 * any Box is rendered anew, so a change of which nothing is in sight must not get as far as a Box.
 */
export const Lines = memo(function Lines({ lines, height, width: cells }: LinesProps) {
  return (
    <Box flexDirection="column" height={height} width={cells}>
      {lines.map(({ key, text }) => (
        <Line key={key} text={text} />
      ))}
    </Box>
  );
}, sameLines);

/** Formats a row into exactly the columns' widths; of a cell that goes on below, its first line. */
export function formatRow<T>(row: T, placed: readonly Placed<T>[], look: Look, state: State, spill?: Spill): string {
  return placed
    .filter(({ width: cells }) => cells > 0)
    .map(({ column, width: cells, cut = column.cut }) => {
      const cell = column.cell(row, look, state);
      const { text: whole, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
      const text = spill && column.spill ? spill.first : whole;
      return paint(fitText(oneLine(text), cells, { align: column.align, cut, utf8: look.utf8 }), tone);
    })
    .join(' ');
}

/** The heading line, with the sorted column marked. */
export function headingOf<T>(
  placed: readonly Placed<T>[],
  sort: { sort?: string; descending: boolean },
  utf8: boolean,
): string {
  const arrow = sort.descending ? (utf8 ? '↓' : 'v') : utf8 ? '↑' : '^';
  return placed
    .filter(({ width: cells }) => cells > 0)
    .map(({ column, width: cells }) => {
      const title = column.key === sort.sort ? `${column.title}${arrow}` : column.title;
      return fitText(title, cells, { align: column.align, utf8 });
    })
    .join(' ');
}

const SAMPLE = 200;
const widths = new WeakMap<readonly unknown[], { columns: unknown; needed: Record<string, number> }>();
/** Of rows in a sample, the cells that each growing column takes: rows that stay the same are measured once. */
const measured = new WeakMap<object, { columns: unknown; cells: readonly number[] }>();

function cellsOf<T>(growing: readonly Column<T>[], columns: unknown, row: T, look: Look, state: State) {
  const key = row as object;
  const known = measured.get(key);
  if (known !== undefined && known.columns === columns) return known.cells;
  const cells = growing.map((column) => {
    const cell = column.cell(row, look, state);
    return width(oneLine(typeof cell === 'string' ? cell : cell.text));
  });
  measured.set(key, { columns, cells });
  return cells;
}

/**
 * How wide the contents are, so that room goes where there is something to show. A sample of all rows, not of those in
 * sight: scrolling must not move the columns.
 */
function neededWidths<T>(columns: readonly Column<T>[], rows: readonly T[], look: Look, state: State) {
  const known = widths.get(rows);
  if (known?.columns === columns) return known.needed;
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const growing = columns.filter(({ grow }) => grow);
  // What goes on below needs no room for a heading where it has nothing to say.
  const most = growing.map(({ title, spill }) => (spill ? 0 : title.length + 1));
  for (let index = 0; index < rows.length; index += step) {
    const cells = cellsOf(growing, columns, rows[index]!, look, state);
    for (const [at, each] of cells.entries()) if (each > most[at]!) most[at] = each;
  }
  // Steps of four: a name one longer must not move every column to its right.
  const needed = Object.fromEntries(
    growing.map(({ key, whole, cut }, at) => {
      const isExact = whole || cut === 'middle';
      return [key, isExact ? most[at]! : Math.ceil(most[at]! / 4) * 4];
    }),
  );
  widths.set(rows, { columns, needed });
  return needed;
}

export interface TableProps<T> {
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowId(row: T): string;
  /** The object a row is about: what marks go by. */
  target?(row: T): ObjectRef | undefined;
  /** First row in sight, where it is kept elsewhere. */
  top?: number;
  /** Index of the cursor in `rows`; -1: none here. */
  cursor: number;
  height: number;
  columnsWide: number;
  sort: { sort?: string; descending: boolean };
  /** Where its columns go, where that is known already. */
  placed?: readonly Placed<T>[];
  /** Draws the rows dimmed: what they say is not verified. */
  stale?: boolean;
  heading?: boolean;
}

/** Where the names of a column are cut, seen in a sample. */
function cutOf<T>({ column, width: cells }: Placed<T>, rows: readonly T[], look: Look, state: State): Cut {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const names = rows
    .filter((_, at) => at % step === 0)
    .map((row) => {
      const cell = column.cell(row, look, state);
      return typeof cell === 'string' ? cell : cell.text;
    });
  return cutApart(names, cells);
}

/**
 * Where the columns of a table go. Widths only grow while it is open: columns that come and go with what hosts do cannot
 * be read.
 */
export function usePlaced<T>(rows: readonly T[], columns: readonly Column<T>[], columnsWide: number): Placed<T>[] {
  const { utf8 } = useDeck();
  const state = useApp((all) => all);
  const kept = useRef<{ wide: number; needed: Record<string, number> }>({ wide: 0, needed: {} });
  if (kept.current.wide !== columnsWide) kept.current = { wide: columnsWide, needed: {} };
  const look = { now: state.now, utf8 };
  for (const [key, cells] of Object.entries(neededWidths(columns, rows, look, state))) {
    kept.current.needed[key] = Math.max(cells, kept.current.needed[key] ?? 0);
  }
  return placeColumns(columns, columnsWide - 1, kept.current.needed).map((each) =>
    each.tight && isName(each) ? { ...each, cut: cutOf(each, rows, look, state) } : each,
  );
}

/** A table exactly `height` lines high. */
export function Table<T>(props: TableProps<T>) {
  const { rows, columns, cursor, columnsWide, sort } = props;
  const { utf8 } = useDeck();
  // The whole state is only read by cells that show marks; `now` is what makes ages move.
  const state = useApp((all) => all);
  const offset = useRef(0);
  const heading = props.heading !== false;
  const look = { now: state.now, utf8 };
  const own = usePlaced(rows, columns, columnsWide);
  const placed = props.placed ?? own;
  const spill = (row: T) => spillOf(row, placed, look, state, columnsWide);
  const room = Math.max(1, props.height - (heading ? 1 : 0));
  const { inFull, note } = divide(rows, placed, room, spill);
  const height = room - note;
  offset.current = windowStart(props.top ?? offset.current, cursor, height, rows.length);
  const shown = rows.slice(offset.current, offset.current + height);
  const rest = Math.max(0, columnsWide - placed.reduce((sum, each) => sum + each.width + 1, 0));
  const marked = new Set(hereOf(state).marked?.map(({ uid }) => uid));
  const lines: KeyedLine[] = shown.flatMap((row, index) => {
    const here = offset.current + index === cursor;
    const uid = marked.size > 0 ? props.target?.(row)?.uid : undefined;
    const sign = uid !== undefined && marked.has(uid) ? '*' : here ? '>' : ' ';
    const below = inFull ? spill(row) : undefined;
    const text = formatRow(row, placed, look, state, below);
    const line = here ? inverse(`${sign}${text}${' '.repeat(rest)}`) : `${sign}${text}`;
    const key = props.rowId(row);
    return [
      { key, text: props.stale && !here ? paint(line, 'dim') : line },
      ...(below?.rest ?? []).map((each, at) => ({
        key: `${key}/${at + 1}`,
        text: props.stale ? paint(each, 'dim') : each,
      })),
    ];
  });
  if (heading) lines.unshift({ key: 'heading', text: paint(` ${headingOf(placed, sort, utf8)}`, 'title') });
  if (note > 0) {
    const row = rows[cursor];
    const said = row === undefined ? [] : noteOf(row, placed, look, state, columnsWide, { inFull, most: note });
    while (lines.length < props.height - note) lines.push({ key: `blank/${lines.length}`, text: '' });
    lines.push(...said.map((text, at) => ({ key: `note/${at}`, text: props.stale ? paint(text, 'dim') : text })));
  }
  return <Lines lines={lines} height={props.height} width={columnsWide} />;
}
