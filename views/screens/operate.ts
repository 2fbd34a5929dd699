import { entryOf } from '../../hooks/create.ts';
import { defineScreen } from '../../hooks/screen.ts';
import type { State } from '../../src/store/state.ts';
import { type OperationLine, operationLines } from '../operation/lines.ts';
import { width } from '../parts/fit.ts';
import { brokenLines, lineColumns } from '../parts/lines.ts';

const LABEL = 16;
const AGE = 11;

/** What is too long for a label is said in the text: the end of a path is not enough to know it by. */
function roomy(line: OperationLine): OperationLine {
  if (width(line.label) <= LABEL) return line;
  const text = line.text === '' ? line.label : `${line.label}: ${line.text}`;
  return { ...line, label: '', text };
}

let made: { key: readonly unknown[]; lines: readonly OperationLine[] } | undefined;
function linesOf(state: State): readonly OperationLine[] {
  const { operating, columns, prompt } = state;
  if (!operating) return NONE;
  const typing = prompt?.kind === 'entry' ? entryOf(state, prompt)?.title : undefined;
  const key = [operating, columns, typing];
  if (made === undefined || made.key.some((part, index) => part !== key[index])) {
    // Every word must be read before it is confirmed.
    made = { key, lines: brokenLines(operationLines(operating, typing).map(roomy), columns, LABEL, AGE) };
  }
  return made.lines;
}
const NONE: readonly OperationLine[] = [];

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
  columns: lineColumns(LABEL, 'start'),
});
