import { type Column, defineScreen } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import type { Operating } from '../../src/store/operating.ts';
import type { State } from '../../src/store/state.ts';
import { type OperationLine, operationLines } from '../operation/lines.ts';
import { width, wrap } from '../parts/fit.ts';

const LABEL = 16;
const AGE = 11;

/** What is too long for a label is said in the text: the end of a path is not enough to know it by. */
function roomy(line: OperationLine): OperationLine {
  if (width(line.label) <= LABEL) return line;
  const text = line.text === '' ? line.label : `${line.label}: ${line.text}`;
  return { ...line, label: '', text };
}

/** Lines too long for the screen go on below; every word must be read before it is confirmed. */
function wrapped(lines: readonly OperationLine[], columns: number): OperationLine[] {
  const room = Math.max(20, columns - LABEL - 4);
  return lines.map(roomy).flatMap((line) => {
    // An age comes behind the last of the text.
    const parts = wrap(line.text, line.since === undefined ? room : room - AGE);
    return parts.map((text, at) => ({
      ...line,
      ...(at > 0 ? { id: `${line.id}+${at}`, label: '' } : {}),
      since: at === parts.length - 1 ? line.since : undefined,
      text,
    }));
  });
}

let made: { operating: Operating; columns: number; lines: readonly OperationLine[] } | undefined;
function linesOf({ operating, columns }: State): readonly OperationLine[] {
  if (!operating) return NONE;
  if (made?.operating !== operating || made.columns !== columns) {
    made = { operating, columns, lines: wrapped(operationLines(operating), columns) };
  }
  return made.lines;
}
const NONE: readonly OperationLine[] = [];

const columns: readonly Column<OperationLine>[] = [
  {
    key: 'label',
    title: '',
    min: LABEL,
    cut: 'start',
    rank: 0,
    cell: (line) => ({ text: line.label, tone: line.tone === 'title' ? 'title' : (line.tone ?? 'dim') }),
  },
  {
    key: 'text',
    title: '',
    min: 20,
    grow: 1,
    rank: 0,
    cell: (line, look) => {
      const age = line.since === undefined ? '' : ` (${formatAge(look.now - line.since)} ago)`;
      return { text: `${line.text}${age}`, tone: line.tone };
    },
  },
];

/** Any operation, from what it would do to what came of it. */
export const operate = defineScreen<OperationLine>({
  id: 'operate',
  title: 'Operation',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: (line) => line.id,
  target: (line) => line.ref,
  empty: 'no operation is open',
  columns,
});
