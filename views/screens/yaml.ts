import { defineScreen, type Tone } from '../../hooks/screen.ts';
import type { Document } from '../../src/store/state.ts';

interface YamlLine {
  id: string;
  text: string;
  tone?: Tone;
}

function build(document: Document | undefined): YamlLine[] {
  if (!document || document.state === 'reading') return [{ id: 'reading', text: 'reading it from the server', tone: 'busy' }];
  if (document.state === 'failed') return [{ id: 'failed', text: document.error ?? 'it could not be read', tone: 'bad' }];
  return document.lines.map((text, index) => ({ id: `${index}`, text }));
}

let made: { document: Document | undefined; lines: readonly YamlLine[] } | undefined;

export const yaml = defineScreen<YamlLine>({
  id: 'yaml',
  title: 'YAML',
  names: [],
  kinds: [],
  rows: (state) => {
    if (!made || made.document !== state.document) made = { document: state.document, lines: build(state.document) };
    return made.lines;
  },
  rowId: (line) => line.id,
  target: () => undefined,
  empty: 'the object is empty',
  columns: [{ key: 'text', title: '', min: 20, grow: 1, rank: 0, cell: (line) => ({ text: line.text, tone: line.tone }) }],
});
