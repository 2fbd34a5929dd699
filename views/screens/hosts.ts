import { defineScreen } from '../../hooks/screen.ts';
import type { HostRow } from '../../src/domain/fleet/rows.ts';
import { doubtText, planText } from '../../src/domain/plan-words.ts';
import { ageCell, ageSort, planStateTone, useCell } from '../parts/cells.ts';
import { nameColumn } from '../parts/name-column.ts';
import { ageColumn, signColumn, whatColumn } from '../parts/row-columns.ts';

const busy = ({ use, waiting }: HostRow) =>
  use === 'reprovisioning' ||
  use === 'preparing' ||
  ((use === 'allocated' || use === 'running') && waiting !== undefined);

/** A pool that no longer lists it is all that its annotation can name. */
const poolText = ({ use, pool }: HostRow) => (use === 'unpooled' && pool !== undefined ? `was ${pool}` : pool);

export const hosts = defineScreen<HostRow>({
  id: 'hosts',
  title: 'Hosts',
  key: '3',
  names: ['hosts', 'inventories', 'machineinventories'],
  kinds: ['host', 'plan', 'pool', 'baremetalMachine'],
  rows: (state) => state.fleet.hosts.list,
  rowId: (row) => row.uid,
  target: (row) => ({ kind: 'host', uid: row.uid, name: row.name }),
  labels: (row) => row.object.labels,
  note: ({ plansRefused }) => doubtText(plansRefused),
  empty: 'no host has registered yet: boot the SeedImage ISO on one',
  columns: [
    signColumn((row) => row.uid, busy),
    { key: 'name', title: 'HOST', min: 14, grow: 3, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
    { key: 'state', title: 'USE', min: 14, rank: 0, cell: (row) => useCell(row.use) },
    {
      key: 'for',
      title: 'FOR',
      min: 5,
      align: 'right',
      rank: 1,
      cell: (row, look) => ageCell(row.since, look),
      sort: (row) => ageSort(row.since),
    },
    {
      key: 'plan',
      title: 'PLAN',
      min: 20,
      rank: 1,
      cell: (row) => ({
        text: planText(row.plan),
        tone: planStateTone(row.plan?.state),
      }),
    },
    whatColumn(2, { min: 12, title: 'WHAT' }),
    nameColumn('pool', 1, poolText, { grow: 12, whole: false }),
    nameColumn('machine', 6, (row) => row.machine, { min: 16 }),
    { key: 'cluster', title: 'CLUSTER', min: 8, grow: 1, rank: 5, cell: (row) => row.cluster ?? '' },
    nameColumn('node', 8, (row) => row.node, { grow: 1 }),
    {
      key: 'address',
      title: 'ADDRESS',
      min: 14,
      max: 18,
      grow: 1,
      rank: 7,
      cell: (row) => row.object.addresses[0] ?? '',
    },
    { key: 'serial', title: 'SERIAL', min: 10, max: 16, grow: 1, rank: 9, cell: (row) => row.object.serial ?? '' },
    ageColumn(10, (row) => row.object.created),
  ],
});
