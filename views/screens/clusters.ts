import { defineScreen } from '../../hooks/screen.ts';
import type { ClusterRow } from '../../src/domain/fleet/rows.ts';
import { ageCell, ageSort, ofCell, signCell, signSort, whatCell } from '../parts/cells.ts';

export const clusters = defineScreen<ClusterRow>({
  id: 'clusters',
  title: 'Clusters',
  key: '7',
  names: ['clusters', 'cl'],
  kinds: ['cluster', 'baremetalCluster', 'controlPlane', 'deployment'],
  rows: (state) => state.fleet.clusters.list,
  rowId: (row) => row.uid,
  target: (row) => ({ kind: 'cluster', uid: row.uid, name: row.name }),
  labels: (row) => row.object.labels,
  empty: 'no Cluster exists',
  columns: [
    { key: 'sign', title: '', min: 1, rank: 0, cell: (row) => signCell(row.problem, row.waiting !== undefined), sort: (row) => signSort(row.problem, row.waiting !== undefined) },
    { key: 'name', title: 'CLUSTER', min: 10, grow: 2, cut: 'middle', rank: 0, cell: (row) => row.name },
    { key: 'phase', title: 'PHASE', min: 12, rank: 1, cell: (row) => (row.paused ? { text: 'paused', tone: 'warn' } : (row.phase ?? '?')) },
    { key: 'version', title: 'VERSION', min: 10, max: 14, grow: 1, rank: 2, cell: (row) => row.version ?? '' },
    { key: 'control', title: 'CONTROL', min: 7, align: 'right', rank: 0, cell: (row) => (row.controlPlane ? ofCell(row.controlPlane.ready, row.controlPlane.desired) : '') },
    { key: 'workers', title: 'WORKERS', min: 9, align: 'right', rank: 0, cell: (row) => ofCell(row.workers.ready, row.workers.desired) },
    { key: 'hosts', title: 'HOSTS', min: 5, align: 'right', rank: 4, cell: (row) => `${row.hosts}`, sort: (row) => row.hosts },
    { key: 'what', title: 'WAITING ON', min: 14, grow: 4, rank: 1, cell: (row) => whatCell(row.problem, row.waiting) },
    { key: 'endpoint', title: 'ENDPOINT', min: 18, grow: 1, cut: 'start', rank: 5, cell: (row) => row.endpoint ?? '' },
    { key: 'age', title: 'AGE', min: 4, align: 'right', rank: 6, cell: (row, look) => ageCell(row.object.created, look), sort: (row) => ageSort(row.object.created) },
  ],
});
