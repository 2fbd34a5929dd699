import { defineScreen } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import type { Condition, DomainObject } from '../../src/domain/objects.ts';
import { relatedOf } from '../../src/domain/related.ts';
import type { Place, State } from '../../src/store/state.ts';
import { conditionLines } from '../detail/conditions.ts';
import { fieldLines } from '../detail/fields.ts';
import { findMachine, findObject } from '../../src/domain/fleet/find.ts';
import { type DetailLine, field, section } from '../detail/line.ts';

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
    event.about?.uid ? event.about.uid === object.uid : event.about?.name === object.name && event.about.apiKind === API_KIND[object.kind],
  );
  return section(
    'EVENTS',
    about.slice(0, EVENTS_SHOWN).map((event) => ({
      id: event.uid,
      label: event.reason ?? '',
      text: event.message ?? '',
      tone: event.type === 'Warning' ? ('warn' as const) : undefined,
      since: event.lastSeen,
    })),
  );
}

function build(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const object = findObject(fleet, ref);
  if (!object) {
    return [{ id: 'gone', label: 'gone', text: `${API_KIND[ref.kind]} ${ref.name} is not there any more`, tone: 'warn' }];
  }
  return [
    ...field('deleting', object.deleting === undefined ? undefined : 'asked for', { tone: 'warn', since: object.deleting }),
    ...fieldLines(fleet, ref, object),
    ...conditionLines(conditionsOf(fleet, ref, object)),
    ...section(
      'RELATED (enter opens)',
      relatedOf(fleet, ref).map((related, index) => ({
        id: `${index}/${related.ref.uid}`,
        label: related.label,
        text: related.ref.name,
        ref: related.ref,
      })),
    ),
    ...eventLines(fleet, object),
    ...section('OBJECT', [
      ...field('kind', API_KIND[ref.kind]),
      ...field('uid', object.uid),
      ...field('resource version', object.resourceVersion),
      ...field('created', object.created === undefined ? undefined : new Date(object.created).toISOString(), { since: object.created }),
      ...field('finalizers', object.finalizers.join(' ')),
      ...object.owners.map((owner) => ({ id: `owner/${owner.uid}`, label: 'owner', text: `${owner.apiKind} ${owner.name}` })),
      ...Object.entries(object.labels).map(([key, value]) => ({ id: `label/${key}`, label: 'label', text: `${key}=${value}` })),
      ...Object.entries(object.annotations).map(([key, value]) => ({ id: `annotation/${key}`, label: 'annotation', text: `${key}=${value}` })),
    ]),
  ];
}

// One detail is on screen at a time: its lines are made anew when the fleet or the object changes.
let made: { fleet: Fleet; uid: string; lines: readonly DetailLine[] } | undefined;
function linesOf(state: State, place: Place): readonly DetailLine[] {
  if (!place.ref) return [];
  if (made?.fleet !== state.fleet || made.uid !== place.ref.uid) {
    made = { fleet: state.fleet, uid: place.ref.uid, lines: build(state.fleet, place.ref) };
  }
  return made.lines;
}

export const detail = defineScreen<DetailLine>({
  id: 'detail',
  title: 'Detail',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: (line) => line.id,
  target: (line) => line.ref,
  empty: 'nothing is known of it',
  columns: [
    { key: 'label', title: '', min: 16, grow: 1, max: 44, cut: 'start', rank: 1, cell: (line) => ({ text: line.label, tone: line.tone === 'title' ? 'title' : 'dim' }) },
    {
      key: 'text',
      title: '',
      min: 20,
      grow: 4,
      rank: 0,
      cell: (line, look) => {
        const age = line.since === undefined ? '' : ` (${formatAge(look.now - line.since)} ago)`;
        return { text: `${line.ref ? (look.utf8 ? '→ ' : '> ') : ''}${line.text}${age}`, tone: line.tone };
      },
    },
  ],
});
