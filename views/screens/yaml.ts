import { defineScreen, type Tone } from '../../hooks/screen.ts';
import type { Document } from '../../src/store/state.ts';
import { wrap } from '../parts/fit.ts';

interface YamlLine {
  id: string;
  text: string;
  tone?: Tone;
}

function build(document: Document | undefined, columns: number): YamlLine[] {
  if (!document || document.state === 'reading')
    return [{ id: 'reading', text: 'reading it from the server', tone: 'busy' }];
  if (document.state === 'failed') {
    const lines = wrap(document.error ?? 'it could not be read', columns - 2);
    return lines.map((text, index) => ({ id: `failed~${index}`, text, tone: 'bad' }));
  }
  return document.lines.flatMap((text, index) =>
    wrapLine(text, columns - 2).map((part, at) => ({ id: at === 0 ? `${index}` : `${index}~${at}`, text: part })),
  );
}

/** What does not fit goes on below, further in than the line it belongs to. */
function wrapLine(text: string, room: number): string[] {
  const indent = /^ */.exec(text)![0];
  const inner = ' '.repeat(Math.min(indent.length + 4, Math.floor(room / 2)));
  const [first = '', ...rest] = wrap(text.slice(indent.length), room - inner.length);
  return [indent + first, ...rest.map((part) => inner + part)];
}

let made: { document: Document | undefined; columns: number; lines: readonly YamlLine[] } | undefined;

export const yaml = defineScreen<YamlLine>({
  id: 'yaml',
  title: 'YAML',
  names: [],
  kinds: [],
  rows: (state) => {
    const { document, columns } = state;
    if (!made || made.document !== document || made.columns !== columns) {
      made = { document, columns, lines: build(document, columns) };
    }
    return made.lines;
  },
  rowId: (line) => line.id,
  target: () => undefined,
  empty: 'the object is empty',
  columns: [
    { key: 'text', title: '', min: 20, grow: 1, rank: 0, cell: (line) => ({ text: line.text, tone: line.tone }) },
  ],
});
