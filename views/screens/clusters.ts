import { type Column, defineScreen } from '../../hooks/screen.ts';
import type { ClusterRow } from '../../src/domain/fleet/rows.ts';
import { ofCell } from '../parts/cells.ts';
import { ageColumn, signColumn, whatColumn } from '../parts/row-columns.ts';

/** `v1.31.14-2→1.32.11-1`: what follows the patch decides the release; where it alone differs it is all that is said again. */
function fromTo(from: string | undefined, to: string, arrow: string): string {
  const patch = (version = '') => version.replace(/[-+].*/, '');
  const suffix = to.slice(patch(to).length);
  const fresh = patch(from) === patch(to) && suffix !== '' ? suffix : to.replace(/^v/, '');
  return `${from ?? '?'}${arrow}${fresh}`;
}

/** Below this width what is waited for needs the room of the number of hosts. */
const ROOMY = 100;

const columns: readonly Column<ClusterRow>[] = [
  signColumn(
    (row) => row.uid,
    (row) => row.waiting !== undefined,
  ),
  { key: 'name', title: 'CLUSTER', min: 10, grow: 2, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
  {
    key: 'phase',
    title: 'PHASE',
    min: 12,
    rank: 1,
    cell: (row) => (row.paused ? { text: 'paused', tone: 'warn' } : (row.phase ?? '?')),
  },
  {
    key: 'version',
    title: 'VERSION',
    min: 10,
    // Two versions of two digits each, whole.
    max: 20,
    grow: 1,
    whole: true,
    rank: 1,
    cell: ({ version, nextVersion }, look) =>
      nextVersion === undefined
        ? (version ?? '')
        : { text: fromTo(version, nextVersion, look.utf8 ? '→' : '>'), tone: 'busy' },
  },
  {
    key: 'control',
    title: 'CONTROL',
    min: 7,
    align: 'right',
    rank: 0,
    cell: (row, look) => (row.controlPlane ? ofCell(row.controlPlane.ready, row.controlPlane.desired, look) : ''),
  },
  {
    key: 'workers',
    title: 'WORKERS',
    min: 9,
    align: 'right',
    rank: 0,
    cell: (row, look) => ofCell(row.workers.ready, row.workers.desired, look),
  },
  {
    key: 'hosts',
    title: 'HOSTS',
    min: 5,
    align: 'right',
    rank: 4,
    cell: (row) => `${row.hosts}`,
    sort: (row) => row.hosts,
  },
  // What has no room here stands below its row: two versions need it.
  whatColumn(1, { min: 14 }),
  { key: 'endpoint', title: 'ENDPOINT', min: 18, grow: 1, cut: 'start', rank: 5, cell: (row) => row.endpoint ?? '' },
  ageColumn(6, (row) => row.object.created),
];
const withoutHosts = columns.filter(({ key }) => key !== 'hosts');

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
  columns,
  layout: (state) => (state.columns < ROOMY ? withoutHosts : columns),
});
