/** Where a session stands, as text and as data (see README). */
import { boardLines } from '../../../views/guide/lines.ts';
import { wrap } from '../../../views/parts/fit.ts';
import { formatAge } from '../../domain/age.ts';
import type { Standing } from '../../driver/types.ts';
import type { Gate, Session as Guided, Note } from '../../guides/contract.ts';
import { recordedOf } from '../../guides/recorded.ts';
import type { Guiding } from '../../store/guiding.ts';
import type { Session, State } from '../../store/state.ts';

/** Version of the shape. */
export const STANDING_SCHEMA = 'metaldeck.upgrade/v1';
const LABEL = 13;

type Lines = ReturnType<typeof boardLines>;

const keyOf = ({ id, label, text }: Lines[number]) => [id, label, text].join('\n');

/** Lines that were not there before, under the headings of their sections; what is next is always among them. */
function changed(lines: Lines, before: Lines): Lines {
  const known = new Set(before.map(keyOf));
  const found: Lines = [];
  let head: Lines[number] | undefined;
  for (const line of lines) {
    // A blank line parts two sections; a heading comes right after it.
    if (line.id.startsWith('-')) head = undefined;
    else if (line.id.startsWith('=')) head = line;
    else if (line.id === 'next' || !known.has(keyOf(line))) {
      found.push(...(head ? [head] : []), line);
      head = undefined;
    }
  }
  return found;
}

type Seen = Pick<State, 'fleet' | 'now' | 'columns' | 'learnt' | 'falls' | 'doubts' | 'session'>;

/** The board, without a screen. `before`: one that was shown already, of which nothing is said again. */
export function standingText(guiding: Guiding, seen: Seen, before?: Lines): string {
  const whole = boardLines(guiding, seen);
  return textOf(guiding, before ? changed(whole, before) : whole, seen);
}

/** The head of the board: what is next, who drives, how far it is; nothing stage by stage. */
export function headText(guiding: Guiding, seen: Seen): string {
  const whole = boardLines(guiding, seen);
  const end = whole.findIndex(({ id }) => id.startsWith('-'));
  return textOf(guiding, end < 0 ? whole : whole.slice(0, end), seen);
}

function textOf({ title }: Guiding, chosen: Lines, seen: Seen): string {
  const lines = chosen.flatMap(({ label, text, pace, since }) => {
    const of = pace?.usual ? ` of ${formatAge(pace.usual)}` : '';
    const age = pace
      ? ` (${formatAge(seen.now - pace.since)}${of})`
      : since === undefined
        ? ''
        : ` (${formatAge(seen.now - since)} ago)`;
    return wrap(`${text}${age}`, seen.columns - LABEL).map((part, at) =>
      `${(at === 0 ? label : '').padEnd(LABEL)}${part}`.trimEnd(),
    );
  });
  return `${[title, ...lines].join('\n')}\n`;
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

function gateData({ name, result, title, figure, asks, override, passedBy }: Gate) {
  return {
    name,
    result,
    title,
    figure,
    asks: asks ?? null,
    canBeOverridden: override === 'typed',
    passedBy: passedBy ? { ...passedBy, at: iso(passedBy.at) } : null,
  };
}

/** Of a session that is over, as it kept them. */
function recordedData(session: Guided) {
  return recordedOf(session).stages.map(({ id, title, began, ended, writes }) => ({
    id,
    part: null,
    title,
    state: ended === undefined ? 'todo' : 'done',
    began: iso(began),
    ended: iso(ended),
    gates: [],
    trouble: null,
    machines: [],
    usualSeconds: 0,
    writes: writes.map(({ at, ...write }) => ({ ...write, at: iso(at) })),
  }));
}

const noteData = (note: Note) => ({ ...note, at: iso(note.at) });

/** The document: fields are added under the same number, never renamed. */
export function standingData(
  { host: server, context, namespace }: Session,
  exitCode: number,
  why: string | undefined,
  standing: Standing | undefined,
  now: number,
) {
  const { course, session, id, title, live, lock, closed, refused } = standing ?? {};
  return {
    schema: STANDING_SCHEMA,
    at: iso(now),
    server,
    context,
    namespace,
    exitCode,
    why: why ?? refused ?? null,
    session: id === undefined ? null : { id, began: iso(session?.began), closed: closed ?? null },
    title: title ?? null,
    live: live ?? false,
    driver: lock ?? null,
    next: closed
      ? { what: 'end' }
      : course
        ? { ...course.next, ...('gates' in course.next ? { gates: course.next.gates.map(gateData) } : {}) }
        : null,
    gates: closed ? null : (course?.gates.map(gateData) ?? null),
    stages:
      closed && session
        ? recordedData(session)
        : (course?.stages.map(
            ({ id: stage, part, title: name, state, turns, gates, began, ended, estimate, trouble }) => ({
              id: stage,
              part,
              title: name,
              state,
              began: iso(began),
              ended: iso(ended),
              gates: gates.map(gateData),
              trouble: trouble
                ? { cause: trouble.id, severity: trouble.severity, what: trouble.what, since: iso(trouble.since) }
                : null,
              machines: turns.map(({ old, fresh, state: how, doing }) => ({
                old: old ?? null,
                new: fresh ?? null,
                state: how,
                doing,
              })),
              usualSeconds: Math.round(estimate.usual / 1000),
            }),
          ) ?? null),
    pointOfNoReturn: !closed && course?.line ? { ...course.line, at: iso(course.line.at) } : null,
    notes: session?.notes.map(noteData) ?? null,
  };
}
