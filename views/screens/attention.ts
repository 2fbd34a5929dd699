import { type Cell, type Column, defineScreen } from '../../hooks/screen.ts';
import { clockText } from '../../src/domain/age.ts';
import { saidOf } from '../../src/domain/explain/attention.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import { attentionOf } from '../../src/store/attention.ts';
import type { AttentionItem } from '../../src/store/attention-item.ts';
import type { State } from '../../src/store/state.ts';
import { ageCell, ageSort, signCell, signSort } from '../parts/cells.ts';

const DAY = 24 * 3_600_000;

/** `known until 11:20Z, alice: disk is on its way` */
export function acknowledgedText({ acknowledged }: AttentionItem, now: number): string {
  if (!acknowledged) return '';
  const { by, until, reason } = acknowledged;
  const end = clockText(until).replace(/:\d\dZ$/, 'Z');
  const day = until - now > DAY ? `${new Date(until).toISOString().slice(5, 10)} ` : '';
  return `known until ${day}${end}, ${by}: ${reason}`;
}

/** `a` for what is acknowledged. */
function sign(row: AttentionItem): Cell {
  return row.acknowledged ? { text: 'a', tone: 'dim' } : signCell(row, false);
}

const columns: readonly Column<AttentionItem>[] = [
  { key: 'sign', title: '', min: 1, rank: 0, cell: sign, sort: (row) => (row.acknowledged ? 2 : signSort(row, false)) },
  {
    key: 'new',
    title: 'NEW',
    min: 3,
    rank: 0,
    cell: (row) => ({ text: row.fresh ? 'new' : '', tone: 'title' }),
    sort: (row) => (row.fresh ? 0 : 1),
  },
  {
    key: 'name',
    title: 'OBJECT',
    min: 16,
    grow: 2,
    max: 60,
    whole: true,
    cut: 'middle',
    rank: 0,
    cell: (row) => row.ref.name,
  },
  {
    key: 'what',
    title: 'WHAT',
    min: 24,
    grow: 5,
    spill: true,
    // What is wrong is what the list is for.
    readable: 48,
    rank: 0,
    cell: (row, look) =>
      row.acknowledged
        ? { text: `${acknowledgedText(row, look.now)}; ${saidOf(row)}`, tone: 'dim' }
        : { text: saidOf(row), tone: row.severity === 'bad' ? 'bad' : 'warn' },
  },
  {
    key: 'since',
    title: 'SINCE',
    min: 5,
    align: 'right',
    rank: 0,
    cell: (row, look) => ageCell(row.since, look),
    sort: (row) => ageSort(row.since),
  },
  {
    key: 'kind',
    title: 'KIND',
    min: 18,
    max: 22,
    grow: 1,
    rank: 5,
    cell: (row) => ({ text: API_KIND[row.ref.kind], tone: 'dim' }),
  },
];
const withoutNews = columns.filter(({ key }) => key !== 'new');

/** What the overview shows of each item too; which are new, where some are. */
export function attentionColumns(state: State): readonly Column<AttentionItem>[] {
  return attentionOf(state).some(({ fresh }) => fresh) ? columns : withoutNews;
}

export const attention = defineScreen<AttentionItem>({
  id: 'attention',
  title: 'Attention',
  key: '!',
  names: ['attention', 'problems'],
  kinds: [
    'host',
    'plan',
    'pool',
    'baremetalMachine',
    'machine',
    'machineSet',
    'deployment',
    'controlPlane',
    'cluster',
    'seedImage',
    'registration',
  ],
  rows: (state) => attentionOf(state),
  rowId: (row) => row.ref.uid,
  target: (row) => row.ref,
  empty: 'nothing needs attention',
  columns,
  layout: attentionColumns,
});
