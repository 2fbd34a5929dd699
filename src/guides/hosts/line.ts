/**
 * What is asked of the guide as one line of `field=value` words, as it is typed before a session begins:
 * `hosts=3 pool=depot-worker-pool names=depot-w{4} group=depot-workers`.
 */
import type { Fleet, ObjectRef, PoolRow } from '../../domain/fleet/rows.ts';
import type { Ask } from '../contract.ts';
import { prefixOf, waitingHosts } from './arrivals.ts';

/** In the order in which they are offered. */
export const FIELD_NAMES = [
  'hosts',
  'registration',
  'tpm',
  'device',
  'image',
  'pool',
  'names',
  'group',
  'replicas',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** The ask of a line. Words that are no `field=value` are kept under their own name, so that the guide refuses them. */
export function askOf(target: ObjectRef, line: string): Ask {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const values = words.map((word): [string, string] => {
    const at = word.indexOf('=');
    return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
  });
  const twice = values.find(([name], at) => values.findIndex(([other]) => other === name) !== at);
  return {
    guide: 'hosts',
    targets: [target],
    values: Object.fromEntries(twice ? [...values, [TWICE, twice[0]]] : values),
  };
}

/** Name under which a field that was given twice is told. */
export const TWICE = 'twice';

/** What is offered for a registration, an image or a pool: its hosts that wait already, else three more; for the catalog a registration. */
export function offeredLine(fleet: Fleet, target: ObjectRef): string {
  const prefix = prefixOf(fleet, target);
  const pool = poolFor(fleet, target);
  const waiting = waitingHosts(fleet, prefix).length;
  // Where there is nothing to register by, it comes first; which of several is meant is not for us to say.
  const none = waiting === 0 && fleet.registrations.list.length === 0;
  const cluster = target.kind === 'pool' ? fleet.pools.byUid.get(target.uid)?.cluster : undefined;
  const registers = target.kind === 'catalog' || (none && cluster !== undefined);
  const count = waiting || 3;
  const group = pool && groupOf(fleet, pool);
  return [
    `hosts=${target.kind === 'catalog' ? 3 : count}`,
    ...(registers ? [`registration=${cluster ?? 'rack'}-registration`, 'tpm=real'] : []),
    ...(pool ? [`pool=${pool.name}`] : []),
    ...(pool ? namesFor(pool) : []),
    ...(group ? [`group=${group.name}`] : []),
  ].join(' ');
}

/** What there is already, and what becomes of the group: who takes the line as it is offered knows what it means. */
export function offeredAbout(fleet: Fleet, target: ObjectRef): string {
  const pool = poolFor(fleet, target);
  const group = pool && groupOf(fleet, pool);
  const waiting = waitingHosts(fleet, prefixOf(fleet, target)).length;
  const spare = (count: number) =>
    count === 0 ? 'no spare host' : `${count} spare ${count === 1 ? 'host' : 'hosts'} already`;
  const parts = [
    ...(pool ? [`${pool.name} has ${spare(pool.counted.available)}`] : []),
    ...(waiting > 0
      ? [
          `${waiting} ${waiting === 1 ? 'host has' : 'hosts have'} registered and ${waiting === 1 ? 'is' : 'are'} in no pool`,
        ]
      : []),
    ...(group ? [`${group.name} (${group.replicas.desired ?? '?'} machines) gets one more for each host`] : []),
  ];
  return parts.join('; ');
}

const groupOf = (fleet: Fleet, pool: PoolRow) =>
  fleet.groups.list.find((row) => !row.controlPlane && row.pool === pool.name);

/** The pool more workers go into: the target itself, or the largest of its cluster that workers come from. */
function poolFor(fleet: Fleet, target: ObjectRef): PoolRow | undefined {
  if (target.kind === 'pool') return fleet.pools.byUid.get(target.uid);
  const prefix = prefixOf(fleet, target);
  const serving = fleet.pools.list.filter(
    (pool) =>
      prefix !== '' &&
      pool.name.startsWith(prefix) &&
      fleet.groups.list.some((group) => !group.controlPlane && group.pool === pool.name),
  );
  return serving.sort((a, b) => b.members.length - a.members.length)[0];
}

/** Goes on counting where the hostnames of a pool all end in a number. */
function namesFor({ members }: PoolRow): string[] {
  const parts = members.map(({ hostname }) => /^(.*?)(\d+)$/.exec(hostname ?? ''));
  const stem = parts[0]?.[1];
  if (stem === undefined || parts.some((part) => part?.[1] !== stem)) return [];
  const width = parts[0]![2]!.startsWith('0') ? parts[0]![2]!.length : 0;
  const next = Math.max(...parts.map((part) => Number(part![2]))) + 1;
  return [`names=${stem}{${String(next).padStart(width, '0')}}`];
}
