/** A plan's output as lines: the same for the screen, the pager, the clipboard, the command and the report. */
import { formatDuration, timeText } from '../age.ts';
import type { PlanWord } from '../fleet/rows.ts';
import { formatBytes } from './size.ts';
import type { InstructionOutput, PeriodicOutput, PlanOutput } from './types.ts';

export interface OutputLine {
  /** Stable while the line means the same. */
  id: string;
  text: string;
  tone?: 'title' | 'dim' | 'ok' | 'busy' | 'warn' | 'bad';
  /** A time the text is about, epoch ms: shown as what passed since, or is left until then. */
  at?: number;
  /** The instruction it belongs to; absent: about the plan. */
  instruction?: string;
}

const TONES: Readonly<Partial<Record<PlanWord, OutputLine['tone']>>> = {
  applied: 'ok',
  pending: 'busy',
  failed: 'bad',
  'rerun-failed': 'bad',
  retrying: 'warn',
  canceled: 'warn',
  paused: 'warn',
};

/** One line as text; its time is told from `now`, epoch ms. */
export function lineText({ text, at }: OutputLine, now: number): string {
  if (at === undefined) return text;
  const gone = now - at;
  return gone >= 0 ? `${text} ${formatDuration(gone)} ago` : `${text} in ${formatDuration(-gone)}`;
}

/** Every line of a plan's output, or those of one instruction. */
export function outputLines(output: PlanOutput, only?: string): OutputLine[] {
  const wanted = (name: string) => only === undefined || name === only;
  return [
    ...(only === undefined ? summary(output) : []),
    ...output.instructions.filter(({ name }) => wanted(name)).flatMap(instructionLines),
    ...output.periodic.filter(({ name }) => wanted(name)).flatMap(periodicLines),
    ...(only === undefined ? probeLines(output) : []),
  ];
}

/** Names that `outputLines` can be asked for, those of the present plan first. */
export function partsOf(output: PlanOutput): string[] {
  return [...new Set([...output.instructions, ...output.periodic].map(({ name }) => name))];
}

function summary(output: PlanOutput): OutputLine[] {
  const { detail, state, writtenAt, coolsUntil } = output;
  const total = output.instructions.filter(({ place }) => place !== undefined).length;
  const failing = output.instructions.find(({ name }) => name === output.failing);
  const limit = detail.maxFailures === undefined ? 'without a limit' : `of at most ${detail.maxFailures}`;
  const lines: (OutputLine | undefined)[] = [
    {
      id: 'state',
      text: `${output.type ?? 'plan'}: ${state.word}${detail.agentState ? ` (the agent says ${detail.agentState})` : ''}`,
      tone: TONES[state.word],
    },
    failing && {
      id: 'failing',
      text: `failed at ${failing.name}, instruction ${failing.place} of ${total}`,
      tone: 'bad',
    },
    output.completed === undefined
      ? undefined
      : { id: 'completed', text: `${output.completed} of ${total} instructions are through` },
    (detail.failureCount ?? 0) > 0
      ? { id: 'failures', text: `${detail.failureCount} failed tries ${limit}`, tone: 'warn' }
      : undefined,
    writtenAt === undefined ? undefined : { id: 'written', text: `written ${timeText(writtenAt)},`, at: writtenAt },
    detail.lastApplied === undefined
      ? undefined
      : { id: 'last', text: `last run ended ${timeText(detail.lastApplied)},`, at: detail.lastApplied },
    writtenAt !== undefined && detail.lastApplied !== undefined && detail.lastApplied > writtenAt
      ? {
          id: 'elapsed',
          text: `${formatDuration(detail.lastApplied - writtenAt)} from writing to the end of the last run`,
        }
      : undefined,
    coolsUntil === undefined
      ? undefined
      : { id: 'cools', text: 'the agent waits 30 s after a failure; the next try is due', at: coolsUntil },
    ...output.notes.map((note, index): OutputLine => ({ id: `note/${index}`, text: note, tone: 'warn' })),
    output.instructions.length === 0 && output.periodic.length === 0
      ? { id: 'none', text: 'the plan has no instructions, and none has left any output', tone: 'dim' }
      : undefined,
  ];
  return lines.filter((line) => line !== undefined);
}

function instructionLines(one: InstructionOutput): OutputLine[] {
  const { name, place, state, lines, bytes, note, earlier } = one;
  // An earlier plan may have used a name twice, and a plan may as well.
  const id = `${place ?? 'earlier'}/${name}`;
  const facts = [
    place === undefined ? 'of an earlier plan' : state === 'unknown' ? 'no result yet' : state,
    earlier && place !== undefined ? 'what it printed for an earlier plan' : '',
    lines === undefined ? '' : formatBytes(bytes),
  ];
  const head: OutputLine = {
    id,
    text: `${place === undefined ? '-' : `${place}.`} ${name}: ${facts.filter(Boolean).join(', ')}`,
    tone: state === 'failed' ? 'bad' : place === undefined ? 'dim' : 'title',
    instruction: name,
  };
  return [
    { id: `${id}/-`, text: '', instruction: name },
    head,
    ...body(id, name, one, earlier),
    ...noteLine(id, name, note),
  ];
}

function body(
  id: string,
  instruction: string,
  { lines, saved, state }: InstructionOutput,
  earlier: boolean,
): OutputLine[] {
  if (lines === undefined) {
    const why =
      state === 'not run'
        ? 'it was not run'
        : !saved
          ? 'its output is not saved'
          : state === 'unknown'
            ? 'nothing was saved yet'
            : 'nothing was saved';
    return [{ id: `${id}/none`, text: `   ${why}`, tone: 'dim', instruction }];
  }
  if (lines.length === 0) return [{ id: `${id}/none`, text: '   it printed nothing', tone: 'dim', instruction }];
  const tone = earlier ? ('dim' as const) : undefined;
  return lines.map((line, at) => ({ id: `${id}/${at}`, text: `   ${line}`, tone, instruction }));
}

function noteLine(id: string, instruction: string, note: string | undefined): OutputLine[] {
  return note === undefined ? [] : [{ id: `${id}/note`, text: `   ${note}`, tone: 'warn', instruction }];
}

function periodicLines(one: PeriodicOutput): OutputLine[] {
  const { name, current, exitCode, failures, lastSuccess, lastFailure, note } = one;
  const id = `periodic/${name}`;
  const facts = [
    current ? 'again and again' : 'of an earlier plan',
    exitCode === undefined ? '' : `exit code ${exitCode}`,
    failures ? `${failures} failures` : '',
    lastSuccess ? `last good ${lastSuccess}` : '',
    lastFailure ? `last bad ${lastFailure}` : '',
  ];
  const bad = exitCode !== undefined && exitCode !== 0;
  const stream = (word: string, lines: readonly string[]): OutputLine[] =>
    lines.map((line, at) => ({
      id: `${id}/${word}/${at}`,
      text: `   ${word === 'err' ? 'err ' : ''}${line}`,
      instruction: name,
    }));
  return [
    { id: `${id}/-`, text: '', instruction: name },
    { id, text: `~ ${name}: ${facts.filter(Boolean).join(', ')}`, tone: bad ? 'bad' : 'title', instruction: name },
    ...stream('out', one.stdout),
    ...stream('err', one.stderr),
    ...noteLine(id, name, note),
  ];
}

function probeLines({ probes }: PlanOutput): OutputLine[] {
  if (probes.length === 0) return [];
  return [
    { id: 'probes/-', text: '' },
    { id: 'probes', text: 'PROBES', tone: 'title' },
    ...probes.map(({ name, healthy, successes, failures }): OutputLine => {
      const counts = [successes ? `${successes} good` : '', failures ? `${failures} bad` : '']
        .filter(Boolean)
        .join(', ');
      const word = healthy === undefined ? 'not judged yet' : healthy ? 'healthy' : 'not healthy';
      return {
        id: `probes/${name}`,
        text: `   ${name}: ${word}${counts ? ` (${counts})` : ''}`,
        tone: healthy === undefined ? 'dim' : healthy ? 'ok' : 'bad',
      };
    }),
  ];
}
