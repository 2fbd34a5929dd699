import { defineScreen } from '../../hooks/screen.ts';
import type { HostRow } from '../../src/domain/fleet/rows.ts';
import {
  ageCell,
  ageSort,
  planStateText,
  planStateTone,
  signCell,
  signSort,
  useCell,
  whatCell,
} from '../parts/cells.ts';

const busy = ({ use, waiting }: HostRow) =>
  use === 'reprovisioning' || use === 'preparing' || (use === 'allocated' && waiting !== undefined);

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
  empty: 'no host has registered yet: boot the SeedImage ISO on one',
  columns: [
    {
      key: 'sign',
      title: '',
      min: 1,
      rank: 0,
      cell: (row) => signCell(row.problem, busy(row)),
      sort: (row) => signSort(row.problem, busy(row)),
    },
    { key: 'name', title: 'HOST', min: 14, grow: 3, cut: 'middle', rank: 0, cell: (row) => row.name },
    { key: 'state', title: 'USE', min: 14, rank: 0, cell: (row) => useCell(row.use) },
    {
      key: 'for',
      title: 'FOR',
      min: 5,
      align: 'right',
      rank: 3,
      cell: (row, look) => ageCell(row.since, look),
      sort: (row) => ageSort(row.since),
    },
    {
      key: 'plan',
      title: 'PLAN',
      min: 21,
      rank: 2,
      cell: (row) => ({
        text: row.plan ? `${row.plan.type} ${planStateText(row.plan.state)}` : '',
        tone: planStateTone(row.plan?.state),
      }),
    },
    { key: 'what', title: 'WHAT', min: 14, grow: 4, rank: 1, cell: (row) => whatCell(row.problem, row.waiting) },
    { key: 'pool', title: 'POOL', min: 12, grow: 2, cut: 'middle', rank: 4, cell: (row) => row.pool ?? '' },
    { key: 'machine', title: 'MACHINE', min: 16, grow: 2, cut: 'middle', rank: 6, cell: (row) => row.machine ?? '' },
    { key: 'cluster', title: 'CLUSTER', min: 8, grow: 1, rank: 5, cell: (row) => row.cluster ?? '' },
    { key: 'node', title: 'NODE', min: 12, grow: 1, cut: 'middle', rank: 8, cell: (row) => row.node ?? '' },
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
    {
      key: 'age',
      title: 'AGE',
      min: 4,
      align: 'right',
      rank: 10,
      cell: (row, look) => ageCell(row.object.created, look),
      sort: (row) => ageSort(row.object.created),
    },
  ],
});
