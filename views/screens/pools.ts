import { type Cell, type Column, defineScreen } from '../../hooks/screen.ts';
import type { PoolRow } from '../../src/domain/fleet/rows.ts';
import type { PoolCounters } from '../../src/domain/objects.ts';
import { FIGURE_KINDS, panelFreshness } from '../../src/store/panels.ts';
import type { State } from '../../src/store/state.ts';
import { deltaText } from '../parts/cells.ts';
import { ageColumn, signColumn, whatColumn } from '../parts/row-columns.ts';

/** The kinds a pool's figures are counted from. */
const COUNTED_FROM = FIGURE_KINDS.inUse;

function complete(state: State): boolean {
  return panelFreshness(state.freshness, COUNTED_FROM).synced;
}

/** The counted figure; beside it what just changed, or what the provider reports where that differs. */
function counter(key: keyof PoolCounters): Column<PoolRow>['cell'] {
  return (row: PoolRow, look, state: State): Cell => {
    const counted = row.counted[key];
    // What may not be read is not zero, and no lower bound either.
    if (key !== 'total' && panelFreshness(state.freshness, COUNTED_FROM).unknown) return { text: '?', tone: 'warn' };
    // Counted from hosts that are still arriving: a lower bound, and nothing to judge by.
    if (key !== 'total' && !complete(state)) return { text: `${counted}+`, tone: 'dim' };
    if (row.mismatch.includes(key))
      return { text: `${counted}${look.utf8 ? '≠' : '!='}${row.reported?.[key]}`, tone: 'warn' };
    const mark = state.marks[`${row.uid}/${key}`];
    if (mark && mark.until > look.now) return { text: `${counted}${deltaText(mark.delta, look.utf8)}`, tone: 'busy' };
    return { text: `${counted}`, tone: key === 'unavailable' && counted > 0 ? 'bad' : 'plain' };
  };
}

function figure(key: keyof PoolCounters, title: string, rank: number): Column<PoolRow> {
  return { key, title, min: 5, align: 'right', rank, cell: counter(key), sort: (row) => row.counted[key] };
}

/** Pool columns, which the overview shows too. */
export const poolColumns: readonly Column<PoolRow>[] = [
  signColumn(
    (row) => row.uid,
    () => false,
  ),
  { key: 'name', title: 'POOL', min: 14, grow: 3, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
  { key: 'cluster', title: 'CLUSTER', min: 7, grow: 1, max: 20, rank: 3, cell: (row) => row.cluster ?? '' },
  figure('total', 'TOTAL', 0),
  figure('available', 'FREE', 0),
  figure('allocated', 'USED', 0),
  figure('preparing', 'CLEAN', 0),
  figure('reprovisioning', 'REPRO', 0),
  figure('unavailable', 'BAD', 0),
  {
    key: 'sum',
    title: 'SUM',
    min: 4,
    rank: 4,
    cell: (row, _look, state) => {
      if (row.sumOk === undefined || !complete(state)) return { text: '?', tone: 'dim' };
      return row.sumOk ? 'ok' : { text: 'OFF', tone: 'warn' };
    },
  },
  {
    key: 'ready',
    title: 'READY',
    min: 5,
    rank: 2,
    cell: (row) => ({ text: row.ready?.status ?? '?', tone: row.ready?.status === 'True' ? 'plain' : 'warn' }),
  },
  whatColumn(5, { min: 14, title: 'WHAT' }),
  ageColumn(6, (row) => row.object.created),
];

export const pools = defineScreen<PoolRow>({
  id: 'pools',
  title: 'Pools',
  key: '2',
  names: ['pools', 'mip', 'machineinventorypools'],
  kinds: COUNTED_FROM,
  rows: (state) => state.fleet.pools.list,
  rowId: (row) => row.uid,
  target: (row) => ({ kind: 'pool', uid: row.uid, name: row.name }),
  labels: (row) => row.object.labels,
  empty: 'no MachineInventoryPool exists',
  columns: poolColumns,
});
