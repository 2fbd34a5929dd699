import { type Column, defineScreen } from '../../hooks/screen.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Creating } from '../../src/store/creating.ts';
import type { State } from '../../src/store/state.ts';
import { type CreateLine, createLines } from '../create/lines.ts';
import { wrap } from '../parts/fit.ts';
import { meantOf } from '../parts/lines.ts';

const LABEL = 12;
/** Of one line, in characters: answers and server's words are cleaned before they are wrapped, or a newline would be one. */
const LONGEST = 2_000;

const NONE: readonly CreateLine[] = [];
let made: { creating: Creating; columns: number; lines: readonly CreateLine[] } | undefined;

/** Lines too long for the screen go on below: an address of an ISO must be readable whole. */
function linesOf({ creating, columns }: State): readonly CreateLine[] {
  if (!creating) return NONE;
  if (made?.creating !== creating || made.columns !== columns) {
    const room = Math.max(20, columns - LABEL - 4);
    const lines = createLines(creating).flatMap((line) =>
      wrap(cleanLine(line.text, LONGEST), room).map((text, at) =>
        at === 0
          ? { ...line, whole: line.text, text }
          : { ...line, id: `${line.id}+${at}`, label: '', whole: line.text, text },
      ),
    );
    made = { creating, columns, lines };
  }
  return made.lines;
}

const columns: readonly Column<CreateLine>[] = [
  {
    key: 'label',
    title: '',
    min: LABEL,
    rank: 0,
    cell: ({ label, tone }) => ({
      text: label,
      tone: tone === 'title' || tone === 'ok' || tone === 'bad' || tone === 'busy' ? tone : 'dim',
    }),
  },
  { key: 'text', title: '', min: 20, grow: 1, rank: 0, cell: ({ text, tone }) => ({ text, tone }) },
];

/** From answers to a running cluster. */
export const create = defineScreen<CreateLine>({
  id: 'create',
  title: 'Create a cluster',
  key: 'C',
  // A screen for rare days: the help names its key, and the bar keeps its room.
  bar: '',
  names: ['create', 'new'],
  kinds: ['catalog', 'registration', 'seedImage', 'host', 'pool', 'cluster', 'controlPlane', 'deployment', 'machine'],
  rows: linesOf,
  rowId: ({ id }) => id,
  target: () => undefined,
  copies: ({ whole, text }) => meantOf(whole ?? text),
  empty: 'not connected yet',
  columns,
});
