import { type Cell, defineScreen, type Look } from '../../hooks/screen.ts';
import { formatDuration } from '../../src/domain/age.ts';
import { usual } from '../../src/domain/durations/learnt.ts';
import type { PlanRow } from '../../src/domain/fleet/rows.ts';
import { doubtText, planStateText } from '../../src/domain/plan-words.ts';
import type { State } from '../../src/store/state.ts';
import { ageCell, ageSort, planStateTone, signCell, signSort, whatCell } from '../parts/cells.ts';

const busy = (row: PlanRow) => row.state.word === 'pending';

/** What stands where a Secret was not read. */
const UNREAD = { text: '?', tone: 'dim' } as const;

/** When it was last run; of a plan that waits for its first run, that. */
function lastRun(row: PlanRow, look: Look): Cell | string {
  if (!row.detail) return UNREAD;
  return row.state.word === 'pending' ? 'not yet' : ageCell(row.since, look);
}

function attempts(row: PlanRow): Cell | string {
  if (!row.detail) return UNREAD;
  if (row.attempts === undefined) return '';
  return row.maxAttempts === undefined ? `${row.attempts}` : `${row.attempts}/${row.maxAttempts}`;
}

/** How long one like it takes, while it runs. */
function usually(row: PlanRow, { fleet, learnt }: State): string | undefined {
  if (!busy(row)) return undefined;
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  const known = usual(learnt, host?.cluster, row.type);
  return known && `usually ${formatDuration(known.median)}`;
}

export const plans = defineScreen<PlanRow>({
  id: 'plans',
  title: 'Plans',
  key: '6',
  names: ['plans', 'plansecrets', 'secrets'],
  kinds: ['plan', 'host'],
  rows: (state) => state.fleet.plans.list,
  rowId: (row) => row.uid,
  target: (row) => ({ kind: 'plan', uid: row.uid, name: row.name }),
  labels: (row) => row.object.labels,
  note: ({ plansRefused }) => doubtText(plansRefused),
  empty: 'no plan Secret exists (type elemental.cattle.io/plan)',
  columns: [
    {
      key: 'sign',
      title: '',
      min: 1,
      rank: 0,
      cell: (row) => signCell(row.problem, busy(row)),
      sort: (row) => signSort(row.problem, busy(row)),
    },
    {
      key: 'name',
      title: 'HOST',
      min: 14,
      grow: 3,
      whole: true,
      cut: 'middle',
      rank: 0,
      cell: (row) => row.host ?? row.name,
    },
    { key: 'type', title: 'PLAN', min: 11, max: 15, grow: 1, rank: 0, cell: (row) => row.type },
    {
      key: 'state',
      title: 'STATE',
      min: 12,
      rank: 0,
      cell: (row) => ({ text: planStateText(row.state), tone: planStateTone(row.state) }),
    },
    {
      key: 'since',
      title: 'LAST RUN',
      min: 8,
      align: 'right',
      rank: 1,
      cell: lastRun,
      sort: (row) => ageSort(row.since),
    },
    { key: 'attempts', title: 'FAILED', min: 6, align: 'right', rank: 3, cell: attempts, sort: (row) => row.attempts },
    {
      key: 'what',
      title: 'WHAT',
      min: 12,
      grow: 4,
      spill: true,
      rank: 2,
      cell: (row, _, state) => whatCell(row.problem, usually(row, state)),
    },
    {
      key: 'steps',
      title: 'STEPS',
      min: 5,
      align: 'right',
      rank: 5,
      cell: (row) => (row.detail ? `${row.detail.instructions.length}` : ''),
      sort: (row) => row.detail?.instructions.length,
    },
    { key: 'checksum', title: 'CHECKSUM', min: 12, rank: 6, cell: (row) => row.detail?.checksum?.slice(0, 12) ?? '' },
  ],
});
