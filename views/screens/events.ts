import { type Column, defineScreen } from '../../hooks/screen.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { kindOfApi } from '../../src/domain/kinds.ts';
import type { EventRecord } from '../../src/domain/objects.ts';
import { ageCell, ageSort } from '../parts/cells.ts';

/** Below these widths a message needs the room that the number of times takes where it is one, and that the kind takes. */
const ROOMY = 100;
const WIDE = 160;

const columns: readonly Column<EventRecord>[] = [
  {
    key: 'sign',
    title: '',
    min: 1,
    rank: 0,
    cell: (row) => (row.type === 'Warning' ? { text: '!', tone: 'warn' } : ' '),
    sort: (row) => (row.type === 'Warning' ? 0 : 1),
  },
  {
    key: 'last',
    title: 'LAST',
    min: 5,
    align: 'right',
    rank: 0,
    cell: (row, look) => ageCell(row.lastSeen, look),
    sort: (row) => ageSort(row.lastSeen),
  },
  {
    key: 'count',
    title: 'N',
    min: 4,
    align: 'right',
    rank: 0,
    cell: ({ occurrences }) => (occurrences > 1 ? `x${occurrences}` : ''),
    sort: (row) => -row.occurrences,
  },
  {
    key: 'reason',
    title: 'REASON',
    min: 18,
    max: 26,
    grow: 1,
    whole: true,
    rank: 0,
    cell: (row) => row.reason ?? '',
  },
  {
    key: 'name',
    title: 'OBJECT',
    min: 14,
    max: 44,
    grow: 2,
    cut: 'middle',
    rank: 0,
    cell: (row) => row.about?.name ?? '',
  },
  { key: 'message', title: 'MESSAGE', min: 24, grow: 5, spill: true, rank: 0, cell: (row) => row.message ?? '' },
  { key: 'kind', title: 'KIND', min: 10, max: 20, grow: 1, rank: 5, cell: (row) => row.about?.apiKind ?? '' },
  { key: 'type', title: 'TYPE', min: 7, rank: 6, cell: (row) => row.type ?? '' },
];
const withoutKind = columns.filter(({ key }) => key !== 'kind' && key !== 'type');
const withoutTimes = withoutKind.filter(({ key }) => key !== 'count');

let looked: { list: readonly EventRecord[]; repeated: boolean } | undefined;

/** Whether any came more than once: without, the narrow list needs no column for it. */
function isRepeated(list: readonly EventRecord[]): boolean {
  if (looked?.list !== list) looked = { list, repeated: list.some(({ occurrences }) => occurrences > 1) };
  return looked.repeated;
}

const itself = ({ uid, name }: EventRecord): ObjectRef => ({ kind: 'event', uid, name });

export const events = defineScreen<EventRecord>({
  id: 'events',
  title: 'Events',
  key: '9',
  names: ['events', 'ev'],
  kinds: ['event'],
  rows: (state) => state.fleet.events.list,
  rowId: (row) => row.uid,
  target: (row) => {
    const kind = row.about ? kindOfApi(row.about.apiKind) : undefined;
    if (!kind || !row.about?.uid) return itself(row);
    return { kind, uid: row.about.uid, name: row.about.name };
  },
  own: itself,
  empty: 'no Kubernetes Event is kept in this namespace',
  columns,
  layout: ({ columns: cells, fleet }) => {
    if (cells >= ROOMY) return cells < WIDE ? withoutKind : columns;
    return isRepeated(fleet.events.list) ? withoutKind : withoutTimes;
  },
});
