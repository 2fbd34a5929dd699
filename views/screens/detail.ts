import { type Column, defineScreen } from '../../hooks/screen.ts';
import { formatAge, timeText } from '../../src/domain/age.ts';
import { explain } from '../../src/domain/explain/explain.ts';
import { findMachine, findObject } from '../../src/domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import type { Condition, DomainObject } from '../../src/domain/objects.ts';
import { relatedOf } from '../../src/domain/related.ts';
import { attentionOf } from '../../src/store/attention.ts';
import { FIGURE_KINDS, isKnown } from '../../src/store/panels.ts';
import type { Place, State } from '../../src/store/state.ts';
import { conditionLines } from '../detail/conditions.ts';
import { fieldLines } from '../detail/fields.ts';
import { type DetailLine, field, section } from '../detail/line.ts';
import { hasStory, planSection, storageSection, storySection, timelineSection } from '../detail/story.ts';
import { whyLines } from '../detail/why.ts';
import { width, wrap } from '../parts/fit.ts';

const EVENTS_SHOWN = 20;

function conditionsOf(fleet: Fleet, ref: ObjectRef, object: DomainObject): readonly Condition[] {
  if (ref.kind === 'machine' || ref.kind === 'baremetalMachine') {
    const row = findMachine(fleet, ref);
    return [...(row?.baremetal?.conditions ?? []), ...(row?.machine?.conditions ?? [])];
  }
  return 'conditions' in object ? object.conditions : [];
}

function eventLines(fleet: Fleet, object: DomainObject): DetailLine[] {
  const about = fleet.events.list.filter((event) =>
    event.about?.uid
      ? event.about.uid === object.uid
      : event.about?.name === object.name && event.about.apiKind === API_KIND[object.kind],
  );
  return section(
    'EVENTS',
    about.slice(0, EVENTS_SHOWN).map((event) => ({
      id: event.uid,
      label: event.reason ?? '',
      text: `${event.message ?? ''}${event.occurrences > 1 ? ` (${event.occurrences} times)` : ''}`,
      tone: event.type === 'Warning' ? ('warn' as const) : undefined,
      since: event.lastSeen,
    })),
  );
}

function build(state: State, ref: ObjectRef): DetailLine[] {
  const { fleet, observed, told, now, learnt, plansRefused } = state;
  const object = findObject(fleet, ref);
  if (!object) {
    return [
      { id: 'gone', label: 'gone', text: `${API_KIND[ref.kind]} ${ref.name} is not there any more`, tone: 'warn' },
    ];
  }
  const explanation = explain(fleet, ref, now, { ...state, closely: true });
  const item = attentionOf(state).find((each) => each.ref.uid === explanation?.root.uid);
  // What tells no time of its own is as old as it was seen to be.
  const dated = explanation && { ...explanation, since: explanation.since ?? item?.since };
  const why = whyLines(dated, item?.acknowledged);
  return [
    ...why,
    ...(why.length === 0 ? [] : [{ id: '-', label: '', text: '' }]),
    ...field('deleting', object.deleting === undefined ? undefined : 'asked for', {
      tone: 'warn',
      since: object.deleting,
    }),
    ...fieldLines(fleet, ref, object, { counted: isKnown(state.freshness, FIGURE_KINDS.inUse), plansRefused }),
    ...storySection(fleet, ref, observed, learnt),
    ...planSection(fleet, ref, learnt),
    ...storageSection(fleet, ref),
    ...conditionLines(conditionsOf(fleet, ref, object)),
    ...section(
      'RELATED',
      relatedOf(fleet, ref).map((related, index) => ({
        id: `${index}/${related.ref.uid}`,
        label: related.label,
        text: related.ref.name,
        ref: related.ref,
      })),
      'enter opens',
    ),
    ...(hasStory(ref) ? timelineSection(fleet, ref, { observed, told }) : eventLines(fleet, object)),
    ...section('OBJECT', [
      ...field('kind', API_KIND[ref.kind]),
      ...field('uid', object.uid),
      ...field('resource version', object.resourceVersion),
      ...field('created', object.created === undefined ? undefined : timeText(object.created), {
        since: object.created,
      }),
      ...field('finalizers', object.finalizers.join(' ')),
      ...object.owners.map((owner) => ({
        id: `owner/${owner.uid}`,
        label: 'owner',
        text: `${owner.apiKind} ${owner.name}`,
      })),
      ...Object.entries(object.labels).map(([key, value]) => ({
        id: `label/${key}`,
        label: 'label',
        text: `${key}=${value}`,
      })),
      ...Object.entries(object.annotations).map(([key, value]) => ({
        id: `annotation/${key}`,
        label: 'annotation',
        text: `${key}=${value}`,
      })),
    ]),
  ];
}

const LABEL_LEAST = 12;
/** What labels may take: the text beside them is the point of looking. */
const labelMost = (columns: number) => (columns < 100 ? 18 : 30);

/** Room for the labels: what they need. */
function labelWidth(lines: readonly DetailLine[]): number {
  return Math.max(LABEL_LEAST, ...lines.map((line) => width(line.label)));
}

const sectionOf = ({ id }: DetailLine) => id.slice(0, id.indexOf('/') + 1);

/** Labels that are too long, names mostly, stand before their texts instead: all of a section, for it is read downwards. */
function withoutLong(lines: readonly DetailLine[], columns: number): DetailLine[] {
  const most = labelMost(columns);
  const long = new Set(
    lines
      .filter(({ label, tone }) => width(label) > most && tone !== 'title')
      .map((line) => sectionOf(line) || line.id),
  );
  return lines.map((line) => {
    if (line.label === '' || !long.has(sectionOf(line) || line.id)) return line;
    return {
      ...line,
      label: '',
      whole: line.text,
      text: line.text === '' ? line.label : `${line.label}  ${line.text}`,
    };
  });
}

/** As wide as an age gets: ` (999d23h ago)`. */
const AGE_WIDE = 14;

/** Only the last line of a text shares its room with the age. */
function withRoomForAge(text: string, room: number): string[] {
  const parts = wrap(text, room);
  return width(parts.at(-1)!) <= room - AGE_WIDE
    ? parts
    : [...parts.slice(0, -1), ...wrap(parts.at(-1)!, room - AGE_WIDE)];
}

/** Long texts go on in lines of their own: a condition's message is the point of looking. */
function wrapped(lines: readonly DetailLine[], columns: number): DetailLine[] {
  // The sign of the cursor, the gap, the arrow of a reference and an age take their share.
  const room = columns - labelWidth(lines) - 4;
  return lines.flatMap((line) => {
    const parts = line.since === undefined ? wrap(line.text, room) : withRoomForAge(line.text, room);
    const whole = line.whole ?? line.text;
    return parts.map((text, index) => {
      if (index === 0) return parts.length === 1 ? line : { ...line, whole, text, since: undefined };
      const last = index === parts.length - 1;
      return {
        ...line,
        id: `${line.id}~${index}`,
        label: '',
        whole,
        text,
        since: last ? line.since : undefined,
        ref: undefined,
      };
    });
  });
}

/** What is late is looked at anew this often, ms. */
const STEP = 15_000;

// One detail is on screen at a time: its lines are made anew when what they are made of or the screen's size changes.
let made: { from: readonly unknown[]; lines: readonly DetailLine[]; label: number } | undefined;
function madeOf(state: State, place: Place) {
  const { fleet, columns, observed, told, learnt, falls, acknowledged, plansRefused } = state;
  const ref = place.ref;
  if (!ref) return { lines: [], label: 16 };
  const step = Math.floor(state.now / STEP);
  const from = [fleet, ref.uid, columns, observed, told, learnt, falls, acknowledged, plansRefused, step];
  if (!made || from.some((part, index) => part !== made!.from[index])) {
    const lines = withoutLong(build(state, ref), columns);
    made = { from, lines: wrapped(lines, columns), label: labelWidth(lines) };
  }
  return made;
}

function columnsOf(label: number): readonly Column<DetailLine>[] {
  return [
    {
      key: 'label',
      title: '',
      min: label,
      cut: 'start',
      rank: 0,
      cell: (line) => ({ text: line.label, tone: line.tone === 'title' ? 'title' : 'dim' }),
    },
    {
      key: 'text',
      title: '',
      min: 20,
      grow: 1,
      rank: 0,
      cell: (line, look) => {
        const age = line.since === undefined ? '' : ` (${formatAge(look.now - line.since)} ago)`;
        return { text: `${line.ref ? (look.utf8 ? '→ ' : '> ') : ''}${line.text}${age}`, tone: line.tone };
      },
    },
  ];
}

export const detail = defineScreen<DetailLine>({
  id: 'detail',
  title: 'Detail',
  names: [],
  kinds: [],
  rows: (state, place) => madeOf(state, place).lines,
  rowId: (line) => line.id,
  target: (line) => line.ref,
  // A command is pasted without the sign that it is one.
  copies: ({ whole, text }) => (whole ?? text).replace(/^\$ /, ''),
  empty: 'nothing is known of it',
  columns: columnsOf(16),
  layout: (state, place) => columnsOf(madeOf(state, place).label),
});
