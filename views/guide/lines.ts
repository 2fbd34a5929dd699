/** The board of a guide as lines: what is next, what stands in the way, stage by stage, machine by machine. */
import type { Tone } from '../../hooks/screen.ts';
import { formatAge, timeText } from '../../src/domain/age.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Course, Gate, Line, Stage, Turn } from '../../src/guides/contract.ts';
import { basisText } from '../../src/guides/estimate.ts';
import { repairWords } from '../../src/guides/repair.ts';
import { heldBy, shut } from '../../src/guides/session.ts';
import type { Guiding } from '../../src/store/guiding.ts';
import type { State } from '../../src/store/state.ts';
import { type DetailLine, section } from '../detail/line.ts';
import { MILESTONES } from '../operation/lines.ts';
import { cut, fitText, width } from '../parts/fit.ts';

export interface BoardLine extends DetailLine {
  /** Name of the gate that enter answers. */
  gate?: string;
  /** Shown behind the text: since when, how long it usually takes, and after how long it is late (ms). */
  pace?: { since: number; usual?: number; lateAfter: number };
}

type Seen = Pick<State, 'fleet' | 'now' | 'columns' | 'learnt' | 'falls' | 'doubts' | 'session'>;

const SIGNS: Readonly<Record<Stage['state'], { sign: string; tone: Tone }>> = {
  done: { sign: '[x]', tone: 'ok' },
  running: { sign: '[>]', tone: 'busy' },
  failed: { sign: '[!]', tone: 'bad' },
  next: { sign: '[.]', tone: 'title' },
  todo: { sign: '[ ]', tone: 'dim' },
};
const TURNS: Readonly<Record<Turn['state'], { sign: string; tone: Tone }>> = {
  done: { sign: '  [x]', tone: 'ok' },
  now: { sign: '  [>]', tone: 'busy' },
  bad: { sign: '  [!]', tone: 'bad' },
  todo: { sign: '  [ ]', tone: 'dim' },
};
const GATES: Readonly<Record<Gate['result'], { sign: string; tone: Tone }>> = {
  pass: { sign: 'ok', tone: 'ok' },
  warn: { sign: 'careful', tone: 'warn' },
  block: { sign: 'SHUT', tone: 'bad' },
  unknown: { sign: 'NOT KNOWN', tone: 'bad' },
};

/** `####......`: how much of it is done. */
function bar(done: number, of: number, cells: number): string {
  const filled = of === 0 ? cells : Math.round((done / of) * cells);
  return `${'#'.repeat(filled)}${'.'.repeat(Math.max(0, cells - filled))}`;
}

function presentStage({ next, stages }: Course): Stage | undefined {
  return 'stage' in next ? stages.find(({ id }) => id === next.stage) : undefined;
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
  const line = (text: string, tone: Tone): BoardLine => ({
    id: 'next',
    label: 'now',
    text: cleanLine(text, 400),
    tone,
  });
  if (guiding.closed) return line(guiding.closed === 'done' ? 'done: everything was seen' : 'left', 'ok');
  if (guiding.id === undefined && next.what !== 'end')
    return line('planned, nothing is begun; y begins the session', 'title');
  const title = presentStage(course)?.title ?? '';
  switch (next.what) {
    case 'send':
      return line(
        `${next.how === 'hold' ? 'hold' : next.how === 'go on' ? 'end the hold' : title}: y shows the write to be confirmed`,
        'title',
      );
    case 'answer':
      return line(`${title} waits for an answer: ${next.gates.map(({ name }) => name).join(', ')}; y answers`, 'warn');
    case 'wait':
      return line(next.for, 'busy');
    case 'held':
      return line(`HELD: ${next.why}; p goes on`, 'warn');
    case 'repair':
      return line(`FAILED: ${next.why}${next.takeBack ? '; u takes it back' : ''}`, 'bad');
    case 'end':
      return line('there is nothing left to do; w writes the report', 'ok');
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

function gateLines(gate: Gate): BoardLine[] {
  const { name, result, title, figure, remedy, asks, passedBy, secondHand, override } = gate;
  const { sign, tone } = GATES[result];
  const through = passedBy ? `; ${cleanLine(passedBy.by)}: "${cleanLine(passedBy.words, 120)}"` : '';
  const mark = result !== 'pass' && passedBy ? { sign: 'GONE THROUGH', tone: 'warn' as const } : { sign, tone };
  const more = shut(gate)
    ? [
        ...(remedy ? [`${remedy.text}${remedy.command ? `: $ ${remedy.command}` : ''}`] : []),
        ...(asks === undefined ? [] : [`enter: say ${asks}`]),
        ...(asks === undefined && override === 'typed' ? [`enter: type ${name} to go through it all the same`] : []),
      ]
    : [];
  return [
    {
      id: name,
      label: mark.sign,
      text: cleanLine(
        result === 'pass' && passedBy
          ? `${title}${through}`
          : `${title}: ${figure}${secondHand ? ' (second-hand)' : ''}${through}`,
        400,
      ),
      tone: mark.tone,
      gate: name,
      ref: gate.evidence[0]?.ref,
    },
    ...(shut(gate)
      ? gate.evidence.slice(0, 3).map(
          ({ of, says, at, ref }, index): BoardLine => ({
            id: `${name}/says/${index}`,
            label: '',
            text: cleanLine(`${of}: ${says}`, 300),
            since: at,
            tone: 'dim',
            ref,
          }),
        )
      : []),
    ...more.map(
      (text, index): BoardLine => ({
        id: `${name}/${index}`,
        label: '',
        text: cleanLine(text, 400),
        tone: 'dim',
        gate: name,
      }),
    ),
  ];
}

/** The gates before the present stage: those that pass only where they are few. */
function gatesShown(course: Course): BoardLine[] {
  const stage = presentStage(course);
  if (!stage || stage.state === 'running') return [];
  const all = [...course.gates, ...stage.gates];
  const loud = all.filter((gate) => gate.result !== 'pass' || gate.passedBy);
  const quiet = all.length - loud.length;
  const order = (gate: Gate) => (shut(gate) ? 0 : gate.result === 'pass' ? 2 : 1);
  const lines = [...loud].sort((a, b) => order(a) - order(b)).flatMap(gateLines);
  const passed = { id: 'passed', label: 'ok', text: `${quiet} more pass`, tone: 'ok' as const };
  return section('GATES', [...lines, ...(quiet > 0 ? [passed] : [])], `before ${stage.title}`) as BoardLine[];
}

/** A machine's line: old host, new host, what it is at. */
function turnLine(stage: Stage, turn: Turn, at: number, columns: number): BoardLine {
  const { old, fresh, state, doing, since, began, ended, usual, lateAfter } = turn;
  const { sign, tone } = TURNS[state];
  const room = Math.min(30, Math.max(12, Math.floor((columns - 50) / 2)));
  const side = (one: Turn['old'], none: string) =>
    fitText(cut(cleanLine(one?.host ?? one?.name ?? none), room, 'start'), room);
  const took = began !== undefined && ended !== undefined ? `in ${formatAge(ended - began)}` : '';
  const text = `${side(old, '(gone)')} > ${side(fresh, state === 'todo' ? '' : '?')} ${state === 'done' ? took || cleanLine(doing, 120) : cleanLine(doing, 120)}`;
  const from = state === 'now' || state === 'bad' ? (began ?? since) : undefined;
  return {
    id: `turn/${stage.id}/${old?.name ?? ''}/${fresh?.name ?? at}`,
    label: sign,
    text,
    tone,
    ref: fresh?.ref ?? old?.ref,
    ...(from === undefined ? {} : { pace: { since: from, usual: usual.median, lateAfter } }),
  };
}

function stageLines(stage: Stage, columns: number): BoardLine[] {
  const { sign, tone } = SIGNS[stage.state];
  const { turns, began, ended } = stage;
  const done = turns.filter(({ state }) => state === 'done').length;
  const count =
    turns.length > 0 && stage.state !== 'done' && stage.state !== 'todo' ? `, ${done} of ${turns.length}` : '';
  const took =
    stage.state === 'done' && began !== undefined && ended !== undefined ? `, in ${formatAge(ended - began)}` : '';
  const wait = stage.state === 'todo' && stage.estimate.usual > 0 ? `, about ${formatAge(stage.estimate.usual)}` : '';
  const head: BoardLine = {
    id: `stage/${stage.id}`,
    label: sign,
    text: cleanLine(`${stage.title}${count}${took}${wait}`, 200),
    tone,
    ref: stage.about,
  };
  const open = stage.state === 'running' || stage.state === 'failed' || stage.state === 'next';
  const milestones = open && turns.length === 0 ? stage.progress.milestones : [];
  return [
    head,
    ...milestones.map(
      ({ title, state, detail, since }, at): BoardLine => ({
        id: `milestone/${stage.id}/${at}`,
        label: `  ${MILESTONES[state].sign}`,
        text: cleanLine(detail ? `${title}: ${detail}` : title, 300),
        tone: MILESTONES[state].tone,
        since,
      }),
    ),
    ...(open ? turns.map((turn, at) => turnLine(stage, turn, at, columns)) : []),
  ];
}

/** Drawn through the stages where the way back ends. */
function rollbackLine({ text, crossed, by, at }: Line, columns: number): BoardLine {
  const words = crossed
    ? `FORWARD ONLY since ${at === undefined ? 'then' : timeText(at)}: ${text}${by ? ` is ${by.name}` : ''}`
    : `FROM HERE ON: FORWARD ONLY, with ${text}`;
  const room = Math.max(30, columns - 20);
  const clean = cleanLine(words, 300);
  const fill = '='.repeat(Math.max(2, room - width(clean) - 5));
  return {
    id: `line/${text}`,
    label: '==========',
    text: `== ${clean} ${fill}`,
    tone: crossed ? 'bad' : 'warn',
    ref: by,
  };
}

function stagesShown({ stages, line }: Course, columns: number): BoardLine[] {
  const lines: BoardLine[] = [];
  let part = '';
  for (const stage of stages) {
    if (stage.part !== part) {
      part = stage.part;
      const mine = stages.filter((one) => one.part === part);
      const done = mine.every(({ state }) => state === 'done');
      lines.push({ id: `-part/${part}`, label: '', text: '' });
      lines.push({ id: `part/${part}`, label: '', text: done ? `${part}: done` : part, tone: 'title' });
    }
    // The write itself does not cross it: its first machine does.
    if (line?.stage === stage.id) lines.push(rollbackLine(line, columns));
    lines.push(...stageLines(stage, columns));
  }
  return lines;
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
    ...(repair && id !== undefined
      ? [{ id: 'helps', label: 'helps', text: cleanLine(`R: ${repairWords(repair)}`, 200), tone: 'title' as const }]
      : []),
  ]) as BoardLine[];
}

/** Words and exceptions, the newest first. */
function saidLines({ notes }: Guiding): BoardLine[] {
  const said = notes.flatMap((note, at): BoardLine[] => {
    const line = (text: string, tone: Tone = 'plain'): BoardLine[] => [
      { id: `${at}`, label: timeText(note.at).slice(11, 17), text: cleanLine(`${note.by}: ${text}`, 300), tone },
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
  return section('SAID AND DONE', said.reverse().slice(0, 12)) as BoardLine[];
}

/** All lines of the board. */
export function boardLines(guiding: Guiding, seen: Seen): BoardLine[] {
  const { course } = guiding;
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
            text: cleanLine(
              `by ${held.by}: ${held.how === 'machine' ? 'no further machine' : 'no further stage'}; p goes on`,
            ),
            tone: 'warn',
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
    ...saidLines(guiding),
  ];
}
