import { defineScreen, type Tone } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import { LEAST_TO_JUDGE } from '../../src/domain/durations/learnt.ts';
import type { SessionLine } from '../../src/store/guiding.ts';
import type { Followed } from '../../src/store/operating.ts';
import type { State } from '../../src/store/state.ts';

const TONES: Readonly<Record<Followed['state'], Tone>> = {
  running: 'busy',
  done: 'ok',
  failed: 'bad',
  overtaken: 'warn',
  'half done': 'bad',
  over: 'dim',
};

/** The line of the checklist an operation is at. */
function present(followed: Followed): string {
  const { milestones } = followed.progress;
  const at =
    milestones.find(({ state }) => state === 'bad') ??
    milestones.find(({ state }) => state === 'overtaken') ??
    milestones.find(({ state }) => state === 'now') ??
    milestones.at(-1);
  if (!at) return '';
  return at.detail ? `${at.title}: ${at.detail}` : at.title;
}

/** A session among the operations: enter opens its board. */
function sessionRow({ id, title, began, holder, mine, here, by, ask }: SessionLine): Followed {
  const step = mine
    ? 'driven here: enter opens its board'
    : holder
      ? `driven ${here ? 'by' : 'elsewhere, by'} ${holder}: enter looks on`
      : `${here ? '' : `begun by ${by} with another journal; `}nobody drives it: enter goes on`;
  return {
    id,
    title,
    at: began,
    state: 'running',
    progress: { milestones: [{ title: step, state: 'now' }] },
    ...(ask.targets[0] ? { target: ask.targets[0] } : {}),
  };
}

let made: { sessions: State['sessions']; tray: State['tray']; rows: readonly Followed[] } | undefined;
function rowsOf({ sessions, tray }: State): readonly Followed[] {
  if (made?.sessions !== sessions || made.tray !== tray) {
    made = { sessions, tray, rows: sessions.length === 0 ? tray : [...sessions.map(sessionRow), ...tray] };
  }
  return made.rows;
}

/** Operations that were written here: under way, done, failed or stopped half way. */
export const tray = defineScreen<Followed>({
  id: 'tray',
  title: 'Operations from here, and all sessions',
  key: 'o',
  bar: 'ops',
  names: ['operations', 'tray'],
  kinds: [],
  rows: rowsOf,
  rowId: (followed) => followed.id,
  target: (followed) => followed.target,
  empty: 'none under way, or written within the last day; metaldeck journal list has all',
  columns: [
    {
      key: 'state',
      title: 'STATE',
      min: 9,
      rank: 0,
      cell: ({ state, overdue, past }) =>
        past
          ? { text: state, tone: state === 'failed' ? 'bad' : 'dim' }
          : state === 'running' && overdue
            ? { text: 'overdue', tone: 'warn' }
            : {
                text: state,
                tone: TONES[state],
              },
    },
    {
      key: 'operation',
      title: 'OPERATION',
      min: 24,
      grow: 2,
      max: 60,
      whole: true,
      rank: 0,
      cell: ({ title }) => title,
    },
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
      // A few of them make a guess.
      cell: ({ usual }) =>
        usual === undefined ? '' : `${formatAge(usual.median)}${usual.count < LEAST_TO_JUDGE ? '?' : ''}`,
    },
    { key: 'step', title: 'STEP', min: 16, grow: 3, spill: true, rank: 1, cell: (followed) => present(followed) },
  ],
});
