/** The stages of the board as lines, machine by machine, and the line where the way back ends. */
import type { Tone } from '../../hooks/screen.ts';
import { formatAge, timeText } from '../../src/domain/age.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Course, Line, Stage, Turn } from '../../src/guides/contract.ts';
import { MILESTONES } from '../operation/lines.ts';
import { cut, fitText, width } from '../parts/fit.ts';
import type { BoardLine } from './line.ts';

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

/** All stages under their headings. */
export function stagesShown({ stages, line }: Course, columns: number): BoardLine[] {
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
