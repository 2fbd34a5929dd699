import { clusters, isSimple } from './characters.ts';
import { toAscii } from './glyphs.ts';
import { applySgr, neutralOnBlanks, PLAIN, type Style, sameStyle } from './style.ts';

/** One line of the screen, cut into cells. Cells from `length` on are plain blanks. */
export interface Row {
  /** The line it was parsed from: equal sources are equal rows. */
  readonly source: string;
  /** One entry a cell; the second cell of a wide character is ''. */
  readonly texts: readonly string[];
  readonly styles: readonly Style[];
  readonly length: number;
  /** The first cell from which terminals may disagree about columns; Infinity if there is none. */
  readonly unsafe: number;
}

export interface ParseOptions {
  columns: number;
  /** False drops colours and keeps the other styles. */
  color: boolean;
  /** Whether the terminal can show more than ASCII. */
  utf8: boolean;
}

export const BLANK_ROW: Row = { source: '', texts: [], styles: [], length: 0, unsafe: Infinity };

/**
 * Text | CSI sequence | a string sequence (OSC, DCS, SOS, PM, APC) that ends | the start of one that does not end |
 * any other escape sequence | a control character. ECMA-48 5.3-5.6.
 */
const TOKEN =
  /([^\x00-\x1f\x7f-\x9f]+)|(?:\x1b\[|\x9b)([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e]?)|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\)|\x1b[\]PX^_]|\x1b[\x20-\x2f]*[\x30-\x7e]?|[\x00-\x1f\x7f-\x9f]/y;

class RowBuilder {
  readonly texts: string[] = [];
  readonly styles: Style[] = [];
  style: Style = PLAIN;
  unsafe = Infinity;
  private readonly columns: number;

  constructor(columns: number) {
    this.columns = columns;
  }

  get full(): boolean {
    return this.texts.length >= this.columns;
  }

  text(text: string): void {
    if (isSimple(text)) {
      const end = Math.min(text.length, this.columns - this.texts.length);
      for (let at = 0; at < end; at++) this.cell(text[at]!);
      return;
    }
    for (const cluster of clusters(text)) {
      if (this.full) return;
      if (!cluster.simple) this.unsafe = Math.min(this.unsafe, this.texts.length);
      if (this.texts.length + cluster.width > this.columns) {
        while (!this.full) this.cell(' ');
        return;
      }
      this.cell(cluster.text);
      for (let more = 1; more < cluster.width; more++) this.cell('');
    }
  }

  /** A blank looks the same in many styles: it is kept as plain, so that it need not be sent again. */
  private cell(text: string): void {
    this.texts.push(text);
    this.styles.push(text === ' ' && neutralOnBlanks(this.style) ? PLAIN : this.style);
  }

  row(source: string): Row {
    let { length } = this.texts;
    while (length > 0 && this.texts[length - 1] === ' ' && this.styles[length - 1] === PLAIN) length--;
    this.texts.length = length;
    this.styles.length = length;
    return { source, texts: this.texts, styles: this.styles, length, unsafe: this.unsafe };
  }
}

/**
 * Cuts one line into cells. Every line starts in the plain style.
 * Only SGR sequences are understood; every other escape sequence and control character is dropped, a tab is one blank.
 */
export function parseLine(source: string, options: ParseOptions): Row {
  if (source === '') return BLANK_ROW;
  const line = options.utf8 ? source : toAscii(source);
  const builder = new RowBuilder(options.columns);
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(line); token && !builder.full; token = TOKEN.exec(line)) {
    const [all, text, parameters, intermediates, final] = token;
    if (text !== undefined) builder.text(text);
    else if (all === '\t') builder.text(' ');
    else if (final === 'm' && intermediates === '' && /^[\d;:]*$/.test(parameters!)) {
      builder.style = applySgr(builder.style, parameters!, options.color);
    }
  }
  return builder.row(source);
}

/** Whether two rows show the same in one column. */
export function sameCell(a: Row, b: Row, column: number): boolean {
  const [inA, inB] = [column < a.length, column < b.length];
  if (!inA && !inB) return true;
  const [textA, textB] = [inA ? a.texts[column] : ' ', inB ? b.texts[column] : ' '];
  return textA === textB && sameStyle(inA ? a.styles[column]! : PLAIN, inB ? b.styles[column]! : PLAIN);
}

/** Whether two rows show the same from one column to the end of the line. */
export function sameTail(a: Row, b: Row, column: number): boolean {
  if (a.length !== b.length) return false;
  for (let at = column; at < a.length; at++) if (!sameCell(a, b, at)) return false;
  return true;
}
