import { defineScreen } from '../../hooks/screen.ts';
import type { MachineRow } from '../../src/domain/fleet/rows.ts';
import { ageCell, ageSort, planStateText, planStateTone, signCell, signSort, whatCell } from '../parts/cells.ts';

const busy = (row: MachineRow) => row.waiting !== undefined;

export const machines = defineScreen<MachineRow>({
  id: 'machines',
  title: 'Machines',
  key: '4',
  names: ['machines', 'bmm', 'baremetalmachines'],
  kinds: ['baremetalMachine', 'machine', 'host', 'plan'],
  rows: (state) => state.fleet.machines.list,
  rowId: (row) => row.uid,
  target: (row) => ({
    kind: row.machine ? 'machine' : 'baremetalMachine',
    uid: row.machine?.uid ?? row.baremetal?.uid ?? row.uid,
    name: row.name,
  }),
  labels: (row) => row.machine?.labels ?? row.baremetal?.labels ?? {},
  empty: 'no Machine and no BaremetalMachine exists',
  columns: [
    {
      key: 'sign',
      title: '',
      min: 1,
      rank: 0,
      cell: (row) => signCell(row.problem, busy(row)),
      sort: (row) => signSort(row.problem, busy(row)),
    },
    { key: 'name', title: 'MACHINE', min: 18, grow: 3, cut: 'middle', rank: 0, cell: (row) => row.name },
    {
      key: 'phase',
      title: 'PHASE',
      min: 14,
      rank: 0,
      cell: (row) => ({
        text: row.phase,
        tone: row.phase === 'Failed' ? 'bad' : row.phase === 'Running' ? 'plain' : 'busy',
      }),
    },
    { key: 'version', title: 'VERSION', min: 10, max: 14, grow: 1, rank: 3, cell: (row) => row.version ?? '' },
    { key: 'what', title: 'WAITING ON', min: 16, grow: 4, rank: 1, cell: (row) => whatCell(row.problem, row.waiting) },
    { key: 'host', title: 'HOST', min: 14, grow: 3, cut: 'middle', rank: 2, cell: (row) => row.host ?? '' },
    { key: 'node', title: 'NODE', min: 12, grow: 2, cut: 'middle', rank: 5, cell: (row) => row.node ?? '' },
    { key: 'group', title: 'GROUP', min: 12, grow: 2, cut: 'middle', rank: 6, cell: (row) => row.group ?? '' },
    { key: 'cluster', title: 'CLUSTER', min: 8, grow: 1, rank: 7, cell: (row) => row.cluster ?? '' },
    { key: 'pool', title: 'POOL', min: 12, grow: 2, cut: 'middle', rank: 9, cell: (row) => row.pool ?? '' },
    {
      key: 'plan',
      title: 'PLAN',
      min: 10,
      rank: 8,
      cell: (row) => ({ text: planStateText(row.planState), tone: planStateTone(row.planState) }),
    },
    {
      key: 'age',
      title: 'AGE',
      min: 4,
      align: 'right',
      rank: 4,
      cell: (row, look) => ageCell(row.machine?.created ?? row.baremetal?.created, look),
      sort: (row) => ageSort(row.machine?.created ?? row.baremetal?.created),
    },
  ],
});
