import { defineScreen } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import type { Followed } from '../../src/store/operating.ts';

/** The line of the checklist an operation is at. */
function present(followed: Followed): string {
  const { milestones } = followed.progress;
  const at =
    milestones.find(({ state }) => state === 'bad') ??
    milestones.find(({ state }) => state === 'now') ??
    milestones.at(-1);
  if (!at) return '';
  return at.detail ? `${at.title}: ${at.detail}` : at.title;
}

/** Operations that were written here: under way, done, failed or stopped half way. */
export const tray = defineScreen<Followed>({
  id: 'tray',
  title: 'Operations written from here',
  key: 'o',
  bar: 'ops',
  names: ['operations', 'tray'],
  kinds: [],
  rows: (state) => state.tray,
  rowId: (followed) => followed.id,
  target: (followed) => followed.target,
  empty: 'no operation was written in this namespace; a on a row lists what can be done',
  columns: [
    {
      key: 'state',
      title: 'STATE',
      min: 9,
      rank: 0,
      cell: ({ state, overdue }) =>
        state === 'running' && overdue
          ? { text: 'overdue', tone: 'warn' }
          : {
              text: state,
              tone: { running: 'busy', done: 'ok', failed: 'bad', 'half done': 'bad' }[state] as 'busy' | 'ok' | 'bad',
            },
    },
    { key: 'operation', title: 'OPERATION', min: 24, grow: 2, max: 60, rank: 0, cell: ({ title }) => title },
    {
      key: 'sent',
      title: 'SENT',
      min: 5,
      align: 'right',
      rank: 1,
      cell: ({ at }, look) => formatAge(look.now - at),
      sort: ({ at }) => at,
    },
    {
      key: 'usual',
      title: 'USUAL',
      min: 5,
      align: 'right',
      rank: 3,
      cell: ({ usual }) => (usual === undefined ? '' : formatAge(usual)),
    },
    { key: 'step', title: 'STEP', min: 16, grow: 3, rank: 1, cell: (followed) => present(followed) },
  ],
});
