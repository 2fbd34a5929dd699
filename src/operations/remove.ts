/** Remove chosen machines of one group: mark each, then scale down by exactly their number (domain §6.3). */

import { DELETE_MACHINE } from '../domain/annotations.ts';
import type { GroupRow } from '../domain/fleet/rows.ts';
import { forecastScale } from '../domain/forecast/scale.ts';
import { machinesOf, restingSet } from '../domain/forecast/sets.ts';
import type { Machine } from '../domain/objects.ts';
import type { Check, Plan, Request, Sent, Step, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import {
  goingAway,
  groupOf,
  groupOfMachine,
  machinesAmong,
  namesIn,
  numberIn,
  ownedElsewhere,
  refOf,
  textIn,
} from './find.ts';
import { goneSight, goneTarget, progressOf, releasedSight, type Sight, writtenSight } from './progress.ts';
import { checkOfPause, checksOfRivals, oldMarks } from './says.ts';
import { numberSince, planeNumber, planeProblem, unseen } from './scale.ts';
import { machines } from './values.ts';
import { annotateStep, replaceStep } from './write.ts';

interface Found {
  group: GroupRow;
  from: number;
  chosen: readonly Machine[];
}

/** The one group of some machines, or why there is none. */
function oneGroup(world: World, chosen: readonly Machine[]): GroupRow | Refusal {
  let group: GroupRow | undefined;
  for (const machine of chosen) {
    const own = groupOfMachine(world, machine);
    if (!own) return refused(`${machine.name} belongs to no group: nothing could be scaled down with it`);
    if (group && own.uid !== group.uid) {
      return refused(`${chosen[0]?.name} is of ${group.name} and ${machine.name} of ${own.name}: one group at a time`);
    }
    group = own;
  }
  return group ?? refused('nothing is chosen');
}

/**
 * Why the scale-down would not take exactly the chosen ones. A Machine being deleted goes before any mark, a foreign
 * mark counts as much as ours, and with a Machine missing the number is reached without taking one.
 */
function unsure(world: World, group: GroupRow, chosen: readonly Machine[]): string | undefined {
  const all = machinesOf(world.fleet, group);
  const going = all.filter(({ deleting }) => deleting !== undefined);
  if (going.length > 0) {
    return `${going.map(({ name }) => name).join(', ')} of ${group.name} is already being deleted and would count first: wait until it is gone`;
  }
  const marks = oldMarks(world, group, new Set(chosen.map(({ uid }) => uid)));
  if (marks.length > 0) return `${marks.join(', ')} of ${group.name} is marked for deletion too: unmark it first`;
  const { desired } = group.replicas;
  if (all.length !== desired)
    return `${group.name} has ${all.length} of ${machines(desired ?? 0)}: wait until both agree`;
  if (group.controlPlane) return planeProblem(world, group) ?? planeNumber(all.length - chosen.length);
  const resting = restingSet(world.fleet, group);
  if ('problem' in resting) return resting.problem;
  if (resting.set.replicas.desired !== desired)
    return `MachineSet ${resting.set.name} does not have the number of ${group.name} yet`;
  return undefined;
}

function examine(world: World, chosen: readonly Machine[]): Found | Refusal {
  const going = chosen.map(goingAway).find((text) => text !== undefined);
  if (going !== undefined) return refused(going);
  const group = oneGroup(world, chosen);
  if ('refused' in group) return group;
  const gone = goingAway(group.object) ?? ownedElsewhere(group.object) ?? (group.paused ? undefined : unseen(group));
  if (gone !== undefined) return refused(gone);
  const { desired } = group.replicas;
  if (desired === undefined) return refused(`replicas of ${group.name} are not known`);
  const problem = unsure(world, group, chosen);
  return problem === undefined ? { group, from: desired, chosen } : refused(problem);
}

/** The hosts of some machines, by machine. */
export function hostsOf(world: World, chosen: readonly Machine[]): { machine: string; host: string }[] {
  return chosen.flatMap(({ uid, name }) => {
    const host = world.fleet.machines.byUid.get(uid)?.host;
    return host === undefined ? [] : [{ machine: name, host }];
  });
}

function checksOf(world: World, { group, from, chosen }: Found): Check[] {
  const marked = chosen.filter(({ deleteMark }) => deleteMark).map(({ name }) => name);
  const to = from - chosen.length;
  return [
    check('replicas', `${from} now, ${to} wanted`),
    check('machines being deleted', 'none'),
    check('marked by others', 'none'),
    ...(marked.length > 0 ? [check('marked already', marked.join(', '), 'warn')] : []),
    ...(to === 0 ? [check('machines left', 'none', 'warn')] : []),
    ...checkOfPause(group),
    ...checksOfRivals(world, group),
  ];
}

function draft(world: World, found: Found): Plan {
  const { group, from, chosen } = found;
  const to = from - chosen.length;
  const names = chosen.map(({ name }) => name);
  const marks: Step[] = chosen
    .filter(({ deleteMark }) => !deleteMark)
    .map((machine) =>
      annotateStep(
        {
          id: `mark ${machine.name}`,
          title: `Mark ${machine.name} for deletion`,
          why: 'Cluster API takes marked machines first',
        },
        machine,
        DELETE_MACHINE,
        'true',
      ),
    );
  const scaled = replaceStep(
    {
      id: `scale ${group.name}`,
      title: `Scale ${group.name} from ${from} to ${to}`,
      why: `exactly ${machines(chosen.length)} fewer, the marked`,
    },
    group.object,
    ['spec', 'replicas'],
    from,
    to,
  );
  const steps = [...marks, scaled];
  const hosts = hostsOf(world, chosen);
  const hostOf = (name: string) => hosts.find(({ machine }) => machine === name)?.host;
  return {
    title: `Remove ${names.join(', ')} from ${group.name}`,
    checks: checksOf(world, found),
    steps,
    expected: [
      ...chosen.map((machine) => {
        const host = hostOf(machine.name);
        const text = `${machine.name} goes: marked for deletion${host === undefined ? '' : `, host ${host} is cleaned`}`;
        return { text, tone: 'bad' as const, about: refOf(machine) };
      }),
      { text: `No other machine of ${group.name} goes, and none comes`, tone: 'info' },
      {
        text: 'A deletion that has begun cannot be called off; local data of those hosts does not come back',
        tone: 'bad',
      },
    ],
    severity: 'destructive',
    confirm: chosen.length > 1 ? [group.name, `${chosen.length}`] : [group.name],
    undo: 'Before the last step the marks can be taken off; afterwards scaling up makes new machines',
    memo: {
      group: group.uid,
      from,
      to,
      steps: steps.map(({ id }) => id),
      uids: chosen.map(({ uid }) => uid),
      names,
      hosts: hosts.map(({ host }) => host),
      owners: hosts.map(({ machine }) => machine),
    },
  };
}

function done(world: World, sent: Sent) {
  const { memo } = sent;
  const to = numberIn(memo, 'to');
  const group = groupOf(world, { uid: textIn(memo, 'group') ?? '' });
  const written = writtenSight(sent);
  const sights: Sight[] = [written];
  const desired = group?.replicas.desired;
  if (!group) return progressOf([written, goneTarget('Group', 'the group')]);
  const overtaken = overtakenText(world, sent, group);
  const taken = desired === to || numberSince(group, sent) !== undefined;
  sights.push({
    title: 'Seen by its controller',
    seen: written.seen && taken && unseen(group) === undefined && overtaken === undefined,
    overtaken,
  });
  const names = namesIn(memo, 'names');
  sights.push(...namesIn(memo, 'uids').map((uid, at) => goneSight(world, uid, names[at] ?? uid)));
  const owners = namesIn(memo, 'owners');
  sights.push(...namesIn(memo, 'hosts').map((host, at) => releasedSight(world, host, owners[at] ?? '')));
  return progressOf(sights);
}

/** A number set since means something only to machines that have not begun to go: the others go all the same. */
function overtakenText(world: World, sent: Sent, group: GroupRow): string | undefined {
  const number = numberSince(group, sent);
  if (number === undefined || unseen(group) !== undefined) return undefined;
  const staying = namesIn(sent.memo, 'uids').flatMap((uid) => {
    const machine = world.fleet.machines.byUid.get(uid)?.machine;
    return machine && machine.deleting === undefined ? [machine] : [];
  });
  if (staying.length === 0) return undefined;
  const marked = staying.filter(({ deleteMark }) => deleteMark).map(({ name }) => name);
  return `${number}${marked.length > 0 ? `; still marked for deletion: ${marked.join(', ')}` : ''}`;
}

/** Before the scale-down, or where that was overtaken, the marks can be taken off again; otherwise nothing can. */
function takeBack(world: World, sent: Sent): Request | undefined {
  const group = groupOf(world, { uid: textIn(sent.memo, 'group') ?? '' });
  const scaled = sent.written.some((id) => id.startsWith('scale '));
  if (scaled && (!group || overtakenText(world, sent, group) === undefined)) return undefined;
  const targets = machinesStillMarked(world, sent);
  return targets.length === 0 ? undefined : { operation: 'unmark', targets: targets.map(refOf), values: {} };
}

function machinesStillMarked(world: World, sent: Sent): Machine[] {
  return namesIn(sent.memo, 'uids').flatMap((uid) => {
    const machine = world.fleet.machines.byUid.get(uid)?.machine;
    const ours = machine !== undefined && sent.written.includes(`mark ${machine.name}`);
    return ours && machine.deleteMark && machine.deleting === undefined ? [machine] : [];
  });
}

/** The operation. */
export const remove = defineOperation<Found>({
  id: 'remove',
  title: 'Remove',
  about: 'Take exactly these machines out of their group',
  on: ['machine'],
  many: true,
  fields: [],
  kinds: ['machine', 'machineSet', 'deployment', 'controlPlane', 'cluster', 'host', 'pool', 'baremetalMachine'],
  offer: () => undefined,
  examine(world, _request, targets) {
    const found = examine(world, machinesAmong(targets));
    if ('refused' in found) return found;
    const told = forecastScale(marked(world, found.chosen), found.group, found.from - found.chosen.length, world.now);
    if ('problem' in told) return refused(told.problem);
    const goes = new Set(told.forecast.goes.map(({ machine }) => machine.uid));
    const exact = goes.size === found.chosen.length && found.chosen.every(({ uid }) => goes.has(uid));
    return exact ? found : refused('Cluster API would not take exactly these machines');
  },
  draft: (world, _request, found) => draft(world, found),
  done,
  takeBack,
});

/** The fleet as it will be once the marks are written. */
function marked({ fleet }: World, chosen: readonly Machine[]): World['fleet'] {
  const byUid = new Map(fleet.machines.byUid);
  for (const { uid } of chosen) {
    const row = byUid.get(uid);
    if (row?.machine) byUid.set(uid, { ...row, machine: { ...row.machine, deleteMark: true } });
  }
  return { ...fleet, machines: { ...fleet.machines, byUid } };
}
