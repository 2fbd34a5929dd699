/** The answers and the board as lines: where it stands, what is to be done next, every answer with what is wrong with it. */
import type { CreateRow } from '../../hooks/create.ts';
import type { Tone } from '../../hooks/screen.ts';
import { timeText } from '../../src/domain/age.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Stage } from '../../src/guides/contract.ts';
import { type Creating, FILE_ENTRY, type Other } from '../../src/store/creating.ts';
import type { Entry } from '../../src/store/operating.ts';

export interface CreateLine extends CreateRow {
  id: string;
  label: string;
  text: string;
  /** The text before it was broken into lines. */
  whole?: string;
  tone?: Tone;
}

const STATE: Record<Stage['state'], [string, Tone]> = {
  done: ['done', 'ok'],
  running: ['now', 'busy'],
  next: ['next', 'title'],
  failed: ['FAILED', 'bad'],
  todo: ['', 'dim'],
};
const SIGN = { done: '+', now: '>', todo: ' ', bad: '!', overtaken: '-' } as const;

/** All lines, in their order. */
export function createLines(creating: Creating): CreateLine[] {
  return [...headLines(creating), ...boardLines(creating), ...answerLines(creating)];
}

function headLines({ findings, unchecked, course, unnamed, entries, other, rebuild }: Creating): CreateLine[] {
  const lines: CreateLine[] = [stateLine({ findings, course, entries }), ...otherLine(other)];
  // What is wrong with the file itself, or with a key that is no answer, has no line of its own below.
  const stray = findings.filter(({ path }) => !entries.some(({ name }) => name === path));
  for (const [at, { path, severity, text }] of stray.entries())
    lines.push({
      id: `FILE ${at}`,
      label: '',
      text: `${severity === 'error' ? '!' : '~'} ${path === '' ? 'the file: ' : path === 'schema' ? 'schema: ' : ''}${text}`,
      tone: severity === 'error' ? 'bad' : 'warn',
    });
  if (unchecked.length > 0)
    lines.push({
      id: 'UNCHECKED',
      label: '',
      text: `not checked, for it is not known here: ${unchecked.join(', ')}`,
      tone: 'warn',
    });
  if (course?.next.what === 'send')
    lines.push({
      id: 'GO',
      label: 'enter',
      text: `${titleOf(course.stages, course.next.stage)}: read what would be written`,
      tone: 'title',
      does: 'go',
    });
  if (rebuild)
    lines.push({
      id: 'REBUILD',
      label: 'enter',
      text: `build ${rebuild.targets[0]?.name ?? 'the ISO'} again: read what would be written`,
      tone: 'title',
      does: 'rebuild',
    });
  if (unnamed.length > 0)
    lines.push({
      id: 'FILL',
      label: 'enter',
      text:
        unnamed.length === 1
          ? 'name the host that has registered'
          : `name the ${unnamed.length} hosts that have registered, in the order in which they came`,
      tone: 'title',
      does: 'fill',
    });
  lines.push({ id: 'EDIT', label: 'enter', text: 'edit all answers as YAML in $EDITOR', tone: 'dim', does: 'edit' });
  return lines;
}

/** Said before anything is typed or read: nothing that is begun here can be written meanwhile. */
function otherLine(other: Other | undefined): CreateLine[] {
  if (!other) return [];
  const { who, since, why } = other;
  const text =
    who === undefined
      ? `whether somebody else works on it is not known: ${cleanLine(why ?? '')}`
      : `${cleanLine(who)} works on it${since === undefined ? '' : ` since ${timeText(since)}`}: this only looks on, and nothing is written from here meanwhile`;
  return [{ id: 'OTHER', label: 'driver', text, tone: 'warn' }];
}

/** What is wrong comes first, one answer after the other: enter asks for it wherever it stands below. */
function stateLine({ findings, course, entries }: Pick<Creating, 'findings' | 'course' | 'entries'>): CreateLine {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) {
    const does = course?.next.what === 'send' ? ({ does: 'go' } as const) : {};
    return { id: 'STATE', label: 'Cluster', ...courseText(course), ...does };
  }
  const many = `${errors.length} ${errors.length === 1 ? 'answer is' : 'answers are'} missing or wrong`;
  const entry = entries.find(({ name }) => errors.some(({ path }) => path === name));
  if (!entry) return { id: 'STATE', label: 'Cluster', text: many, tone: 'warn' };
  const [{ text } = { text: '' }] = errors.filter(({ path }) => path === entry.name);
  const why = entry.value === '' ? '' : ` (${text})`;
  return {
    id: 'STATE',
    label: 'Cluster',
    text: `${many}; enter asks for: ${entry.title}${why}`,
    tone: 'warn',
    entry: entry.name,
  };
}

function courseText(course: Creating['course']): Pick<CreateLine, 'text' | 'tone'> {
  if (!course) return { text: 'the answers hold', tone: 'ok' };
  if (course.outcome === 'done') return { text: `${course.title}: done, all of it was seen`, tone: 'ok' };
  if (course.next.what !== 'repair') return { text: course.title, tone: 'ok' };
  return { text: `${course.title}: ${course.next.why}`, tone: 'bad' };
}

const titleOf = (stages: readonly Stage[], id: string) => stages.find((stage) => stage.id === id)?.title ?? id;

function boardLines({ course, rack }: Creating): CreateLine[] {
  if (!course) return [];
  return [
    heading('PROGRESS'),
    ...course.stages.flatMap((stage) => [
      ...stageLines(stage),
      ...(stage.id === 'hosts' && stage.state === 'running' ? rackLines(rack) : []),
    ]),
  ];
}

function stageLines({ id, title, state, progress, gates }: Stage): CreateLine[] {
  const [word, tone] = STATE[state];
  const { milestones } = progress;
  const done = milestones.filter((one) => one.state === 'done').length;
  const figure = state === 'todo' || milestones.length === 0 ? '' : ` ${done} of ${milestones.length}`;
  const lines: CreateLine[] = [{ id: `STAGE/${id}`, label: word, text: `${title}${figure}`, tone }];
  const open =
    state === 'running' || state === 'failed' || state === 'next' || (id === 'verification' && state === 'done');
  if (!open) return lines;
  for (const [at, one] of milestones.entries()) {
    const detail = one.detail && one.state !== 'done' ? `: ${one.detail}` : '';
    const how: Tone = one.state === 'done' ? 'ok' : one.state === 'bad' ? 'bad' : one.state === 'now' ? 'busy' : 'dim';
    lines.push({ id: `STAGE/${id}/${at}`, label: '', text: `${SIGN[one.state]} ${one.title}${detail}`, tone: how });
  }
  for (const { name, result, title: what, figure: found, remedy } of gates) {
    if (result === 'pass') continue;
    const text = `! ${what}: ${found}${remedy ? `; ${remedy.text}` : ''}`;
    lines.push({ id: `GATE/${id}/${name}`, label: '', text, tone: 'warn' });
  }
  return lines;
}

function rackLines(rack: readonly string[]): CreateLine[] {
  return rack.map((text, at) => ({ id: `RACK/${at}`, label: at === 0 ? 'In the rack' : '', text }));
}

const heading = (title: string): CreateLine => ({ id: title, label: title, text: '', tone: 'title' });

function answerLines({ entries, findings, file }: Creating): CreateLine[] {
  const lines = [heading('ANSWERS')];
  let section = '';
  for (const entry of entries) {
    const bag = entry.name.includes('.') ? entry.name.slice(0, entry.name.indexOf('.')) : '';
    if (bag !== section && bag !== '') lines.push({ id: `BAG/${bag}`, label: bag, text: '', tone: 'dim' });
    section = bag;
    lines.push(...answerLine(entry, findings, file));
  }
  return lines;
}

function answerLine(entry: Entry, findings: Creating['findings'], file: string | undefined): CreateLine[] {
  const { name, title, value } = entry;
  const own = findings.filter(({ path }) => path === name);
  const bad = own.some(({ severity }) => severity === 'error');
  const unnamed = name === FILE_ENTRY && file === undefined ? '(enter names or opens it)' : '-';
  const text = `${title}: ${value === '' ? unnamed : value}`;
  const tone: Tone = bad ? 'bad' : own.length > 0 ? 'warn' : value === '' ? 'dim' : 'plain';
  return [
    { id: `ANSWER/${name}`, label: name === FILE_ENTRY ? 'file' : '', text, tone, entry: name },
    ...own.map(
      ({ severity, text: said }, at): CreateLine => ({
        id: `ANSWER/${name}/${at}`,
        label: '',
        text: `${severity === 'error' ? '!' : '~'} ${said}`,
        tone: severity === 'error' ? 'bad' : 'warn',
        entry: name,
      }),
    ),
  ];
}
