import { BLANK_ROW, type Row, sameCell, sameTail } from './cells.ts';
import { Pen } from './pen.ts';
import { findShift, shifted } from './scroll.ts';

/** Up to this many blanks are cheaper to write than to erase with a sequence. */
const SPACES_WITHIN = 3;
/** Fewer changed lines than this are never a scroll. */
const SCROLL_FROM = 3;
const MOST_SCROLLS = 3;

/** What the terminal is known to show: `rows` lines, each undefined where nobody knows. */
export interface Shown {
  readonly columns: number;
  readonly lines: readonly (Row | undefined)[];
}

export interface DiffOptions {
  /** Whether the terminal can insert and delete lines. */
  scroll: boolean;
}

/** Writes from a column to the end of the line, whatever is there now. */
function drawTail(pen: Pen, y: number, column: number, row: Row, columns: number): void {
  pen.moveTo(y, column);
  // Where widths are uncertain nobody knows which columns the text will cover: the line is cleared first.
  const certain = row.unsafe === Infinity && column === 0;
  if (!certain) pen.eraseLine();
  pen.put(row, column, row.length);
  if (certain && row.length < columns) pen.eraseLine();
}

function drawRow(pen: Pen, y: number, from: Row | undefined, to: Row, columns: number): void {
  if (from === undefined) {
    drawTail(pen, y, 0, to, columns);
    return;
  }
  const unsafe = Math.min(from.unsafe, to.unsafe);
  const end = Math.min(unsafe, Math.max(from.length, to.length));
  for (let x = 0; x < end; x++) {
    if (sameCell(from, to, x)) continue;
    pen.moveAlong(y, x, to);
    if (x < to.length) {
      pen.put(to, x, x + 1);
    } else if (unsafe === Infinity && from.length - x <= SPACES_WITHIN) {
      pen.put(to, x, from.length);
      return;
    } else {
      pen.eraseLine();
      return;
    }
  }
  if (unsafe < Infinity && !sameTail(from, to, unsafe)) drawTail(pen, y, unsafe, to, columns);
}

/** The first line of the blank foot of a frame, if several lines of the foot are still to be blanked. */
function footToErase(shown: readonly (Row | undefined)[], wanted: readonly Row[]): number {
  let foot = wanted.length;
  while (foot > 0 && wanted[foot - 1]!.length === 0) foot--;
  const stale = shown.slice(foot).filter((row) => row === undefined || row.length > 0).length;
  return stale > 1 ? foot : wanted.length;
}

/**
 * The bytes that turn what the terminal shows into what is wanted; '' if it shows that already.
 * They assume a plain style, no margins and no automatic wrapping (DECAWM off), and leave these so.
 * @param wanted one row for each line of the screen.
 */
export function diff(shown: Shown, wanted: readonly Row[], options: DiffOptions): string {
  let { lines } = shown;
  const pen = new Pen(shown.columns);
  const changed = wanted.filter((row, y) => row !== lines[y]).length;
  for (let times = 0; options.scroll && changed >= SCROLL_FROM && times < MOST_SCROLLS; times++) {
    const shift = findShift(lines, wanted, BLANK_ROW);
    if (!shift) break;
    pen.scroll(shift.top, shift.bottom, shift.by, wanted.length);
    lines = shifted(lines, shift, BLANK_ROW);
  }
  const foot = footToErase(lines, wanted);
  for (let y = 0; y < foot; y++) {
    if (wanted[y] !== lines[y]) drawRow(pen, y, lines[y], wanted[y]!, shown.columns);
  }
  if (foot < wanted.length) {
    pen.moveTo(foot, 0);
    pen.eraseBelow();
  }
  return pen.finish();
}
