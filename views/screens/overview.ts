import { defineScreen } from '../../hooks/screen.ts';
import { saidOf } from '../../src/domain/explain/attention.ts';
import type { PoolRow } from '../../src/domain/fleet/rows.ts';
import { attentionOf } from '../../src/store/attention.ts';
import type { AttentionItem } from '../../src/store/attention-item.ts';
import type { State } from '../../src/store/state.ts';

/** The overview's one cursor runs through what needs attention, then through the pools. */
export type OverviewRow = { list: 'attention'; item: AttentionItem } | { list: 'pool'; item: PoolRow };

let made: { attention: unknown; pools: unknown; rows: readonly OverviewRow[] } | undefined;

function rowsOf(state: State): readonly OverviewRow[] {
  const { pools } = state.fleet;
  const attention = attentionOf(state);
  if (made?.attention !== attention || made.pools !== pools.list) {
    made = {
      attention,
      pools: pools.list,
      rows: [
        ...attention.map((item): OverviewRow => ({ list: 'attention', item })),
        ...pools.list.map((item): OverviewRow => ({ list: 'pool', item })),
      ],
    };
  }
  return made.rows;
}

export const overview = defineScreen<OverviewRow>({
  id: 'overview',
  title: 'Overview',
  bar: 'home',
  key: '1',
  names: ['overview', 'home'],
  kinds: ['host', 'pool', 'plan', 'baremetalMachine', 'machine', 'deployment', 'controlPlane', 'cluster'],
  rows: rowsOf,
  rowId: (row) => (row.list === 'pool' ? row.item.uid : `!${row.item.ref.uid}`),
  target: (row) => (row.list === 'pool' ? { kind: 'pool', uid: row.item.uid, name: row.item.name } : row.item.ref),
  labels: (row) => (row.list === 'pool' ? row.item.object.labels : {}),
  empty: 'no pool exists, and nothing needs attention',
  body: 'overview',
  columns: [
    {
      key: 'name',
      title: 'NAME',
      min: 10,
      rank: 0,
      cell: (row) => (row.list === 'pool' ? row.item.name : row.item.ref.name),
    },
    {
      key: 'what',
      title: 'WHAT',
      min: 10,
      rank: 0,
      cell: (row) => (row.list === 'pool' ? (row.item.problem?.text ?? '') : saidOf(row.item)),
    },
    {
      key: 'cluster',
      title: 'CLUSTER',
      min: 5,
      rank: 0,
      cell: (row) => (row.list === 'pool' ? (row.item.cluster ?? '') : ''),
    },
  ],
});
