/** An operation as lines: what it is, what to enter, checks, what will happen, what is written, what the server says. */
import type { Tone } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import { LEAST_TO_JUDGE } from '../../src/domain/durations/learnt.ts';
import type { Check, Expectation, Milestone, Step } from '../../src/operations/contract.ts';
import type { Answer, Operating } from '../../src/store/operating.ts';
import { type DetailLine, section } from '../detail/line.ts';

export interface OperationLine extends DetailLine {
  /** Name of the entry that enter changes. */
  entry?: string;
  /** Need not be read before it is confirmed. */
  aside?: boolean;
}

const CHECKS: Readonly<Record<Check['result'], { sign: string; tone: Tone }>> = {
  pass: { sign: 'ok', tone: 'ok' },
  warn: { sign: 'careful', tone: 'warn' },
  block: { sign: 'NO', tone: 'bad' },
};
const TONES: Readonly<Record<Expectation['tone'], Tone>> = { info: 'plain', warn: 'warn', bad: 'bad' };
/** How a line of a checklist is marked. */
export const MILESTONES: Readonly<Record<Milestone['state'], { sign: string; tone: Tone }>> = {
  done: { sign: '[x]', tone: 'ok' },
  now: { sign: '[>]', tone: 'busy' },
  todo: { sign: '[ ]', tone: 'dim' },
  bad: { sign: '[!]', tone: 'bad' },
  overtaken: { sign: '[-]', tone: 'warn' },
};
const ANSWERS: Readonly<Record<Answer['result'], { sign: string; tone: Tone }>> = {
  accepted: { sign: 'accepted', tone: 'ok' },
  refused: { sign: 'REFUSED', tone: 'bad' },
  later: { sign: 'later', tone: 'dim' },
};

/** A value of a diff on one line; absent values have a word of their own. */
function shown(value: unknown): string {
  if (value === undefined) return '(absent)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How long such operations take: what a few have taken is no more than a guess. */
function usualText({ usual }: Operating): string {
  if (usual === undefined) return '';
  const { median, count } = usual;
  if (count < LEAST_TO_JUDGE) return `; about ${formatAge(median)}, a guess from ${count} seen here`;
  return `; usually ${formatAge(median)} (${count} seen here)`;
}

function paceText(operating: Operating): string {
  const { overdue } = operating;
  const known = usualText(operating);
  return `${known}${overdue ? '; TAKES LONGER THAN USUAL' : ''}`;
}

function sentLine(operating: Operating): { text: string; tone: Tone } {
  const { progress } = operating;
  const pace = paceText(operating);
  if (progress?.outcome === 'done')
    return { text: `done: everything it should bring about was seen${pace}`, tone: 'ok' };
  if (progress?.outcome === 'overtaken')
    return { text: 'overtaken: somebody changed it again before this was seen to its end, see below', tone: 'warn' };
  if (progress?.outcome === 'failed') return { text: `it will not come by itself: see below${pace}`, tone: 'bad' };
  return {
    text: `written, and followed until it is seen; esc leaves it to the list (o)${pace}`,
    tone: operating.overdue ? 'warn' : 'busy',
  };
}

/** How far several writes have come: between two of them a cut line leaves it half done. */
function writingText({ plan, written }: Operating): string {
  const steps = plan?.steps.map(({ id }) => id) ?? [];
  return steps.length > 1
    ? `writing: ${steps.filter((id) => written.includes(id)).length} of ${steps.length} written`
    : 'writing';
}

/** What is missing, and where it is entered; `typing`: the title of what is typed at the moment. */
function enteringText({ missing = [] }: Operating, typing: string | undefined): string {
  if (typing === undefined) return `still to be entered: ${missing.join('; ')}; enter on its line below`;
  const others = missing.filter((title) => title !== typing);
  return `${typing}: typed in the last line${others.length > 0 ? `; then still ${others.join('; ')}` : ''}`;
}

function stateLine(operating: Operating, typing: string | undefined): OperationLine {
  const { stage, plan, refusal, problem, answeredAt, sentAt, moved } = operating;
  const words = plan?.confirm ?? [];
  const how = words.length === 0 ? 'y writes it' : `y, then type ${words.join(', then ')}`;
  const said: Record<Operating['stage'], { text: string; tone: Tone }> = {
    reading: { text: 'reading what it needs', tone: 'busy' },
    entering: { text: enteringText(operating, typing), tone: 'plain' },
    refused: { text: refusal ?? 'refused', tone: 'bad' },
    asking: { text: 'asking the server for a dry run', tone: 'busy' },
    ready:
      moved.length > 0
        ? { text: 'it has changed since you read it: d takes it as it is now', tone: 'warn' }
        : { text: `the server accepts it; ${how}; esc leaves, and nothing is written`, tone: 'ok' },
    rejected: { text: problem ?? 'the server does not accept it', tone: 'bad' },
    sending: { text: writingText(operating), tone: 'busy' },
    stopped: { text: problem ?? 'stopped', tone: 'bad' },
    sent: sentLine(operating),
  };
  const since = stage === 'ready' ? answeredAt : stage === 'sent' && !operating.progress?.outcome ? sentAt : undefined;
  return { id: 'state', label: stage, ...said[stage], since, aside: true };
}

function stepLines({ id, title, why, diff }: Step, number: number, written: boolean): OperationLine[] {
  return [
    { id: `step/${id}`, label: `${number}${written ? ' written' : ''}`, text: title, tone: written ? 'ok' : 'plain' },
    { id: `why/${id}`, label: '', text: why, tone: 'dim' },
    ...diff.map(({ path, from, to }) => ({
      id: `diff/${id}/${path}`,
      label: path,
      text: `${shown(from)} -> ${shown(to)}`,
    })),
  ];
}

/** From here on nothing can be entered any more. */
const ENTERED: readonly Operating['stage'][] = ['sending', 'stopped', 'sent'];

/** What an entry holds, in one line; of one that is still to be entered, what is so now. */
function entryText(
  { kind, value, optional, title }: Operating['entries'][number],
  { stage, missing }: Operating,
): string {
  if (kind === 'editor' || kind === 'lines') {
    const count = value === '' ? 0 : value.trimEnd().split('\n').length;
    return `${count === 0 ? '(empty)' : count === 1 ? '1 line' : `${count} lines`}; enter opens it in $EDITOR`;
  }
  if (kind === 'number' && stage === 'entering' && missing?.includes(title)) return `${value} now`;
  return value === '' ? `(empty${optional ? ', and may be' : ''}: enter to fill in)` : value;
}

/** All lines, in the order they are read before a decision. `typing`: the title of what is typed at the moment. */
export function operationLines(operating: Operating, typing?: string): OperationLine[] {
  const { plan, entries, answers, moved, written, kubectl, progress, about, notWritten } = operating;
  const titles = new Map(plan?.steps.map(({ id, title }) => [id, title]));
  return [
    { id: 'about', label: '', text: about, tone: 'dim', aside: true },
    stateLine(operating, typing),
    ...section('NOT WRITTEN', notWritten ? [{ id: 'why', label: '', text: notWritten, tone: 'bad' as const }] : []),
    ...section(
      'PROGRESS',
      (progress?.milestones ?? []).map(({ title, state, detail, since }, at) => ({
        id: `${at}`,
        label: MILESTONES[state].sign,
        tone: MILESTONES[state].tone,
        text: detail ? `${title}: ${detail}` : title,
        since,
      })),
    ),
    ...section(
      'ENTER',
      (ENTERED.includes(operating.stage) ? [] : entries).map((entry) => ({
        id: entry.name,
        label: entry.title,
        text: entryText(entry, operating),
        entry: entry.name,
      })),
      'enter changes',
    ).map((line) => line as OperationLine),
    ...section(
      'HAS CHANGED',
      moved.map((text, at) => ({ id: `${at}`, label: '', text, tone: 'warn' as const })),
      'since you read it',
    ),
    ...section(
      'CHECKS',
      (plan?.checks ?? []).map(({ result, title, figure }, at) => ({
        id: `${at}`,
        label: CHECKS[result].sign,
        tone: result === 'pass' ? ('plain' as const) : CHECKS[result].tone,
        text: `${title}: ${figure}`,
      })),
    ),
    ...section(
      'WHAT WILL HAPPEN',
      (plan?.expected ?? []).map(({ text, tone, about: ref }, at) => ({
        id: `${at}`,
        label: '',
        text,
        tone: TONES[tone],
        ref,
      })),
    ),
    ...section(
      'WHAT IS WRITTEN',
      (plan?.steps ?? []).flatMap((step, at) => stepLines(step, at + 1, written.includes(step.id))),
    ),
    ...section(
      'DRY RUN',
      answers.map(({ step, result, text }) => ({
        id: step,
        label: ANSWERS[result].sign,
        tone: ANSWERS[result].tone,
        text: text === '' ? (titles.get(step) ?? step) : text,
      })),
    ),
    ...section('UNDO', plan ? [{ id: 'undo', label: '', text: plan.undo }] : []),
    ...section(
      'WITH KUBECTL',
      kubectl.map((text, at) => ({ id: `${at}`, label: '', text, tone: 'dim' as const })),
      'the same; c copies',
    ).map((line) => ({ ...line, aside: true })),
  ];
}
