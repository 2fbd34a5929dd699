/** Add registered hosts to a pool (domain §6.8). Members are never removed: what that does is not documented. */

import { findCondition } from '../domain/conditions.ts';
import type { HostRow, PoolRow } from '../domain/fleet/rows.ts';
import type { DomainObject } from '../domain/objects.ts';
import { at, list } from '../domain/read.ts';
import type { JsonPatch, Plan, Raw, Request, Sent, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { firstTarget, goingAway, namesIn } from './find.ts';
import { goneTarget, isAfter, progressOf, type Sight, writtenSight } from './progress.ts';
import { entered, nameProblem } from './values.ts';
import { jsonStep } from './write.ts';

interface Member {
  name: string;
  hostname?: string;
}

interface Found {
  pool: PoolRow;
  members: readonly Member[];
  /** The pool has no list at all yet. */
  bare: boolean;
}

/** The pool a request is for. */
export function poolOf(world: World, [target]: readonly DomainObject[]): PoolRow | undefined {
  return target && world.fleet.pools.byUid.get(target.uid);
}

/** The lines of a field, without empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `host` or `host hostname`. */
function memberOf(line: string): Member {
  const [name = '', hostname] = line.split(/[\s=]+/);
  return hostname === undefined ? { name } : { name, hostname };
}

/** Why a host cannot be a member of a pool, as a sentence. */
function unfit(world: World, pool: PoolRow, row: HostRow | undefined, name: string): string | undefined {
  if (!row) return `there is no MachineInventory ${name.slice(0, 60)}`;
  const { object } = row;
  if (object.deleting !== undefined) return `${name} is being deleted`;
  const other = world.fleet.pools.list.find(({ members }) => members.some((member) => member.name === name));
  if (other) return other.uid === pool.uid ? `${name} is in ${pool.name} already` : `${name} is in pool ${other.name}`;
  if (object.poolAnnotation !== undefined && object.poolAnnotation !== pool.name)
    return `${name} still belongs to pool ${object.poolAnnotation}`;
  if (object.ownerBaremetalMachine !== undefined) return `${name} is held by ${object.ownerBaremetalMachine}`;
  if (object.planSecret === undefined) return `${name} has no plan Secret yet`;
  const ready = findCondition(object.conditions, 'Ready');
  if (ready?.status !== 'True') return `${name} is not Ready${ready?.reason ? `: ${ready.reason}` : ''}`;
  return undefined;
}

/** Storage that is declared must be prepared before a host may serve. */
function storageProblem(world: World, name: string, phase: string | undefined): string | undefined {
  const raw = world.raw.get(keyOf({ kind: 'host', name }));
  if (!raw) return `${name} is gone`;
  const declared = list(at(raw, 'spec', 'storage', 'volumes')).length > 0;
  return declared && phase !== 'Prepared'
    ? `the storage of ${name} is ${phase ?? 'not looked at yet'}, not Prepared`
    : undefined;
}

function examine(world: World, request: Request, pool: PoolRow): Found | Refusal {
  const members = linesOf(entered(request, 'hosts')).map(memberOf);
  if (members.length === 0) return refused('at least one host is needed');
  const hostnames = new Set(pool.members.flatMap((member) => member.hostname ?? member.name));
  const seen = new Set<string>();
  for (const { name, hostname } of members) {
    if (seen.has(name)) return refused(`${name} is listed twice`);
    seen.add(name);
    const row = world.fleet.hosts.list.find((each) => each.name === name);
    const problem = unfit(world, pool, row, name) ?? storageProblem(world, name, row?.object.storagePhase);
    if (problem !== undefined) return refused(problem);
    const bad = hostname === undefined ? undefined : nameProblem(hostname);
    if (bad !== undefined) return refused(bad);
    const node = hostname ?? name;
    if (hostnames.has(node)) return refused(`the hostname ${node} is taken in ${pool.name}`);
    hostnames.add(node);
  }
  const raw = world.raw.get(keyOf({ kind: 'pool', name: pool.name }));
  if (!raw) return refused(`${pool.name} is gone`);
  return { pool, members, bare: !Array.isArray(at(raw, 'spec', 'machineInventories')) };
}

function draft(found: Found): Plan {
  const { pool, members, bare } = found;
  const path = '/spec/machineInventories';
  const changes: JsonPatch[] = [
    ...(bare ? [{ op: 'add', path, value: [] } as const] : []),
    ...members.map((value) => ({ op: 'add', path: `${path}/-`, value }) as const),
  ];
  const names = members.map(({ name }) => name).join(', ');
  const step = jsonStep(
    { id: `extend ${pool.name}`, title: `Add ${names} to ${pool.name}`, why: 'only members of a pool can serve' },
    pool.object,
    changes,
    members.map((member, place) => ({ path: `spec.machineInventories[${pool.members.length + place}]`, to: member })),
  );
  return {
    title: step.title,
    checks: [
      check('members', `${pool.members.length} now, ${pool.members.length + members.length} then`),
      check('hosts', `${members.length} registered, Ready and in no pool`),
    ],
    steps: [step],
    expected: [
      { text: 'They serve after all members declared before them', tone: 'info' },
      { text: 'Machines that wait for a host of this pool take them at once', tone: 'warn' },
    ],
    severity: 'reversible',
    confirm: [],
    undo: 'Members cannot be taken out again here: what that does to a host in use is not documented',
    memo: { steps: [step.id], names: members.map(({ name }) => name) },
  };
}

function done(world: World, sent: Sent) {
  const target = firstTarget(sent);
  const pool = target && world.fleet.pools.byUid.get(target.uid);
  const written = writtenSight(sent);
  if (!pool) return progressOf([written, goneTarget('Pool', target?.name ?? 'the pool')]);
  const names = namesIn(sent.memo, 'names');
  const hosts = names.map((name): Sight => {
    const host = world.fleet.hosts.list.find((each) => each.name === name);
    const listed = pool.members.some((member) => member.name === name);
    return {
      title: `${name} taken in`,
      seen: listed && host?.object.poolAnnotation === pool.name,
      detail: host?.problem?.text,
      ...(!listed && isAfter(pool.object, sent) ? { overtaken: `taken out of ${pool.name} since` } : {}),
    };
  });
  const valid = findCondition(pool.object.conditions, 'MembersValid');
  const all = hosts.every(({ seen }) => seen);
  return progressOf([
    written,
    ...hosts,
    {
      title: `${pool.name} counts ${pool.members.length}`,
      seen: all && pool.reported?.total === pool.members.length && valid?.status === 'True',
      detail: valid?.status === 'False' ? valid.message : `${pool.reported?.total ?? '?'} counted`,
    },
  ]);
}

/** The operation. */
export const poolAdd = defineOperation<Found>({
  id: 'pool-add',
  title: 'Add hosts',
  about: 'Add registered hosts to a pool',
  on: ['pool'],
  many: false,
  fields: [
    {
      name: 'hosts',
      flag: 'host',
      title: 'Hosts, one a line, each with its hostname where it has one',
      kind: 'lines',
      initial: () => '',
      choices(world, [target]) {
        const pool = target && world.fleet.pools.byUid.get(target.uid);
        if (!pool) return [];
        return world.fleet.hosts.list
          .filter(({ use }) => use === 'unpooled')
          .map((row) => {
            const disabled = unfit(world, pool, row, row.name);
            return { value: row.name, title: row.name, ...(disabled === undefined ? {} : { disabled }) };
          });
      },
    },
  ],
  kinds: ['pool', 'host', 'baremetalMachine'],
  needs(world, request) {
    const known = linesOf(entered(request, 'hosts')).map(memberOf);
    const hosts = known.filter(({ name }) => world.fleet.hosts.list.some((each) => each.name === name));
    return [
      ...request.targets.map(({ kind, name }) => ({ kind, name })),
      ...hosts.map(({ name }) => ({ kind: 'host' as const, name })),
    ];
  },
  offer(world, targets) {
    const pool = poolOf(world, targets);
    return pool ? goingAway(pool.object) : 'the pool is not known';
  },
  examine(world, request, targets) {
    const pool = poolOf(world, targets);
    return pool ? examine(world, request, pool) : refused('the pool is not known');
  },
  draft: (_world, _request, found) => draft(found),
  done,
});

/** The raw members of a pool, as they were read. */
export function rawMembers(raw: Raw): readonly unknown[] {
  return list(at(raw, 'spec', 'machineInventories'));
}
