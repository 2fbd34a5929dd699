import { defineScreen } from '../../hooks/screen.ts';
import type { State } from '../../src/store/state.ts';
import { type BoardLine, boardLines } from '../guide/lines.ts';
import { brokenLines, lineColumns, meantOf } from '../parts/lines.ts';

const LABEL = 12;
const AGE = 18;

let made: { of: readonly unknown[]; lines: readonly BoardLine[] } | undefined;
const NONE: readonly BoardLine[] = [];

function linesOf(state: State): readonly BoardLine[] {
  const { guiding, fleet, learnt, falls, columns } = state;
  if (!guiding) return NONE;
  const of = [guiding, fleet, learnt, falls, columns];
  if (!made?.of.every((one, at) => one === of[at])) {
    // Whoever only looks on may write the report, and nothing else.
    const isOfTheDriver = (keys: string) => guiding.lock.state === 'other' && !keys.startsWith('w ');
    const lines = boardLines(guiding, state).map((line) =>
      line.keys === undefined || isOfTheDriver(line.keys) ? line : { ...line, text: `${line.text}; ${line.keys}` },
    );
    made = { of, lines: brokenLines(lines, columns, LABEL, AGE) };
  }
  return made.lines;
}

/** The board of a guide: its plan before it begins, and where its session stands. */
export const guide = defineScreen<BoardLine>({
  id: 'guide',
  title: 'Guide',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: (line) => line.id,
  target: (line) => line.ref,
  copies: ({ whole, text }) => meantOf(whole ?? text),
  empty: 'no session is open: u on a cluster begins one',
  columns: lineColumns(LABEL),
});
