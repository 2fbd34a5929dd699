import { type Column, defineScreen } from '../../hooks/screen.ts';
import { attentionNow } from '../../src/domain/explain/attention.ts';
import type { Attention } from '../../src/domain/fleet/rows.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import { ageCell, ageSort, signCell, signSort } from '../parts/cells.ts';

/** What the overview shows of each item too. */
export const attentionColumns: readonly Column<Attention>[] = [
  { key: 'sign', title: '', min: 1, rank: 0, cell: (row) => signCell(row, false), sort: (row) => signSort(row, false) },
  { key: 'name', title: 'OBJECT', min: 18, grow: 2, max: 60, cut: 'start', rank: 0, cell: (row) => row.ref.name },
  {
    key: 'what',
    title: 'WHAT',
    min: 36,
    grow: 5,
    rank: 0,
    cell: (row) => ({ text: row.text, tone: row.severity === 'bad' ? 'bad' : 'warn' }),
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
    rank: 2,
    cell: (row) => ({ text: API_KIND[row.ref.kind], tone: 'dim' }),
  },
];

export const attention = defineScreen<Attention>({
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
  rows: (state) => attentionNow(state.fleet, state.now),
  rowId: (row) => row.ref.uid,
  target: (row) => row.ref,
  empty: 'nothing needs attention',
  columns: attentionColumns,
});
