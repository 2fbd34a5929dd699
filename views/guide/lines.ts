/** The board of a guide as lines: what is next, what stands in the way, stage by stage, machine by machine. */
import type { Tone } from '../../hooks/screen.ts';
import { formatAge, timeText } from '../../src/domain/age.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Course } from '../../src/guides/contract.ts';
import { basisText } from '../../src/guides/estimate.ts';
import { presentStage } from '../../src/guides/next.ts';
import { recordedOf } from '../../src/guides/recorded.ts';
import { repairWords } from '../../src/guides/repair.ts';
import { heldBy } from '../../src/guides/session.ts';
import type { Guiding } from '../../src/store/guiding.ts';
import type { State } from '../../src/store/state.ts';
import { section } from '../detail/line.ts';
import { gatesShown } from './gates.ts';
import type { BoardLine } from './line.ts';
import { recordedLines } from './recorded.ts';
import { stagesShown } from './stages.ts';

export type { BoardLine } from './line.ts';

type Seen = Pick<State, 'fleet' | 'now' | 'columns' | 'learnt' | 'falls' | 'doubts' | 'session'>;

/** `####......`: how much of it is done. */
function bar(done: number, of: number, cells: number): string {
  const filled = of === 0 ? cells : Math.round((done / of) * cells);
  return `${'#'.repeat(filled)}${'.'.repeat(Math.max(0, cells - filled))}`;
}

/** How far the part is that the present stage belongs to. */
function partLine({ stages, next, estimate }: Course, columns: number): BoardLine[] {
  const at = stages.find(({ id }) => 'stage' in next && id === next.stage);
  if (!at) return [];
  const mine = stages.filter(({ part }) => part === at.part);
  const turns = mine.flatMap((stage) => stage.turns);
  const [done, all] = [turns.filter(({ state }) => state === 'done').length, turns.length];
  const basis = basisText(estimate);
  const guess = basis === undefined ? '' : ` (${basis})`;
  const left = mine.reduce((sum, stage) => sum + stage.estimate.usual, 0);
  const more = left === estimate.usual ? '' : `, ${formatAge(estimate.usual)} in all`;
  const count = all === 0 ? '' : `${bar(done, all, columns >= 110 ? 30 : 16)} ${done} of ${all} hosts; `;
  const text = `${count}left ${formatAge(left)}${more}${guess}`;
  const head: BoardLine = { id: 'part', label: '', text: at.part, tone: 'title' };
  // Where no machine goes and none comes there is nothing to be counted.
  return all === 0 && left === 0 ? [head] : [head, { id: 'bar', label: '', text }];
}

/** What is to happen now, in one line. */
function nextLine(guiding: Guiding, course: Course): BoardLine {
  const { next } = course;
  const line = (text: string, tone: Tone, keys?: string): BoardLine => ({
    id: 'next',
    label: 'now',
    text: cleanLine(text, 400),
    tone,
    keys,
  });
  if (guiding.id === undefined && next.what !== 'end')
    return line('planned, nothing is begun', 'title', 'y begins the session');
  const title = presentStage(course)?.title ?? '';
  switch (next.what) {
    case 'send':
      return line(
        next.how === 'hold' ? 'hold' : next.how === 'go on' ? 'end the hold' : title,
        'title',
        'y shows the write to be confirmed',
      );
    case 'answer':
      return line(
        `${title} waits for an answer: ${next.gates.map(({ name }) => name).join(', ')}`,
        'warn',
        'y answers',
      );
    case 'wait':
      return line(next.for, 'busy');
    case 'held':
      return line(`HELD: ${next.why}`, 'warn', 'p goes on');
    case 'repair':
      return line(`FAILED: ${next.why}`, 'bad', next.takeBack ? 'u takes it back' : undefined);
    case 'end':
      return line('there is nothing left to do', 'ok', 'w writes the report');
  }
}

function lockLine({ lock, id }: Guiding): BoardLine[] {
  if (id === undefined || lock.state === 'mine' || lock.state === 'none') return [];
  const text =
    lock.state === 'other'
      ? `${cleanLine(lock.who ?? 'somebody else')} drives it: this only looks on`
      : lock.state === 'unprotected'
        ? `NOT PROTECTED from a second driver with another account or host: ${cleanLine(lock.why ?? '')}`
        : `who drives it is not known: ${cleanLine(lock.why ?? '')}`;
  return [{ id: 'lock', label: 'driver', text, tone: 'warn' }];
}

/** Per pool: what serves, what comes back, what is spare. */
function poolLines(fleet: Fleet, { ask }: Guiding): BoardLine[] {
  const cluster = ask.targets.find(({ kind }) => kind === 'cluster')?.name;
  const pools = fleet.pools.list.filter(
    (pool) => (cluster !== undefined && pool.cluster === cluster) || pool.name === ask.values['pool'],
  );
  return section(
    'POOLS',
    pools.map(({ name, uid, counted, problem }) => {
      const { total, available, allocated, preparing, reprovisioning, unavailable } = counted;
      const figures = `${allocated} in use, ${reprovisioning} reprovisioning, ${preparing} cleaning, ${available} spare`;
      const bad = unavailable > 0 ? `, ${unavailable} UNAVAILABLE` : '';
      return {
        id: uid,
        label: '',
        text: cleanLine(`${name}: ${figures}${bad}, ${total} in all`, 200),
        tone: problem ? problem.severity : ('plain' as const),
        ref: { kind: 'pool' as const, uid, name },
      };
    }),
  ) as BoardLine[];
}

/** What waits on what, where it does not go on as it should. */
function whyLines({ repair, id }: Guiding, course: Course): BoardLine[] {
  const { trouble: found } = presentStage(course) ?? {};
  if (!found) return [];
  const helps: BoardLine[] =
    repair && id !== undefined
      ? [
          {
            id: 'helps',
            label: 'helps',
            text: cleanLine(repairWords(repair), 200),
            tone: 'title',
            keys: 'R shows it',
          },
        ]
      : [];
  return section('WHY', [
    {
      id: 'what',
      label: 'what',
      text: cleanLine(found.what, 400),
      tone: found.severity,
      since: found.since,
      ref: found.root,
    },
    ...found.causes
      .slice(0, 2)
      .map((text, at) => ({ id: `likely/${at}`, label: at === 0 ? 'likely' : '', text: cleanLine(text, 300) })),
    ...found.next.slice(0, 3).map(({ text, command }, at) => ({
      id: `next/${at}`,
      label: at === 0 ? 'what now' : '',
      text: cleanLine(command ? `${text}: $ ${command}` : text, 300),
    })),
    ...helps,
  ]) as BoardLine[];
}

/** `14:02Z`, and of another day than today's `11-20 14:02Z`: a session goes over shifts. */
function whenSaid(at: number, now: number): string {
  const [day = '', clock = ''] = timeText(at).split(' ');
  const today = timeText(now).split(' ')[0] === day;
  return `${today ? '' : `${day.slice(5)} `}${clock.replace(/:\d\dZ$/, 'Z')}`;
}

/** Words and exceptions, the newest first. */
function saidLines({ notes }: Guiding, now: number): BoardLine[] {
  const said = notes.flatMap((note, at): BoardLine[] => {
    const line = (text: string, tone: Tone = 'plain'): BoardLine[] => [
      { id: `${at}`, label: whenSaid(note.at, now), text: cleanLine(`${note.by}: ${text}`, 300), tone },
    ];
    if (note.note === 'confirmed') return line(`${note.gate}: "${note.words}"`);
    if (note.note === 'overrode') return line(`WENT THROUGH ${note.gate} (${note.figure})`, 'warn');
    if (note.note === 'held') return line(`held${note.why ? `: ${note.why}` : ''}`, 'warn');
    if (note.note === 'went on') return line('went on');
    if (note.note === 'chose')
      return line(
        `chose ${Object.entries(note.values)
          .map((pair) => pair.join(' '))
          .join(', ')}`,
      );
    if (note.note === 'sent' && note.how === 'repair' && note.sent)
      return line(`repaired: ${repairWords(note.sent.request)}`, 'warn');
    if (note.note === 'sent') return line(`wrote ${note.stage}${note.how === 'forward' ? '' : ` (${note.how})`}`);
    return [];
  });
  return section('SAID, DONE', said.reverse().slice(0, 12)) as BoardLine[];
}

/** The board of one that is over. */
function overLines(guiding: Guiding, operations: NonNullable<Guiding['operations']>, now: number): BoardLine[] {
  const text = guiding.closed === 'done' ? 'done: everything was seen' : 'left';
  return [
    { id: 'next', label: 'now', text, tone: 'ok', keys: 'w writes the report' },
    ...(guiding.record
      ? [{ id: 'record', label: 'record', text: cleanLine(guiding.record, 600), tone: 'dim' as const }]
      : []),
    ...recordedLines(recordedOf({ ask: guiding.ask, notes: guiding.notes, operations })),
    ...saidLines(guiding, now),
  ];
}

/** All lines of the board. */
export function boardLines(guiding: Guiding, seen: Seen): BoardLine[] {
  const { course, operations } = guiding;
  if (guiding.closed && operations) return overLines(guiding, operations, seen.now);
  const trouble: BoardLine[] = [
    ...(guiding.refused
      ? [{ id: 'refused', label: 'no', text: cleanLine(guiding.refused, 400), tone: 'bad' as const }]
      : []),
    ...(guiding.problem
      ? [{ id: 'problem', label: 'problem', text: cleanLine(guiding.problem, 400), tone: 'bad' as const }]
      : []),
    ...(guiding.live
      ? []
      : [
          {
            id: 'old',
            label: course ? 'NOT LIVE' : '',
            text: cleanLine(guiding.why ?? 'reading', 400),
            tone: 'stale' as const,
            since: course ? guiding.at : undefined,
          },
        ]),
  ];
  if (!course) return [...trouble, ...lockLine(guiding)];
  const held = heldBy({ ask: guiding.ask, notes: guiding.notes, operations: new Map() });
  const heldToo: BoardLine[] =
    held && course.next.what !== 'held'
      ? [
          {
            id: 'held',
            label: 'held',
            text: cleanLine(`by ${held.by}: ${held.how === 'machine' ? 'no further machine' : 'no further stage'}`),
            tone: 'warn',
            keys: 'p goes on',
          },
        ]
      : [];
  return [
    ...trouble,
    nextLine(guiding, course),
    ...heldToo,
    ...lockLine(guiding),
    ...(guiding.record
      ? [{ id: 'record', label: 'record', text: cleanLine(guiding.record, 600), tone: 'dim' as const }]
      : []),
    ...partLine(course, seen.columns),
    ...whyLines(guiding, course),
    ...gatesShown(course),
    ...stagesShown(course, seen.columns),
    ...poolLines(seen.fleet, guiding),
    ...saidLines(guiding, seen.now),
  ];
}
