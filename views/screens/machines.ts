import { defineScreen } from '../../hooks/screen.ts';
import type { MachineRow } from '../../src/domain/fleet/rows.ts';
import { doubtText, planStateText } from '../../src/domain/plan-words.ts';
import { planStateTone } from '../parts/cells.ts';
import { nameColumn } from '../parts/name-column.ts';
import { ageColumn, signColumn, whatColumn } from '../parts/row-columns.ts';

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
  note: ({ plansRefused }) => doubtText(plansRefused),
  empty: 'no Machine and no BaremetalMachine exists',
  columns: [
    signColumn((row) => row.uid, busy),
    { key: 'name', title: 'MACHINE', min: 18, grow: 3, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
    {
      key: 'phase',
      title: 'PHASE',
      min: 9,
      max: 14,
      grow: 1,
      whole: true,
      rank: 0,
      cell: (row) => ({
        text: row.phase,
        tone: row.phase === 'Failed' ? 'bad' : row.phase === 'Running' ? 'plain' : 'busy',
      }),
    },
    { key: 'version', title: 'VERSION', min: 10, max: 14, grow: 1, rank: 3, cell: (row) => row.version ?? '' },
    whatColumn(1, { min: 12 }),
    nameColumn('host', 2, (row) => row.host, { min: 11, grow: 3 }),
    nameColumn('node', 5, (row) => row.node),
    nameColumn('group', 6, (row) => row.group),
    { key: 'cluster', title: 'CLUSTER', min: 8, grow: 1, rank: 7, cell: (row) => row.cluster ?? '' },
    nameColumn('pool', 9, (row) => row.pool),
    {
      key: 'plan',
      title: 'PLAN',
      min: 10,
      rank: 8,
      cell: (row) => ({ text: planStateText(row.planState), tone: planStateTone(row.planState) }),
    },
    ageColumn(4, (row) => row.machine?.created ?? row.baremetal?.created),
  ],
});
