/** One line of time out of four sources: Events, conditions, what was seen to change, and what was done from here. */
import type { Fleet, ObjectRef } from '../fleet/rows.ts';
import { API_KIND } from '../kinds.ts';
import type { Condition, DomainObject, EventRecord } from '../objects.ts';
import type { Observed } from './observed.ts';
import { objectsOf, subjectsOf } from './subjects.ts';

/** An operation of the journal, as much of it as a story tells. */
export interface Told {
  id: string;
  /** Epoch ms. */
  at: number;
  title: string;
  /** `done`, `failed`, `half done`... */
  status: string;
  /** Who did it. */
  by: string;
  targets: readonly ObjectRef[];
}

export interface Moment {
  /** Stable while it means the same. */
  id: string;
  /** Epoch ms. */
  at: number;
  /** `event` and `condition` are the server's word, `seen` is ours, `done` is the journal's. */
  source: 'event' | 'condition' | 'object' | 'seen' | 'done';
  /** Which of the objects: `host`, `plan`, `provider`, `machine`. */
  about: string;
  text: string;
  tone?: 'ok' | 'warn' | 'bad';
}

/** What a timeline is made of besides the fleet. */
export interface Witness {
  observed: readonly Observed[];
  told: readonly Told[];
}

const MOST = 200;

/** The newest moments of a host or machine, newest first; at most `most`. */
export function timelineOf(fleet: Fleet, ref: ObjectRef, { observed, told }: Witness, most = MOST): Moment[] {
  const objects = objectsOf(subjectsOf(fleet, ref));
  const words = new Map(objects.map(({ word, object }) => [object.uid, word]));
  const moments = [
    ...objects.flatMap(({ word, object }) => [
      ...births(word, object),
      ...transitions(word, object),
      ...storageMoments(word, object),
    ]),
    ...fleet.events.list.flatMap((event) => eventMoment(event, objects)),
    ...observed.flatMap((one, index): Moment[] => {
      const about = words.get(one.uid);
      if (about === undefined) return [];
      return [
        { id: `seen/${one.uid}/${one.at}/${index}`, at: one.at, source: 'seen', about, text: one.text, tone: one.tone },
      ];
    }),
    ...told
      .filter(({ targets }) => targets.some(({ uid }) => words.has(uid)))
      .map(
        (one): Moment => ({
          id: `done/${one.id}`,
          at: one.at,
          source: 'done',
          about: words.get(one.targets.find(({ uid }) => words.has(uid))!.uid)!,
          text: `${one.title}: ${one.status}, by ${one.by}`,
          tone: one.status === 'failed' || one.status === 'half done' || one.status === 'in doubt' ? 'bad' : undefined,
        }),
      ),
  ];
  return moments.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1)).slice(0, most);
}

function births(about: string, object: DomainObject): Moment[] {
  const said: [string, number | undefined, Moment['tone']][] = [
    ['was created', object.created, undefined],
    ['deletion was asked for', object.deleting, 'warn'],
  ];
  return said.flatMap(([text, at, tone]) =>
    at === undefined ? [] : [{ id: `object/${object.uid}/${text}`, at, source: 'object' as const, about, text, tone }],
  );
}

/** When the provider began its last work on the disks of a host, and how that stands. */
function storageMoments(about: string, object: DomainObject): Moment[] {
  const operation = object.kind === 'host' ? object.storage?.operation : undefined;
  if (!operation) return [];
  const { type = 'operation', phase = 'without a phase', mutationState, started, updated } = operation;
  const failed = phase === 'Failed';
  const changed = failed && mutationState !== undefined ? `, mutationState ${mutationState}` : '';
  const base = { source: 'object' as const, about };
  const id = `storage/${object.uid}/${operation.id ?? ''}`;
  return [
    ...(started === undefined ? [] : [{ ...base, id: `${id}/began`, at: started, text: `storage ${type} began` }]),
    ...(updated === undefined
      ? []
      : [
          {
            ...base,
            id: `${id}/now`,
            at: updated,
            text: `storage ${type}: ${phase}${changed}`,
            tone: failed ? ('bad' as const) : undefined,
          },
        ]),
  ];
}

function transitions(about: string, object: DomainObject): Moment[] {
  const own: readonly Condition[] = 'conditions' in object ? object.conditions : [];
  const conditions = object.kind === 'host' ? [...own, ...(object.storage?.conditions ?? [])] : own;
  const told = new Set<string>();
  return conditions.flatMap((condition, index) => {
    const { type, status, reason, message, severity, since, generation } = condition;
    // Both generations of Cluster API often tell the same thing at the same second.
    const key = `${type} ${status} ${since}`;
    if (since === undefined || told.has(key)) return [];
    told.add(key);
    const why = [severity, reason === type ? undefined : reason, message].filter(Boolean).join(' ');
    const bad =
      status === 'False' && severity !== 'Info' && !/^(Deleting|Paused|Remediating|RollingOut|Scaling)/.test(type);
    return [
      {
        id: `condition/${object.uid}/${generation}/${type}/${index}`,
        at: since,
        source: 'condition' as const,
        about,
        text: `${type} became ${status}${why ? `: ${why}` : ''}`,
        tone: bad ? ('warn' as const) : undefined,
      },
    ];
  });
}

function eventMoment(event: EventRecord, objects: readonly { word: string; object: DomainObject }[]): Moment[] {
  const { about, lastSeen, type, reason, message, occurrences } = event;
  if (!about || lastSeen === undefined) return [];
  const subject = objects.find(({ object }) =>
    about.uid ? about.uid === object.uid : about.name === object.name && about.apiKind === API_KIND[object.kind],
  );
  if (!subject) return [];
  const times = occurrences > 1 ? ` (${occurrences} times)` : '';
  return [
    {
      id: `event/${event.uid}`,
      at: lastSeen,
      source: 'event',
      about: subject.word,
      text: `${[reason, message].filter(Boolean).join(': ')}${times}`,
      tone: type === 'Warning' ? 'warn' : undefined,
    },
  ];
}
