import { defineScreen } from '../../hooks/screen.ts';
import type { ObjectRef, Problem } from '../../src/domain/fleet/rows.ts';
import type { State } from '../../src/store/state.ts';
import { ageCell, ageSort } from '../parts/cells.ts';
import { signColumn } from '../parts/row-columns.ts';

/** A registration, a seed image or an entry of the image catalog: what it takes for a host to arrive. */
interface OnboardingRow {
  id: string;
  sort: string;
  name: string;
  state: string;
  detail: string;
  also: string;
  since?: number;
  busy: boolean;
  problem?: Problem;
  ref: ObjectRef;
}

function build(state: State): OnboardingRow[] {
  const rows: OnboardingRow[] = [];
  for (const row of state.fleet.registrations.list) {
    rows.push({
      id: row.uid,
      sort: 'registration',
      name: row.name,
      state: row.ready ? (row.ready.status === 'True' ? 'ready' : (row.ready.reason ?? row.ready.status)) : '?',
      detail: row.object.url ?? '',
      also: row.object.machineName ? `names hosts ${row.object.machineName}` : '',
      since: row.object.created,
      busy: false,
      problem: row.problem,
      ref: { kind: 'registration', uid: row.uid, name: row.name },
    });
  }
  for (const row of state.fleet.seedImages.list) {
    rows.push({
      id: row.uid,
      sort: 'seed image',
      name: row.name,
      state: row.state,
      detail: row.object.downloadUrl ?? row.object.baseImage ?? '',
      also: row.object.checksumUrl ?? '',
      since: row.state === 'expired' ? undefined : (row.since ?? row.object.created),
      busy: row.state === 'building',
      problem: row.problem,
      ref: { kind: 'seedImage', uid: row.uid, name: row.name },
    });
  }
  const catalog = state.fleet.catalog;
  if (catalog) {
    for (const [version, image] of Object.entries(catalog.images)) {
      rows.push({
        id: `${catalog.uid}/${version}`,
        sort: 'image',
        name: version,
        state: 'in catalog',
        detail: image,
        also: '',
        since: catalog.created,
        busy: false,
        ref: { kind: 'catalog', uid: catalog.uid, name: catalog.name },
      });
    }
  }
  return rows;
}

// The rows come from three lists: made anew only when one of them changed.
let made: { key: readonly unknown[]; rows: OnboardingRow[] } | undefined;
function rowsOf(state: State): readonly OnboardingRow[] {
  const { registrations, seedImages, catalog } = state.fleet;
  const key = [registrations, seedImages, catalog];
  if (!made || made.key.some((part, index) => part !== key[index])) made = { key, rows: build(state) };
  return made.rows;
}

export const onboarding = defineScreen<OnboardingRow>({
  id: 'onboarding',
  title: 'Onboarding',
  bar: 'onboard',
  key: '8',
  names: ['onboarding', 'registrations', 'seedimages', 'catalog', 'images'],
  kinds: ['registration', 'seedImage', 'catalog'],
  rows: rowsOf,
  rowId: (row) => row.id,
  target: (row) => row.ref,
  copies: (row) => row.detail,
  empty: 'no MachineRegistration, SeedImage or image catalog exists',
  columns: [
    signColumn(
      (row) => row.id,
      (row) => row.busy,
    ),
    { key: 'sort', title: 'WHAT', min: 12, rank: 0, cell: (row) => row.sort },
    { key: 'name', title: 'NAME', min: 16, grow: 2, whole: true, cut: 'middle', rank: 0, cell: (row) => row.name },
    {
      key: 'state',
      title: 'STATE',
      min: 11,
      rank: 0,
      cell: (row) => ({ text: row.state, tone: row.problem ? 'warn' : row.busy ? 'busy' : 'plain' }),
    },
    {
      key: 'since',
      title: 'SINCE',
      min: 5,
      align: 'right',
      rank: 2,
      cell: (row, look) => ageCell(row.since, look),
      sort: (row) => ageSort(row.since),
    },
    {
      key: 'url',
      title: 'URL OR IMAGE',
      min: 20,
      grow: 4,
      spill: true,
      cut: 'end',
      rank: 0,
      cell: (row) => row.detail,
    },
    { key: 'also', title: 'CHECKSUM URL', min: 20, grow: 3, cut: 'end', rank: 4, cell: (row) => row.also },
  ],
});
