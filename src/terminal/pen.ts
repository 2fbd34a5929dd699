import type { Row } from './cells.ts';
import { neutralOnBlanks, PLAIN, type Style, sameStyle, transition } from './style.ts';

/** How far right a run of unchanged cells is rewritten rather than jumped over: a jump costs 3 or 4 bytes. */
const REWRITE_WITHIN = 4;
/** How many lines down CR LF is the shorter way. */
const LINE_FEEDS_WITHIN = 3;

/** `ESC [ n letter`, with n left out where 1 is meant. */
function csi(count: number, letter: string): string {
  return `\x1b[${count === 1 ? '' : count}${letter}`;
}

function horizontal(from: number, to: number): string {
  if (to === from) return '';
  if (to > from) return csi(to - from, 'C');
  if (to === 0) return '\r';
  return from - to <= 3 ? '\b'.repeat(from - to) : csi(from - to, 'D');
}

/**
 * The shortest bytes that bring the cursor from one place to another; rows and columns count from 0.
 * @param fromColumn -1 if it is not known.
 */
export function move(fromRow: number, fromColumn: number, row: number, column: number): string {
  if (fromRow === row && fromColumn === column) return '';
  const ways = [`\x1b[${row === 0 && column === 0 ? '' : row + 1}${column === 0 ? '' : `;${column + 1}`}H`];
  const down = row - fromRow;
  if (fromRow >= 0) {
    if (down >= 0 && down <= LINE_FEEDS_WITHIN) {
      // A terminal driver may turn LF into CR LF, so LF is only used where the column is 0 anyway.
      ways.push(`\r${'\n'.repeat(down)}${horizontal(0, column)}`);
    }
    if (fromColumn >= 0) {
      const vertical = down === 0 ? '' : csi(Math.abs(down), down > 0 ? 'B' : 'A');
      ways.push(vertical + horizontal(fromColumn, column));
    }
  }
  return ways.reduce((best, way) => (way.length < best.length ? way : best));
}

/** Gathers the bytes of one update, and knows where they leave the cursor and in which style. */
export class Pen {
  bytes = '';
  private readonly columns: number;
  private row = -1;
  private column = -1;
  private style: Style = PLAIN;

  constructor(columns: number) {
    this.columns = columns;
  }

  moveTo(row: number, column: number): void {
    this.bytes += move(this.row, this.column, row, column);
    this.row = row;
    this.column = column;
  }

  /** Comes to a cell of a row whose cells left of it are already right, rewriting a few where that is shorter. */
  moveAlong(row: number, column: number, cells: Row): void {
    const gap = column - this.column;
    if (this.row === row && this.column >= 0 && gap > 0 && gap <= REWRITE_WITHIN && this.canRewrite(cells, column)) {
      this.put(cells, this.column, column);
    } else {
      this.moveTo(row, column);
    }
  }

  private canRewrite(cells: Row, end: number): boolean {
    for (let at = this.column; at < end; at++) {
      const text = at < cells.length ? cells.texts[at]! : ' ';
      const style = at < cells.length ? cells.styles[at]! : PLAIN;
      if (text.length !== 1 || text > '~') return false;
      if (!sameStyle(style, this.style) && !(text === ' ' && style === PLAIN && neutralOnBlanks(this.style))) {
        return false;
      }
    }
    return true;
  }

  /** Writes the cells of a row from one column up to another. The cursor must stand at the first. */
  put(cells: Row, from: number, to: number): void {
    if (to <= from) return;
    for (let at = from; at < to; at++) {
      const text = at < cells.length ? cells.texts[at]! : ' ';
      const style = at < cells.length ? cells.styles[at]! : PLAIN;
      if (text === ' ' && style === PLAIN) this.neutral();
      else if (text !== '') this.setStyle(style);
      this.bytes += text;
    }
    // Past a character of uncertain width, and at the right margin, terminals differ about the cursor.
    this.column = to >= this.columns || cells.unsafe < to ? -1 : to;
  }

  /** Blanks the line from the cursor on. */
  eraseLine(): void {
    this.neutral();
    this.bytes += '\x1b[K';
  }

  /** Blanks the screen from the cursor on. */
  eraseBelow(): void {
    this.neutral();
    this.bytes += '\x1b[J';
  }

  /**
   * Moves the lines of a band of the screen up (`by` > 0) or down; blank lines come in at the other end.
   * Insert and delete line do it within the margins (DECSTBM): unlike SU and SD, the Linux console has them.
   */
  scroll(top: number, bottom: number, by: number, rows: number): void {
    this.neutral();
    const margins = bottom < rows - 1;
    if (margins) {
      this.bytes += `\x1b[${top + 1};${bottom + 1}r`;
      this.row = 0;
      this.column = 0;
    }
    this.moveTo(top, 0);
    this.bytes += csi(Math.abs(by), by > 0 ? 'M' : 'L');
    if (margins) {
      this.bytes += '\x1b[r';
      this.row = 0;
      this.column = 0;
    }
  }

  /** Leaves the terminal's style as it was found: plain. */
  finish(): string {
    this.setStyle(PLAIN);
    return this.bytes;
  }

  /** A style in which blanks and erased cells look plain. */
  private neutral(): void {
    if (!neutralOnBlanks(this.style)) this.setStyle(PLAIN);
  }

  private setStyle(style: Style): void {
    this.bytes += transition(this.style, style);
    this.style = style;
  }
}
