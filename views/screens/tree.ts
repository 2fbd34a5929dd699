import { type Column, defineScreen } from '../../hooks/screen.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { type TreeRow, treeOf } from '../../src/domain/story/tree.ts';
import { troubleOf } from '../../src/store/attention.ts';
import type { State } from '../../src/store/state.ts';
import { signCell, whatCell } from '../parts/cells.ts';

let made: { fleet: Fleet; folds: State['folds']; rows: readonly TreeRow[] } | undefined;

const columns: readonly Column<TreeRow>[] = [
  {
    key: 'sign',
    title: '',
    min: 1,
    rank: 0,
    cell: (row, _, state) => signCell(troubleOf(state, row.ref?.uid ?? '', row.problem), row.waiting !== undefined),
  },
  {
    key: 'name',
    title: 'NAME',
    min: 24,
    grow: 3,
    max: 64,
    whole: true,
    cut: 'middle',
    rank: 0,
    cell: ({ depth, children, open, name }) =>
      `${'  '.repeat(depth)}${children === 0 ? ' ' : open ? '-' : '+'} ${name}`,
  },
  { key: 'kind', title: 'KIND', min: 13, rank: 2, cell: (row) => ({ text: row.kind, tone: 'dim' }) },
  { key: 'state', title: 'STATE', min: 12, grow: 1, max: 44, whole: true, rank: 0, cell: (row) => row.text },
  {
    key: 'what',
    title: 'WHAT',
    min: 14,
    grow: 3,
    spill: true,
    rank: 1,
    cell: (row, _, state) => whatCell(troubleOf(state, row.ref?.uid ?? '', row.problem), row.waiting),
  },
];
/** How deep a row stands tells its kind where room is short. */
const narrow = columns.filter(({ key }) => key !== 'kind');

/** What belongs to what, opened where something is not at rest. */
export const tree = defineScreen<TreeRow>({
  id: 'tree',
  title: 'Tree',
  key: 't',
  names: ['tree'],
  kinds: ['cluster', 'controlPlane', 'deployment', 'machineSet', 'machine', 'baremetalMachine', 'host', 'plan'],
  rows: ({ fleet, folds }) => {
    if (made?.fleet !== fleet || made.folds !== folds) made = { fleet, folds, rows: treeOf(fleet, folds) };
    return made.rows;
  },
  rowId: (row) => row.id,
  target: (row) => row.ref,
  empty: 'no cluster exists in this namespace',
  columns,
  layout: (state) => (state.columns < 100 ? narrow : columns),
});
