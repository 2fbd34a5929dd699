import { defineScreen } from '../../hooks/screen.ts';
import type { Operating } from '../../src/store/operating.ts';
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

let made: { operating: Operating; columns: number; lines: readonly OperationLine[] } | undefined;
function linesOf({ operating, columns }: State): readonly OperationLine[] {
  if (!operating) return NONE;
  if (made?.operating !== operating || made.columns !== columns) {
    // Every word must be read before it is confirmed.
    made = { operating, columns, lines: brokenLines(operationLines(operating).map(roomy), columns, LABEL, AGE) };
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
