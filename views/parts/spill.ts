/** What a column has no room for: lines below the row while there is room for all of them, else a note at the end. */
import type { Column, Look, Tone } from '../../hooks/screen.ts';
import type { State } from '../../src/store/state.ts';
import type { Placed } from './columns.ts';
import { cut, width, wrap } from './fit.ts';
import { paint } from './style.ts';

/** Lines of the note. They are kept free while it has nothing to say: a cursor that moves must not move the rows. */
const NOTE_LINES = 2;
/** A list that has fewer lines than this keeps them for its rows. */
const LEAST_FOR_NOTE = 6;
/** One of so many has a line more for names, where those are cut as well. */
const LEAST_FOR_NAMES = 12;
/** Lines below a row are at least this wide, where the screen is: narrow ones are many. */
const LEAST_WIDE = 50;

/** A cell that takes more than its line. */
export interface Spill {
  /** What stands in the row. */
  first: string;
  /** The lines below it, indented and painted. */
  rest: string[];
}

function cellOf<T>(column: Column<T>, row: T, look: Look, state: State): { text: string; tone?: Tone } {
  const cell = column.cell(row, look, state);
  const { text, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
  return { text: text.replace(/\s*\n\s*/g, ' '), tone };
}

/** What of a row does not fit into the column that spills; `undefined` where all of it does. */
export function spillOf<T>(
  row: T,
  placed: readonly Placed<T>[],
  look: Look,
  state: State,
  columnsWide: number,
): Spill | undefined {
  const at = placed.findIndex(({ column }) => column.spill);
  const spilling = placed[at];
  if (!spilling) return undefined;
  const { text, tone } = cellOf(spilling.column, row, look, state);
  if (width(text) <= spilling.width) return undefined;
  // A name that would be broken stands below, whole.
  const word = text.split(' ', 1)[0]!;
  const first = width(word) > spilling.width ? '' : wrap(text, spilling.width)[0]!;
  // Without a place in the row it begins below the name.
  const under = spilling.width === 0 ? 4 : placed.slice(0, at).reduce((sum, each) => sum + each.width + 1, 1);
  const indent = Math.min(under, Math.max(4, columnsWide - LEAST_WIDE));
  const rest = wrap(text.slice(first.length).trimStart(), columnsWide - indent);
  return { first, rest: rest.map((line) => `${' '.repeat(indent)}${paint(line, tone)}`) };
}

/** Lines that the rows take when nothing is cut; more than `most` are not counted to the end. */
export function linesInFull<T>(
  rows: readonly T[],
  placed: readonly Placed<T>[],
  most: number,
  spill: (row: T) => Spill | undefined,
): number {
  if (rows.length > most || !placed.some(({ column }) => column.spill)) return rows.length;
  return rows.reduce((sum, row) => sum + 1 + (spill(row)?.rest.length ?? 0), 0);
}

/** Whether a column is of names, which differ anywhere: a name that is cut is whole in the note. */
export const isName = <T>({ column }: Placed<T>): boolean => column.cut === 'middle';

/** Of a list of `room` lines: whether all its rows have to say can stand below them, and the lines for the note. */
export function divide<T>(
  rows: readonly T[],
  placed: readonly Placed<T>[],
  room: number,
  spill: (row: T) => Spill | undefined,
): { inFull: boolean; note: number; wanted: number } {
  const tight = (of: (each: Placed<T>) => boolean | undefined) =>
    room >= LEAST_FOR_NOTE && placed.some((each) => each.tight && of(each));
  const names = tight(isName);
  const wanted = linesInFull(rows, placed, room, spill) + (names ? NOTE_LINES : 0);
  if (wanted <= room) return { inFull: true, wanted, note: names ? NOTE_LINES : 0 };
  const spills = tight(({ column }) => column.spill);
  return {
    inFull: false,
    wanted,
    note: (names || spills ? NOTE_LINES : 0) + (names && spills && room >= LEAST_FOR_NAMES ? 1 : 0),
  };
}

/** The names of a row that are cut in it: its own, and others by what they are. */
function wholeNames<T>(row: T, placed: readonly Placed<T>[], look: Look, state: State): string {
  const names = placed.filter(isName).flatMap(({ column, width: cells }) => {
    const { text } = cellOf(column, row, look, state);
    if (width(text) <= cells) return [];
    return column.rank === 0 ? text : `${column.title.toLowerCase()} ${text}`;
  });
  return names.join(', ');
}

/**
 * All that the row under the cursor has to say where it is cut, in at most `most` lines. `inFull`: what it has to say
 * stands below it, but for its names.
 */
export function noteOf<T>(
  row: T,
  placed: readonly Placed<T>[],
  look: Look,
  state: State,
  columnsWide: number,
  { inFull, most }: { inFull: boolean; most: number },
): string[] {
  const spilling = placed.find(({ column }) => column.spill);
  const { text, tone } = spilling ? cellOf(spilling.column, row, look, state) : { text: '', tone: undefined };
  const said = inFull || !spilling || width(text) <= spilling.width ? '' : text;
  const whole = [wholeNames(row, placed, look, state), said].filter(Boolean).join(': ');
  if (whole === '') return [];
  const lines = wrap(whole, columnsWide - 2);
  const last = cut(lines.slice(most - 1).join(' '), columnsWide - 2, 'end', look.utf8);
  return [...lines.slice(0, most - 1), last].map((line) => ` ${paint(line, said === '' ? undefined : tone)}`);
}
