import { type Column, defineScreen } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import type { State } from '../../src/store/state.ts';
import { type BoardLine, boardLines } from '../guide/lines.ts';
import { wrap } from '../parts/fit.ts';

const LABEL = 12;
const AGE = 18;

/** Lines too long for the screen go on below. */
function wrapped(lines: readonly BoardLine[], columns: number): BoardLine[] {
  const room = Math.max(20, columns - LABEL - 4);
  return lines.flatMap((line) => {
    const aged = line.since !== undefined || line.pace !== undefined;
    const parts = wrap(line.text, aged ? room - AGE : room);
    return parts.map((text, at) => {
      const last = at === parts.length - 1;
      return {
        ...line,
        ...(at > 0 ? { id: `${line.id}+${at}`, label: '' } : {}),
        since: last ? line.since : undefined,
        pace: last ? line.pace : undefined,
        text,
      };
    });
  });
}

let made: { of: readonly unknown[]; lines: readonly BoardLine[] } | undefined;
const NONE: readonly BoardLine[] = [];

function linesOf(state: State): readonly BoardLine[] {
  const { guiding, fleet, learnt, falls, columns } = state;
  if (!guiding) return NONE;
  const of = [guiding, fleet, learnt, falls, columns];
  if (!made?.of.every((one, at) => one === of[at])) {
    made = { of, lines: wrapped(boardLines(guiding, state), columns) };
  }
  return made.lines;
}

const columns: readonly Column<BoardLine>[] = [
  {
    key: 'label',
    title: '',
    min: LABEL,
    rank: 0,
    cell: (line) => ({ text: line.label, tone: line.tone === 'title' ? 'title' : (line.tone ?? 'dim') }),
  },
  {
    key: 'text',
    title: '',
    min: 20,
    grow: 1,
    rank: 0,
    cell(line, look) {
      const { pace, since, text, tone } = line;
      if (pace) {
        const spent = look.now - pace.since;
        const of = pace.usual ? ` of ${formatAge(pace.usual)}` : '';
        return { text: `${text} (${formatAge(spent)}${of})`, tone: spent > pace.lateAfter ? 'warn' : tone };
      }
      return { text: since === undefined ? text : `${text} (${formatAge(look.now - since)} ago)`, tone };
    },
  },
];

/** The board of a guide: its plan before it begins, and where its session stands. */
export const guide = defineScreen<BoardLine>({
  id: 'guide',
  title: 'Guide',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: (line) => line.id,
  target: (line) => line.ref,
  empty: 'no session is open: u on a cluster begins one',
  columns,
});
