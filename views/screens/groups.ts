import { defineScreen } from '../../hooks/screen.ts';
import type { GroupRow } from '../../src/domain/fleet/rows.ts';
import { ofCell } from '../parts/cells.ts';
import { nameColumn } from '../parts/name-column.ts';
import { ageColumn, signColumn, whatColumn } from '../parts/row-columns.ts';

function rolloutWord(row: GroupRow): { text: string; tone: 'busy' | 'warn' | 'plain' } {
  if (row.paused) return { text: 'paused', tone: 'warn' };
  if (row.rolling) return { text: 'rolling', tone: 'busy' };
  return row.done ? { text: 'done', tone: 'plain' } : { text: 'not ready', tone: 'warn' };
}

export const groups = defineScreen<GroupRow>({
  id: 'groups',
  title: 'Groups',
  key: '5',
  names: ['groups', 'machinedeployments', 'md', 'kcp', 'controlplanes'],
  kinds: ['deployment', 'controlPlane', 'machineSet', 'machine'],
  rows: (state) => state.fleet.groups.list,
  rowId: (row) => row.uid,
  target: (row) => ({ kind: row.controlPlane ? 'controlPlane' : 'deployment', uid: row.uid, name: row.name }),
  labels: (row) => row.object.labels,
  empty: 'no MachineDeployment and no KubeadmControlPlane exists',
  columns: [
    signColumn(
      (row) => row.uid,
      (row) => row.rolling,
    ),
    { key: 'name', title: 'GROUP', min: 14, grow: 3, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
    { key: 'cluster', title: 'CLUSTER', min: 8, grow: 1, rank: 5, cell: (row) => row.cluster ?? '' },
    { key: 'role', title: 'ROLE', min: 7, rank: 6, cell: (row) => (row.controlPlane ? 'control' : 'worker') },
    {
      key: 'ready',
      title: 'READY',
      min: 7,
      align: 'right',
      rank: 0,
      cell: (row, look) => ofCell(row.replicas.ready, row.replicas.desired, look),
      sort: (row) => row.replicas.ready,
    },
    {
      key: 'updated',
      title: 'UPDATED',
      min: 7,
      align: 'right',
      rank: 2,
      cell: (row, look) => ofCell(row.replicas.upToDate, row.replicas.desired, look),
      sort: (row) => row.replicas.upToDate,
    },
    {
      key: 'current',
      title: 'NOW',
      min: 4,
      align: 'right',
      rank: 7,
      cell: (row) => `${row.replicas.current ?? '?'}`,
      sort: (row) => row.replicas.current,
    },
    { key: 'rollout', title: 'ROLLOUT', min: 9, rank: 1, cell: rolloutWord },
    { key: 'version', title: 'VERSION', min: 10, max: 14, grow: 1, rank: 2, cell: (row) => row.version ?? '' },
    whatColumn(1),
    nameColumn('pool', 5, (row) => row.pool),
    {
      key: 'template',
      title: 'TEMPLATE',
      min: 14,
      grow: 2,
      cut: 'middle',
      rank: 8,
      cell: (row) => row.infraTemplate ?? '',
    },
    {
      key: 'bootstrap',
      title: 'BOOTSTRAP',
      min: 14,
      grow: 2,
      cut: 'middle',
      rank: 9,
      cell: (row) => row.bootstrapTemplate ?? '',
    },
    {
      key: 'strategy',
      title: 'SURGE/UNAVAIL',
      min: 13,
      rank: 10,
      cell: (row) => `${row.rollout.maxSurge ?? '-'}/${row.rollout.maxUnavailable ?? '-'}`,
    },
    ageColumn(9, (row) => row.object.created),
  ],
});
