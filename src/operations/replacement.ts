/** What every way to have one machine replaced has in common: what is told, remembered, and seen before it is done. */

import { causeOf, type Found } from '../domain/explain/explain.ts';
import { NOTHING_SEEN } from '../domain/explain/facts.ts';
import { hostRef } from '../domain/explain/lookup.ts';
import type { GroupRow, MachineRow, ObjectRef, PoolMemberRow } from '../domain/fleet/rows.ts';
import { planeIllness, spareMembers } from '../domain/forecast/control-plane.ts';
import type { HostForecast } from '../domain/forecast/hosts.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Machine } from '../domain/objects.ts';
import type { Check, Expectation, Made, Memo, Progress, Sent, Step, World } from './contract.ts';
import { check } from './define.ts';
import { groupOf, isAmong, namesIn, numberIn, refOf, rowsOf, textIn } from './find.ts';
import {
  goneSight,
  goneTarget,
  isUp,
  progressOf,
  releasedSight,
  type Sight,
  waitOf,
  writtenSight,
} from './progress.ts';
import { machines } from './values.ts';

/** What a replacement is foretold from: all of it must be live when one is asked for. */
export const replacementKinds: readonly Kind[] = [
  'machine',
  'machineSet',
  'deployment',
  'controlPlane',
  'cluster',
  'host',
  'pool',
  'baremetalMachine',
  'baremetalMachineTemplate',
  'catalog',
];

/** Whether etcd can do without a member, as a sentence where it cannot or where that is not known. */
export function quorumProblem(all: readonly Machine[], machine: Machine): string | undefined {
  const others = all.filter(({ uid }) => uid !== machine.uid);
  const going = others.find(({ deleting }) => deleting !== undefined);
  if (going) return `${going.name} is being deleted: a control plane loses one at a time`;
  const ill = others.flatMap((other) => planeIllness(other) ?? []);
  const spare = spareMembers(all.length);
  if (ill.length + 1 > spare) {
    const why = ill.length > 0 ? `, and ${ill.join(', ')}` : '';
    return `etcd of ${machines(all.length)} can do without ${spare}${why}: it would lose its quorum`;
  }
  return undefined;
}

/** Whether a machine runs and nothing is wrong with it, its host, or its part of a control plane. */
function isFine(world: World, row: MachineRow | undefined): boolean {
  if (!row || !isUp(row) || row.problem) return false;
  const host = row.hostUid === undefined ? undefined : world.fleet.hosts.byUid.get(row.hostUid);
  const ill = row.controlPlane && row.machine !== undefined && planeIllness(row.machine) !== undefined;
  return !host?.problem && !ill;
}

/**
 * A free host is a precondition (domain §6.4): without one the group is a machine short until the host of the lost one is
 * clean, and stays so where that fails. What runs is never given up for that. A machine in trouble may be (§6.14 deletes it
 * whatever is free, and in the middle of a rollout of a full pool nothing ever is), where somebody says so: `short`.
 * `otherwise`: what else would help, as a phrase.
 */
export function checkOfSpare(
  world: World,
  row: MachineRow | undefined,
  hosts: HostForecast,
  { short, otherwise }: { short: boolean; otherwise: string },
): Check {
  const title = `spare hosts in ${hosts.pool}`;
  const spare = Math.max(0, hosts.free.length - hosts.waiting);
  if (spare > 0) return check(title, `${spare} free, 1 needed`);
  const remedy = 'add a host to the pool first';
  if (isFine(world, row)) return check(title, `none free, 1 needed, and ${row?.name} runs: ${remedy}`, 'block');
  if (row?.host === undefined) return check(title, `none free, 1 needed: ${remedy}`, 'block');
  if (!short) return check(title, `none free, 1 needed: ${remedy}, or ${otherwise}`, 'block');
  return check(
    title,
    `none free: the new machine waits until ${row.host} is clean, and for another host where that fails`,
    'warn',
  );
}

/** A machine that runs well is hardly meant; what is wrong with the other is its figure. */
export function checkOfMachine(row: MachineRow | undefined): Check[] {
  if (row?.problem) return [check('the machine', row.problem.text)];
  return row && isUp(row) ? [check('the machine', `${row.name} runs and nothing is wrong with it`, 'warn')] : [];
}

/** The cause of an object's trouble, by all that was seen. */
export function causeIn({ fleet, now, learnt = NOTHING_SEEN.learnt, seen }: World, ref: ObjectRef): Found | undefined {
  return causeOf({ ...NOTHING_SEEN, ...seen, learnt, fleet, now }, ref);
}

/** What is wrong with a host that would serve, by its own word or by what explains it. */
function troubleOf(world: World, { host }: PoolMemberRow): string | undefined {
  if (!host) return undefined;
  if (host.problem) return host.problem.text;
  const cause = causeIn(world, hostRef(host));
  return cause?.root.uid === host.uid ? cause.match.text : undefined;
}

/** Which host will serve, and the way around where that is the one just let go, or one in trouble. */
function saysOfHost(
  world: World,
  row: MachineRow | undefined,
  hosts: HostForecast | undefined,
  around: string,
): Expectation[] {
  const first = hosts?.serveLater[0];
  if (!hosts || !first) return [];
  const trouble = troubleOf(world, first);
  const bad = trouble === undefined ? '' : `, though it is in trouble: ${trouble}`;
  if (first.name !== row?.host) {
    return [
      { text: `Host that serves: ${first.name}${bad}`, tone: trouble === undefined ? 'info' : 'warn' },
      ...(trouble === undefined
        ? []
        : [{ text: `Reorder hosts of ${hosts.pool} (pool-order) first for another one`, tone: 'info' as const }]),
      { text: 'Data kept on the host does not follow to another one', tone: 'warn' },
    ];
  }
  const other = hosts.free[hosts.waiting];
  const way = other ? `For ${other.name} instead: ${around}` : 'No other one of its pool is free';
  return [
    {
      text: `Host that serves: ${first.name}, the same one, if it comes back clean: the first free one of ${hosts.pool}`,
      tone: 'warn',
    },
    { text: way, tone: 'info' },
  ];
}

/** What is lost, and when and where what comes instead is made. `around`: how another host than the same one is had. */
export function saysOfReplacement(
  world: World,
  group: GroupRow,
  machine: Machine,
  row: MachineRow | undefined,
  hosts: HostForecast | undefined,
  around: string,
): Expectation[] {
  const says: Expectation[] = [{ text: `${machine.name} is drained and deleted`, tone: 'bad', about: refOf(machine) }];
  if (row?.host !== undefined)
    says.push({ text: `Host ${row.host} is cleaned: count its local data as lost`, tone: 'bad' });
  says.push({ text: `${group.name} makes a new machine once ${machine.name} is gone, not before`, tone: 'info' });
  return [...says, ...saysOfHost(world, row, hosts, around)];
}

/** What `doneWithReplacement` needs to know later. */
export function memoOfReplacement(
  group: GroupRow,
  machine: Machine,
  row: MachineRow | undefined,
  steps: readonly Step[],
): Memo {
  return {
    steps: steps.map(({ id }) => id),
    uid: machine.uid,
    name: machine.name,
    group: group.uid,
    before: group.machines,
    ...(group.replicas.desired === undefined ? {} : { wanted: group.replicas.desired }),
    ...(row?.host === undefined ? {} : { host: row.host }),
  };
}

/** Whether a group has all it wants without a replacement, because somebody wants fewer since. */
function isFull(world: World, group: GroupRow, memo: Memo): boolean {
  const { desired } = group.replicas;
  const staying = rowsOf(world, group).filter(({ deleting }) => !deleting).length;
  return desired !== undefined && desired < (numberIn(memo, 'wanted') ?? 0) && staying >= desired;
}

const notWanted = ({ name, replicas }: GroupRow) => `${name} was set to ${replicas.desired} since: none is wanted`;

/** What was seen to be made instead, where somebody has deleted all of it since. */
function lostOf(world: World, { made = [] }: Sent): { name: string; sight: Sight } | undefined {
  const [first] = made;
  const isThere = ({ uid }: Made) => world.fleet.machines.byUid.get(uid)?.deleting === false;
  if (!first || made.some(isThere)) return undefined;
  const { name } = first;
  const is = world.fleet.machines.byUid.has(first.uid) ? 'is being' : 'was';
  return {
    name,
    sight: { title: `${name} running`, seen: false, overtaken: `what it made is gone: ${name} ${is} deleted` },
  };
}

/** The checklist of a replacement. `begun`: what it is called when the machine begins to go: `given up`. */
export function doneWithReplacement(world: World, sent: Sent, begun: string): Progress {
  const { memo } = sent;
  const uid = textIn(memo, 'uid') ?? '';
  const name = textIn(memo, 'name') ?? '';
  const host = textIn(memo, 'host');
  const row = world.fleet.machines.byUid.get(uid);
  const sights: Sight[] = [
    writtenSight(sent),
    { title: `${name} ${begun}`, seen: row === undefined || row.deleting },
    goneSight(world, uid, name),
  ];
  if (host !== undefined) sights.push(releasedSight(world, host, name));
  const group = groupOf(world, { uid: textIn(memo, 'group') ?? '' });
  if (!group) return progressOf([...sights, goneTarget('Replacement', 'the group')]);
  const isOld = isAmong(new Set(namesIn(memo, 'before')));
  const fresh = rowsOf(world, group).filter((each) => !isOld(each));
  const up = fresh.find(isUp);
  const coming = fresh[0];
  // What came of it first is what replaced the machine: another that comes after it was deleted replaces that one.
  const lost = lostOf(world, sent);
  if (lost)
    return { ...progressOf([...sights, { title: `${lost.name} made`, seen: true }, lost.sight]), made: sent.made };
  sights.push({
    title: 'Replacement made',
    seen: fresh.length > 0,
    detail: group.waiting,
    ...(row === undefined && isFull(world, group, memo) ? { overtaken: notWanted(group) } : {}),
  });
  sights.push({
    title: `${up?.name ?? coming?.name ?? 'Replacement'} running`,
    seen: up !== undefined,
    ...waitOf(coming),
  });
  // Before the old one is gone, another replacement's may come.
  const made =
    sent.made ??
    (coming && row === undefined ? fresh.map(({ uid: id, name: called }) => ({ uid: id, name: called })) : undefined);
  return { ...progressOf(sights), ...(made ? { made } : {}) };
}
