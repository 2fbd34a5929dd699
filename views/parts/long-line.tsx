/** A line that is asked for and too long for one row: what it is about, and all that is typed, in as many rows as that takes. */
import { Box } from 'ink';
import { askedHint } from '../../hooks/guide.ts';
import type { State } from '../../src/store/state.ts';
import { cut, width, wrap } from './fit.ts';
import { inverse, paint } from './style.ts';
import { Line } from './table.tsx';

/** What stands in the rows. */
export interface LongLine {
  about: string[];
  warns: boolean;
  /** What is typed, row by row; `at`: the place of the cursor, where it is in this one. */
  typed: { text: string; at?: number }[];
}

/** No more rows: what is around the cursor is read. */
const most = 5;
/** And of what it is about, where the screen is small and where it is not. */
const [fewAbout, mostAbout] = [4, 6];
/** A screen of fewer rows has none to give. */
const enough = 16;
const leaves = 'esc leaves';

/** The rows of what is asked; undefined where one row holds it. */
export function longLine(state: State): LongLine | undefined {
  const { prompt, columns, rows } = state;
  if (!prompt?.asks || prompt.void || rows < enough) return undefined;
  const sign = `${prompt.asks.title}: `;
  const hint = prompt.refused ?? askedHint(state, prompt);
  const whole = width(sign) + width(prompt.text) + 1;
  const beside = whole + width(hint) + 7 <= columns;
  if (beside || (whole + width(leaves) + 3 <= columns && width(hint) <= columns)) return undefined;
  const cursor = sign.length + prompt.at;
  const all = broken(`${sign}${prompt.text} `, columns).map(({ from, text }) => {
    const at = cursor - from;
    return at >= 0 && at < text.length ? { text, at } : { text };
  });
  const row = Math.max(
    0,
    all.findIndex(({ at }) => at !== undefined),
  );
  const first = Math.max(0, Math.min(row - 2, all.length - most));
  const about = wrap(hint, columns);
  const last = (rows < 24 ? fewAbout : mostAbout) - 1;
  return {
    about: about.length > last + 1 ? [...about.slice(0, last), about.slice(last).join(' ')] : about,
    warns: prompt.refused !== undefined,
    typed: all.slice(first, first + most),
  };
}

/** How many rows the footer has. */
export function footerRows(state: State): number {
  const long = longLine(state);
  return long ? long.about.length + long.typed.length : 2;
}

/** `text` in rows of at most `cells`, broken behind a space where there is one, with nothing left out. */
function broken(text: string, cells: number): { from: number; text: string }[] {
  const rows: { from: number; text: string }[] = [];
  for (let from = 0; from < text.length; ) {
    let end = from;
    let used = 0;
    for (const character of text.slice(from)) {
      used += width(character);
      if (used > cells && end > from) break;
      end += character.length;
    }
    const space = end < text.length ? text.lastIndexOf(' ', end - 1) : -1;
    if (space > from) end = space + 1;
    rows.push({ from, text: text.slice(from, end) });
    from = end;
  }
  return rows;
}

export function LongLineRows({ line, columns }: { line: LongLine; columns: number }) {
  const { about, warns, typed } = line;
  return (
    <Box flexDirection="column">
      {about.map((text) => (
        <Line key={text} text={paint(cut(text, columns), warns ? 'warn' : 'dim')} />
      ))}
      {typed.map(({ text, at }) => (
        <Line key={text} text={at === undefined ? text : withCursor(text, at)} />
      ))}
    </Box>
  );
}

/** The cursor is drawn: the terminal's own is hidden. */
function withCursor(text: string, at: number): string {
  const under = [...text.slice(at)][0] ?? ' ';
  return `${text.slice(0, at)}${inverse(under)}${text.slice(at + under.length)}`;
}
