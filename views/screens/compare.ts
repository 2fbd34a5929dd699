import { versionOf } from '../../hooks/compare.ts';
import { defineScreen, type Tone } from '../../hooks/screen.ts';
import { timeText } from '../../src/domain/age.ts';
import { type DiffLine, diffLines } from '../../src/domain/diff/lines.ts';
import { comparableObject } from '../../src/domain/diff/plain.ts';
import { type DiffNode, diffOf } from '../../src/domain/diff/structure.ts';
import { findObject } from '../../src/domain/fleet/find.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import type { Place, State } from '../../src/store/state.ts';
import { wrap } from '../parts/fit.ts';

interface Row {
  id: string;
  text: string;
  tone?: Tone;
  fold?: string;
}

const TONES: Readonly<Record<DiffLine['sign'], Tone | undefined>> = { ' ': undefined, '-': 'bad', '+': 'ok' };

/** What does not fit goes on below, further in, under the same sign. */
function rowsOf(lines: readonly DiffLine[], columns: number): Row[] {
  return lines.flatMap(({ id, sign, text, fold }) => {
    const indent = /^ */.exec(text)![0];
    const inner = ' '.repeat(Math.min(indent.length + 4, Math.floor(columns / 2)));
    const [first = '', ...rest] = wrap(text.slice(indent.length), columns - 4 - inner.length);
    const tone = fold === undefined ? TONES[sign] : 'dim';
    return [indent + first, ...rest.map((part) => inner + part)].map((part, at) => ({
      id: at === 0 ? id : `${id}~${at}`,
      text: `${sign} ${part}`,
      tone,
      fold: at === 0 ? fold : undefined,
    }));
  });
}

const said = (id: string, text: string, columns: number, tone?: Tone): Row[] =>
  wrap(text, columns - 2).map((part, at) => ({ id: `${id}~${at}`, text: part, tone }));

interface Sides {
  heads: readonly [string, string];
  note: string;
  nodes: readonly DiffNode[];
}

function pairOf({ compared }: State): Sides | Row[] {
  if (!compared || compared.state === 'reading')
    return [{ id: 'reading', text: 'reading both from the server', tone: 'busy' }];
  const [left, right] = compared.refs;
  if (compared.state === 'failed')
    return [{ id: 'failed', text: compared.error ?? 'they could not be read', tone: 'bad' }];
  return {
    heads: [`${API_KIND[left.kind]} ${left.name}`, `${API_KIND[right.kind]} ${right.name}`],
    note: 'as the server has them; secrets redacted; uid, resourceVersion and managedFields left out',
    nodes: diffOf(compared.left, compared.right),
  };
}

function pastOf(state: State, place: Place): Sides | Row[] {
  const { fleet, past, settledAt, columns } = state;
  const { ref } = place;
  const object = ref && findObject(fleet, ref);
  if (!ref || !object) return [{ id: 'gone', text: `${ref?.name ?? 'it'} is not there any more`, tone: 'warn' }];
  const versions = past.get(ref.uid) ?? [];
  const since = settledAt === undefined ? 'it began' : timeText(settledAt);
  if (versions.length === 0) {
    const text = `${ref.name} has not changed in anything metaldeck watches since ${since}. Two rows marked with space are compared with one another.`;
    return said('still', text, columns);
  }
  const at = versionOf(state, ref, place.version);
  const version = versions[at]!;
  const from = at === 0 ? `at ${since}` : `after ${timeText(versions[at - 1]!.until)}`;
  return {
    heads: [
      `${from}, until ${timeText(version.until)}: state ${at + 1} of ${versions.length}; [ older, ] newer`,
      'now',
    ],
    note: 'what metaldeck watches of it; the API keeps no past, so that y shows only the present',
    nodes: diffOf(comparableObject(version.object), comparableObject(object)),
  };
}

function build(state: State, place: Place): Row[] {
  const { columns, folds } = state;
  const sides = place.marked && place.marked.length === 2 ? pairOf(state) : pastOf(state, place);
  if (Array.isArray(sides)) return sides;
  const { heads, note, nodes } = sides as Sides;
  const lines = diffLines(nodes, (id) => folds[id] === true);
  const differs = nodes.some(({ change }) => change !== 'same');
  return [
    ...said('left', `--- ${heads[0]}`, columns, 'bad'),
    ...said('right', `+++ ${heads[1]}`, columns, 'ok'),
    ...said('note', note, columns, 'dim'),
    ...(differs ? [] : said('same', 'no difference', columns)),
    ...rowsOf(lines, columns),
  ];
}

let made: { from: readonly unknown[]; rows: readonly Row[] } | undefined;

/** Two objects, or one now and then: what differs, the rest folded. */
export const compare = defineScreen<Row>({
  id: 'compare',
  title: 'Compare',
  names: [],
  kinds: [],
  transient: true,
  rows(state, place) {
    const { fleet, compared, past, folds, columns } = state;
    const from = [place.marked ? compared : fleet, past, folds, columns, place.ref?.uid, place.version, place.marked];
    if (!made || from.some((part, index) => part !== made!.from[index])) made = { from, rows: build(state, place) };
    return made.rows;
  },
  rowId: (row) => row.id,
  target: () => undefined,
  empty: 'there is nothing to compare',
  columns: [{ key: 'text', title: '', min: 20, grow: 1, rank: 0, cell: (row) => ({ text: row.text, tone: row.tone }) }],
});
