import { BLANK_ROW, type ParseOptions, parseLine, type Row } from './cells.ts';

/**
 * Cuts a frame, lines parted by LF, into exactly `height` rows; what does not fit is cut off.
 * @param known rows parsed before with the same options: a line that is among them is not parsed again.
 */
export function parseFrame(
  frame: string,
  height: number,
  known: readonly (Row | undefined)[],
  options: ParseOptions,
): Row[] {
  const lines = frame.split('\n', height);
  let bySource: Map<string, Row> | undefined;
  const rows: Row[] = [];
  for (let y = 0; y < height; y++) {
    const line = lines[y];
    if (line === undefined || line === '') {
      rows.push(BLANK_ROW);
      continue;
    }
    const inPlace = known[y];
    if (inPlace?.source === line) {
      rows.push(inPlace);
      continue;
    }
    bySource ??= new Map(known.flatMap((row): [string, Row][] => (row ? [[row.source, row]] : [])));
    rows.push(bySource.get(line) ?? parseLine(line, options));
  }
  return rows;
}

const CONTROLS_ONLY = /^(?:\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x6c\x6e-\x7e])+$/;

/**
 * What Ink writes to its stdout besides frames (Ink 8, `debug: true`): '' as a barrier whose callback it waits for
 * and to erase nothing, a lone LF at the end where it is not interactive, cursor and bracketed paste modes.
 */
export function isFrame(text: string): boolean {
  return text !== '' && text !== '\n' && !CONTROLS_ONLY.test(text);
}

/** The last bracketed paste mode a control string asks for; undefined if it asks for none. */
export function bracketedPaste(text: string): boolean | undefined {
  const last = text.match(/\x1b\[\?2004[hl]/g)?.at(-1);
  return last === undefined ? undefined : last.endsWith('h');
}
