/** Replace a machine: delete it, its group makes a new one once it is gone (domain §6.4). */

import type { GroupRow, MachineRow } from '../domain/fleet/rows.ts';
import { planeIllness, spareMembers } from '../domain/forecast/control-plane.ts';
import { forecastHosts, type HostForecast } from '../domain/forecast/hosts.ts';
import { planeOf, preflight } from '../domain/forecast/preflight.ts';
import { machinesOf, restingSet } from '../domain/forecast/sets.ts';
import type { Machine } from '../domain/objects.ts';
import type { Check, Expectation, Plan, Sent, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, groupOf, groupOfMachine, machinesAmong, namesIn, refOf, rowsOf, textIn } from './find.ts';
import { goneSight, isUp, progressOf, releasedSight, type Sight, waitOf, writtenSight } from './progress.ts';
import { checkOfImage, checkOfPause, checksOfRivals } from './says.ts';
import { unseen } from './scale.ts';
import { machines } from './values.ts';
import { deleteStep } from './write.ts';

interface Found {
  group: GroupRow;
  machine: Machine;
  row: MachineRow | undefined;
  hosts: HostForecast;
}

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

function examine(world: World, machine: Machine): Found | Refusal {
  const gone = goingAway(machine);
  if (gone !== undefined) return refused(gone);
  const group = groupOfMachine(world, machine);
  if (!group) return refused(`${machine.name} belongs to no group: nothing would replace it`);
  const going = goingAway(group.object) ?? (group.paused ? undefined : unseen(group));
  if (going !== undefined) return refused(going);
  const { desired } = group.replicas;
  if (desired === undefined) return refused(`replicas of ${group.name} are not known`);
  const all = machinesOf(world.fleet, group);
  const staying = all.filter(({ deleting }) => deleting === undefined).length;
  if (staying > desired) {
    return refused(`${group.name} has ${machines(staying)} and wants ${desired}: this one would not be replaced`);
  }
  if (group.controlPlane) {
    const problem = quorumProblem(all, machine);
    if (problem !== undefined) return refused(problem);
  }
  const lost = all.filter(({ deleting }) => deleting !== undefined);
  const hosts = forecastHosts(world.fleet, group.pool, 0, desired - staying + 1, [...lost, machine]);
  if (!hosts) return refused(`the pool of ${group.name} is not known`);
  return { group, machine, row: world.fleet.machines.byUid.get(machine.uid), hosts };
}

function checksOf(world: World, { group, machine, row, hosts }: Found): Check[] {
  const all = machinesOf(world.fleet, group);
  const checks: Check[] = [];
  const spare = Math.max(0, hosts.free.length - hosts.waiting);
  checks.push(
    check(
      `spare hosts in ${hosts.pool}`,
      spare > 0 ? `${spare} free, 1 needed` : `none free: the new machine waits until a host comes back clean`,
      spare > 0 ? undefined : 'warn',
    ),
  );
  if (group.controlPlane) {
    checks.push(
      check('etcd', `${all.length} members, ${all.length - 1} stay, ${all.length - spareMembers(all.length)} needed`),
    );
  } else {
    const plane = planeOf(world.fleet, group.cluster)?.object;
    const set = world.fleet.machineSets.list.find(({ name }) => name === machine.machineSet);
    const blocked = preflight(
      machine.version,
      set?.annotations ?? {},
      plane?.kind === 'controlPlane' ? plane : undefined,
    );
    checks.push(
      blocked
        ? check('preflight', `no replacement would be made: ${blocked.why}`, 'block')
        : check('preflight', 'control plane stable, versions fit'),
    );
    const resting = restingSet(world.fleet, group);
    if ('problem' in resting) checks.push(check('rollout', resting.problem, 'warn'));
    const going = all.filter(({ deleting }) => deleting !== undefined).map(({ name }) => name);
    if (going.length > 0) checks.push(check('machines being deleted', `${going.join(', ')} too`, 'warn'));
  }
  checks.push(checkOfImage(world, group.version));
  if (row?.problem) checks.push(check('the machine', row.problem.text));
  else if (row && isUp(row))
    checks.push(check('the machine', `${machine.name} runs and nothing is wrong with it`, 'warn'));
  return [...checks, ...checkOfPause(group), ...checksOfRivals(world, group)];
}

function expectedOf({ group, machine, row, hosts }: Found): Expectation[] {
  const says: Expectation[] = [{ text: `${machine.name} is drained and deleted`, tone: 'bad', about: refOf(machine) }];
  if (row?.host !== undefined)
    says.push({ text: `Host ${row.host} is cleaned: count its local data as lost`, tone: 'bad' });
  says.push({ text: `${group.name} makes a new machine once ${machine.name} is gone, not before`, tone: 'info' });
  const [first] = hosts.serveLater;
  if (first) {
    const same = first.name === row?.host ? ', the same one, if it comes back clean' : '';
    says.push({ text: `Host that serves: ${first.name}${same}`, tone: 'info' });
  }
  if (first && first.name !== row?.host) {
    says.push({ text: 'Data kept on the host does not follow to another one', tone: 'warn' });
  }
  return says;
}

function draft(world: World, found: Found): Plan {
  const { group, machine, row } = found;
  const step = deleteStep(
    { id: `delete ${machine.name}`, title: `Delete machine ${machine.name}`, why: `${group.name} replaces it` },
    machine,
  );
  return {
    title: `Replace ${machine.name} of ${group.name}`,
    checks: checksOf(world, found),
    steps: [step],
    expected: expectedOf(found),
    severity: 'destructive',
    confirm: [machine.name],
    undo: 'It cannot be taken back: a deletion that has begun goes on',
    memo: {
      steps: [step.id],
      uid: machine.uid,
      name: machine.name,
      group: group.uid,
      before: group.machines,
      ...(row?.host === undefined ? {} : { host: row.host }),
    },
  };
}

function done(world: World, sent: Sent) {
  const { memo } = sent;
  const uid = textIn(memo, 'uid') ?? '';
  const name = textIn(memo, 'name') ?? '';
  const host = textIn(memo, 'host');
  const row = world.fleet.machines.byUid.get(uid);
  const sights: Sight[] = [
    writtenSight(sent),
    { title: `${name} being deleted`, seen: row === undefined || row.deleting },
    goneSight(world, uid, name),
  ];
  if (host !== undefined) sights.push(releasedSight(world, host, name));
  const group = groupOf(world, { uid: textIn(memo, 'group') ?? '' });
  if (!group) return progressOf([...sights, { title: 'Replacement', seen: false, bad: 'the group is gone' }]);
  const before = new Set(namesIn(memo, 'before'));
  const fresh = rowsOf(world, group).filter((each) => !before.has(each.uid));
  const up = fresh.find(isUp);
  const coming = fresh[0];
  sights.push({ title: 'Replacement made', seen: fresh.length > 0, detail: group.waiting });
  sights.push({
    title: `${up?.name ?? coming?.name ?? 'Replacement'} running`,
    seen: up !== undefined,
    ...waitOf(coming),
  });
  return progressOf(sights);
}

/** The operation. */
export const replace = defineOperation<Found>({
  id: 'replace',
  title: 'Replace',
  about: 'Delete a machine so that its group makes a new one',
  on: ['machine'],
  many: false,
  fields: [],
  kinds: [
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
  ],
  offer: () => undefined,
  examine(world, _request, targets) {
    const [machine] = machinesAmong(targets);
    return machine ? examine(world, machine) : refused('no machine is chosen');
  },
  draft: (world, _request, found) => draft(world, found),
  done,
});
