/** Change the order in which a pool's hosts serve: the declaration order of its members (domain §3.1, Ordered). */

import type { PoolRow } from '../domain/fleet/rows.ts';
import { viewPool } from '../domain/forecast/pool.ts';
import { get } from '../domain/read.ts';
import type { Plan, Request, Sent, Step, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { firstTarget, goingAway, namesIn } from './find.ts';
import { linesOf, poolOf, rawMembers } from './pool-add.ts';
import { goneTarget, isAfter, progressOf, writtenSight } from './progress.ts';
import { entered } from './values.ts';
import { jsonStep } from './write.ts';

interface Found {
  pool: PoolRow;
  /** The members as they were read, with whatever else they hold. */
  before: readonly unknown[];
  after: readonly unknown[];
  names: readonly string[];
}

const nameOf = (item: unknown): unknown => (typeof item === 'string' ? item : get(item, 'name'));

function examine(world: World, request: Request, pool: PoolRow): Found | Refusal {
  const raw = world.raw.get(keyOf({ kind: 'pool', name: pool.name }));
  if (!raw) return refused(`${pool.name} is gone`);
  const before = rawMembers(raw);
  const wanted = linesOf(entered(request, 'order'));
  const names = before.map(nameOf);
  const twice = wanted.find((name, place) => wanted.indexOf(name) !== place);
  if (twice !== undefined) return refused(`${twice} is listed twice`);
  const stranger = wanted.find((name) => !names.includes(name));
  if (stranger !== undefined)
    return refused(`${stranger.slice(0, 60)} is not in ${pool.name}: hosts are added with Add hosts`);
  const missing = names.find((name) => typeof name !== 'string' || !wanted.includes(name));
  if (missing !== undefined) return refused(`${String(missing)} is missing: members are never taken out of a pool`);
  if (before.length !== wanted.length) return refused(`${pool.name} lists a host twice: that must be mended first`);
  if (names.every((name, place) => name === wanted[place])) return refused('the order is the same');
  const after = wanted.map((name) => before[names.indexOf(name)]);
  return { pool, before, after, names: wanted };
}

/** The write that puts the members of a pool into another order, if they still are those that were read. */
export function orderStep(pool: PoolRow, before: readonly unknown[], after: readonly unknown[]): Step {
  const path = '/spec/machineInventories';
  const names = after.map(nameOf);
  return jsonStep(
    {
      id: `order ${pool.name}`,
      title: `Reorder the hosts of ${pool.name}`,
      why: 'the first free host in this order serves next',
    },
    pool.object,
    [
      { op: 'test', path, value: before },
      { op: 'replace', path, value: after },
    ],
    names.flatMap((name, place) => {
      const from = nameOf(before[place]);
      return from === name ? [] : [{ path: `spec.machineInventories[${place}].name`, from, to: name }];
    }),
  );
}

/** The members with one of them at their end. */
export function withLast(before: readonly unknown[], name: string): readonly unknown[] {
  return [...before.filter((item) => nameOf(item) !== name), ...before.filter((item) => nameOf(item) === name)];
}

function draft(world: World, { pool, before, after, names }: Found): Plan {
  const step = orderStep(pool, before, after);
  const free = new Set(viewPool(world.fleet, pool).free.map(({ name }) => name));
  const next = names.find((name) => free.has(name));
  return {
    title: step.title,
    checks: [check('members', `${before.length} before and after`)],
    steps: [step],
    expected: [
      { text: next === undefined ? 'No host is free now' : `${next} serves next`, tone: 'info' },
      { text: 'Machines that run stay on their hosts', tone: 'info' },
    ],
    severity: 'reversible',
    confirm: [],
    undo: 'The order before can be written again',
    memo: { steps: [step.id], before: before.map((item) => String(nameOf(item))), after: names },
  };
}

/** What `orderBack` needs to know later. */
export function memoOfOrder(pool: PoolRow, before: readonly unknown[], after: readonly unknown[]): Order {
  const names = (members: readonly unknown[]) => members.map((item) => String(nameOf(item)));
  return { pool: pool.uid, before: names(before), after: names(after) };
}

/** Which pool, and its hosts before and after. */
export type Order = Readonly<{ pool: string; before: readonly string[]; after: readonly string[] }>;

/** The request that writes the order before again, where the pool has the written one still. */
export function orderBack(world: World, { pool: uid, before, after }: Order): Request | undefined {
  const pool = world.fleet.pools.byUid.get(uid);
  const same = pool?.members.every(({ name }, place) => name === after[place]);
  if (!pool || !same || before.length === 0) return undefined;
  return {
    operation: 'pool-order',
    targets: [{ kind: 'pool', uid, name: pool.name }],
    values: { order: before.join('\n') },
  };
}

function done(world: World, sent: Sent) {
  const target = firstTarget(sent);
  const pool = target && world.fleet.pools.byUid.get(target.uid);
  const written = writtenSight(sent);
  if (!pool) return progressOf([written, goneTarget('Pool', target?.name ?? 'the pool')]);
  const after = namesIn(sent.memo, 'after');
  // Hosts that were added since change nothing about the order of those that were there.
  const now = pool.members.map(({ name }) => name).filter((name) => after.includes(name));
  const seen = now.length === after.length && now.every((name, place) => name === after[place]);
  const overtaken = !seen && isAfter(pool.object, sent) ? 'brought into another order since' : undefined;
  return progressOf([written, { title: `${pool.name} in the new order`, seen, overtaken }]);
}

/** The operation. */
export const poolOrder = defineOperation<Found>({
  id: 'pool-order',
  title: 'Reorder hosts',
  about: 'Change which host of a pool serves next',
  on: ['pool'],
  many: false,
  fields: [
    {
      name: 'order',
      title: 'All hosts, the first to serve first',
      kind: 'lines',
      initial: (world, [target]) =>
        (target && world.fleet.pools.byUid.get(target.uid))?.members.map(({ name }) => name).join('\n') ?? '',
    },
  ],
  kinds: ['pool', 'host', 'machine', 'baremetalMachine'],
  needs: (_world, { targets }) => targets.map(({ kind, name }) => ({ kind, name })),
  offer(world, targets) {
    const pool = poolOf(world, targets);
    if (!pool) return 'the pool is not known';
    return goingAway(pool.object) ?? (pool.members.length < 2 ? `${pool.name} has no order to change` : undefined);
  },
  examine(world, request, targets) {
    const pool = poolOf(world, targets);
    return pool ? examine(world, request, pool) : refused('the pool is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  done,
  takeBack(world, sent) {
    const [before, after] = [namesIn(sent.memo, 'before'), namesIn(sent.memo, 'after')];
    return orderBack(world, { pool: firstTarget(sent)?.uid ?? '', before, after });
  },
});
