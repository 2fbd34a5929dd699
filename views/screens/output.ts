import { defineScreen } from '../../hooks/screen.ts';
import { lineText, type OutputLine, outputLines } from '../../src/domain/output/lines.ts';
import type { OutputDocument } from '../../src/store/state.ts';
import { wrap } from '../parts/fit.ts';

/** What a long line goes on with. */
const INDENT = '     ';

const READING: OutputLine[] = [{ id: 'reading', text: 'reading it from the server', tone: 'busy' }];

function build(document: OutputDocument, columns: number): OutputLine[] {
  if (document.state === 'reading') return READING;
  if (!document.output) {
    const lines = wrap(document.error ?? 'it could not be read', columns - 2);
    return lines.map((text, index) => ({ id: `failed~${index}`, text, tone: 'bad' }));
  }
  return outputLines(document.output).flatMap((line) => {
    // The indent of what goes on, and a time behind the text, take their share.
    const parts = wrap(line.text, columns - 2 - INDENT.length - (line.at === undefined ? 0 : 12));
    return parts.map((text, index) => ({
      ...line,
      id: index === 0 ? line.id : `${line.id}~${index}`,
      text: index === 0 ? text : INDENT + text,
      at: index === parts.length - 1 ? line.at : undefined,
    }));
  });
}

// Weak: when the screen is left the document goes, and its lines with it.
const made = new WeakMap<OutputDocument, { columns: number; lines: readonly OutputLine[] }>();

function linesOf(document: OutputDocument | undefined, columns: number): readonly OutputLine[] {
  if (!document) return READING;
  const known = made.get(document);
  if (known?.columns === columns) return known.lines;
  const lines = build(document, columns);
  made.set(document, { columns, lines });
  return lines;
}

/** What the instructions of a plan printed, read while it is on screen. */
export const output = defineScreen<OutputLine>({
  id: 'output',
  title: 'Output',
  names: [],
  kinds: ['plan'],
  transient: true,
  rows: ({ output: document, columns }) => linesOf(document, columns),
  rowId: (line) => line.id,
  target: () => undefined,
  empty: 'nothing was printed',
  columns: [
    {
      key: 'text',
      title: '',
      min: 20,
      grow: 1,
      rank: 0,
      cell: (line, look) => ({ text: lineText(line, look.now), tone: line.tone }),
    },
  ],
});
