/** What a session did, told in Markdown: for whoever approved it, and for whoever comes after. Pure. */
import { formatDuration, timeText } from '../domain/age.ts';
import { cleanLine } from '../domain/text.ts';
import type { Course, Gate, Note, Session, Stage } from './contract.ts';
import { elsewhere } from './record.ts';
import { recordedOf } from './recorded.ts';
import { repairWords } from './repair.ts';
import { notesOf } from './session.ts';
import { type Swap, swapsOf, wentAt } from './swaps.ts';

export interface ReportOf {
  title: string;
  id?: string;
  server: string;
  namespace: string;
  /** Epoch ms. */
  now: number;
  session: Session;
  /** Absent: where it stands cannot be known now. */
  course?: Course;
  closed?: 'done' | 'left';
  /** Uids of the machines that are there now. */
  present: ReadonlySet<string>;
  /** What else was written to the same server and namespace meanwhile, and was no part of the session. */
  others: readonly { at: number; by: string; title: string; status: string }[];
  /** What was looked at in the end: a verification set. */
  checks: readonly Gate[];
}

/** A text inside a table's cell: nothing in it may be taken for Markdown's own. */
function cell(text: string): string {
  return cleanLine(text, 400).replace(/[\\|`<>*_[\]#]/g, (sign) => `\\${sign}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['Nothing.', ''];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), ''];
}

const at = (ms: number | undefined) => (ms === undefined ? '' : timeText(ms));

function doneWords({ notes, began }: Session, now: number): string {
  const last = notes.at(-1)?.at ?? now;
  return `It is done: everything was seen${began === undefined ? '' : `, ${formatDuration(last - began)} after it began`}.`;
}

function verdict({ course, closed, session, now }: ReportOf): string {
  if (closed === 'left') return 'It was left: what is missing was not gone on with.';
  if (closed === 'done') return doneWords(session, now);
  if (!course) return 'Where it stands could not be known when this was written.';
  const { next } = course;
  if (course.outcome === 'done') return doneWords(session, now);
  if (next.what === 'repair') return `It failed: ${cleanLine(next.why, 400)}.`;
  const done = course.stages.filter(({ state }) => state === 'done').length;
  return `It is under way: ${done} of ${course.stages.length} stages are done.`;
}

/** When a stage was first seen to run and to be done, as the journal has it. */
function timesOf(session: Session, stage: Stage): { began?: number; ended?: number } {
  const seen = (what: string) => notesOf(session, 'saw').find(({ key }) => key === `stage/${stage.id}/${what}`)?.at;
  const sent = notesOf(session, 'sent').find((note) => note.stage === stage.id && note.how === 'forward')?.at;
  const began = sent ?? stage.began ?? seen('began');
  const ended = stage.state === 'done' ? (stage.ended ?? seen('done')) : undefined;
  return {
    ...(began === undefined ? {} : { began }),
    ...(ended === undefined || began === undefined ? {} : { ended }),
  };
}

function stageRows({ course, session, closed }: ReportOf): string[][] {
  // The fleet of today may be at another version, or another upgrade: what is over is told by what was kept of it.
  if (closed) {
    return recordedOf(session).stages.map(({ title, began, ended }) => {
      const took = began !== undefined && ended !== undefined ? formatDuration(ended - began) : '';
      return ['', title, ended === undefined ? 'not seen done' : 'done', at(began), at(ended), took];
    });
  }
  return (course?.stages ?? []).map((stage) => {
    const { began, ended } = timesOf(session, stage);
    const took = began !== undefined && ended !== undefined ? formatDuration(ended - began) : '';
    return [stage.part, stage.title, stage.state, at(began), at(ended), took];
  });
}

function swapRow({ group, old, fresh, neverRan }: Swap): string[] {
  const side = (one: Swap['old']) =>
    one ? `${one.name}${one.host ? ` on ${one.host}` : ''}${one.version ? `, ${one.version}` : ''}` : '';
  const went = old && wentAt(old);
  const took = went !== undefined && fresh?.up !== undefined ? formatDuration(Math.max(0, fresh.up - went)) : '';
  return [
    group,
    side(old),
    side(fresh),
    old && went === undefined
      ? 'not seen'
      : went === old?.seenGoing
        ? at(went)
        : `${at(went)}, seen ${at(old?.seenGoing)}`,
    neverRan ? 'never ran' : at(fresh?.up),
    took,
  ];
}

/** One line of what happened. */
function eventOf(note: Note): string | undefined {
  switch (note.note) {
    case 'confirmed':
      return `said of ${note.gate}: "${note.words}"`;
    case 'overrode':
      return `WENT THROUGH ${note.gate}, which showed: ${note.figure}`;
    case 'sent':
      if (note.how === 'repair' && note.sent)
        return `repaired: ${repairWords(note.sent.request)}, operation ${note.operation}`;
      return `wrote ${note.stage}${note.how === 'forward' ? '' : ` (${note.how})`}, operation ${note.operation}`;
    case 'held':
      return `held on before the next ${note.how}${note.why ? `: ${note.why}` : ''}`;
    case 'went on':
      return 'went on';
    case 'chose':
      return `chose ${Object.entries(note.values)
        .map((pair) => pair.join('='))
        .join(', ')}`;
    case 'saw':
      // What is there at the beginning is no event; what comes and goes is.
      return /\/(going|missed|up|began|done)$|^line\//.test(note.key) || note.key.startsWith('trouble/')
        ? note.text
        : undefined;
  }
}

const people = (notes: readonly Note[]) => [...new Set(notes.filter(({ note }) => note !== 'saw').map(({ by }) => by))];

/** Of one that is over nobody knows by the machines of today who was there in the end. */
function swapsIn({ session, present, closed }: ReportOf): readonly Swap[] {
  return closed ? recordedOf(session).swaps : swapsOf(session, present);
}

function exceptions(of: ReportOf): string[] {
  const { session } = of;
  const never = swapsIn(of)
    .filter(({ neverRan }) => neverRan)
    .map(
      ({ fresh }) =>
        `- ${timeText(fresh?.first ?? 0)} ${cell(fresh?.name ?? '')} on ${cell(fresh?.host ?? 'no host')} never ran, and was replaced`,
    );
  const through = notesOf(session, 'overrode').map(
    ({ at: when, by, gate, figure }) => `- ${timeText(when)} ${cell(by)} went through ${cell(gate)}: ${cell(figure)}`,
  );
  const failed = [...session.operations.values()]
    .filter(({ outcome }) => outcome !== undefined && outcome !== 'done')
    .map(({ id, outcome }) => `- operation ${cell(id)}: ${outcome}`);
  const back = notesOf(session, 'sent')
    .filter(({ how }) => how === 'take back')
    .map(({ at: when, by, stage }) => `- ${timeText(when)} ${cell(by)} took ${cell(stage)} back`);
  const repairs = notesOf(session, 'sent')
    .filter(({ how }) => how === 'repair')
    .map(
      ({ at: when, by, stage, operation, sent }) =>
        `- ${timeText(when)} ${cell(by)} repaired ${cell(stage)}: ${cell(sent ? repairWords(sent.request) : 'an operation')} (operation ${cell(operation)})`,
    );
  const all = [...repairs, ...never, ...through, ...failed, ...back];
  return all.length === 0
    ? ['None: no machine was given up, no gate was gone through, no write failed, and nothing was taken back.']
    : all;
}

/** What went wrong: since when it was so, when that was seen, and when it was seen to be over. */
function troubleRows(session: Session): string[][] {
  const kept = notesOf(session, 'saw').filter(({ key }) => key.startsWith('trouble/'));
  return kept
    .filter(({ key }) => !key.endsWith('/over'))
    .map(({ key, at: seen, text, data }) => {
      const over = kept.find((note) => note.key === `${key}/over`)?.at;
      const since = Math.min(seen, typeof data['since'] === 'number' ? data['since'] : seen);
      return [
        timeText(since),
        timeText(seen),
        over === undefined ? 'not seen' : timeText(over),
        over === undefined ? '' : formatDuration(over - since),
        text,
      ];
    });
}

/** The report. */
export function reportOf(of: ReportOf): string {
  const { title, id, server, namespace, now, session, course, checks } = of;
  const { notes, began } = session;
  const swaps = swapsIn(of);
  const events = notes.flatMap((note) => {
    const text = eventOf(note);
    return text === undefined ? [] : [[timeText(note.at), note.note === 'saw' ? '' : note.by, text]];
  });
  const { line } = (of.closed ? undefined : course) ?? {};
  return [
    `# ${cell(title)}`,
    '',
    verdict(of),
    '',
    ...table(
      ['', ''],
      [
        ['session', id ?? 'only planned'],
        ['server', server],
        ['namespace', namespace],
        ['began', at(began)],
        ['written at', timeText(now)],
        ['people', people(notes).join(', ')],
        ['record', elsewhere(session) ?? 'all of it is in this journal'],
        ...notes.flatMap((note) =>
          note.note === 'saw' && note.key.startsWith('line/') && !(line && note.text.includes(`${line.text} `))
            ? [['forward only', `since ${at(note.at)}: ${note.text.replace('from here on forward only: ', '')}`]]
            : [],
        ),
        ...(line
          ? [
              [
                'forward only',
                line.crossed
                  ? `since ${at(line.at)}: ${line.text}${line.by ? ` (${line.by.name})` : ''}`
                  : `not yet: ${line.text}`,
              ],
            ]
          : []),
      ],
    ),
    '## Stages',
    '',
    ...table(['Part', 'Stage', 'State', 'Began', 'Ended', 'Took'], stageRows(of)),
    '## Hosts swapped',
    '',
    ...table(['Group', 'Went', 'Came', 'Seen to go', 'Seen to run', 'Took'], swaps.map(swapRow)),
    '## Gates answered',
    '',
    ...table(
      ['When', 'Who', 'Gate', 'Words'],
      notesOf(session, 'confirmed').map((note) => [timeText(note.at), note.by, note.gate, note.words]),
    ),
    '## Trouble',
    '',
    ...table(['Since', 'Seen', 'Over', 'Lasted', 'What'], troubleRows(session)),
    '## Exceptions',
    '',
    ...exceptions(of),
    '',
    '## Written beside it',
    '',
    ...table(
      ['When', 'Who', 'What', 'Came to'],
      of.others.map(({ at: when, by, title: what, status }) => [timeText(when), by, what, status]),
    ),
    '## Verified',
    '',
    ...table(
      ['Check', 'Result', 'Found'],
      checks.map(({ title: what, result, figure }) => [what, result, figure]),
    ),
    '## Timeline',
    '',
    ...table(['When', 'Who', 'What'], events),
  ].join('\n');
}
