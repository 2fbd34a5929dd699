/** Replace a machine: delete it, its group makes a new one once it is gone (domain §6.4). */

import type { GroupRow, MachineRow } from '../domain/fleet/rows.ts';
import { spareMembers } from '../domain/forecast/control-plane.ts';
import { forecastHosts, type HostForecast } from '../domain/forecast/hosts.ts';
import { planeOf, preflight } from '../domain/forecast/preflight.ts';
import { machinesOf, restingSet } from '../domain/forecast/sets.ts';
import type { Machine } from '../domain/objects.ts';
import type { Check, Plan, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, groupOfMachine, machinesAmong } from './find.ts';
import {
  checkOfMachine,
  doneWithReplacement,
  memoOfReplacement,
  quorumProblem,
  replacementKinds,
  saysOfReplacement,
} from './replacement.ts';
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
  return [...checks, ...checkOfMachine(row), ...checkOfPause(group), ...checksOfRivals(world, group)];
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
    expected: saysOfReplacement(group, machine, row, found.hosts),
    severity: 'destructive',
    confirm: [machine.name],
    undo: 'It cannot be taken back: a deletion that has begun goes on',
    memo: memoOfReplacement(group, machine, row, [step]),
  };
}

/** The operation. */
export const replace = defineOperation<Found>({
  id: 'replace',
  title: 'Replace',
  about: 'Delete a machine so that its group makes a new one',
  on: ['machine'],
  many: false,
  fields: [],
  kinds: replacementKinds,
  offer: () => undefined,
  examine(world, _request, targets) {
    const [machine] = machinesAmong(targets);
    return machine ? examine(world, machine) : refused('no machine is chosen');
  },
  draft: (world, _request, found) => draft(world, found),
  done: (world, sent) => doneWithReplacement(world, sent, 'being deleted'),
});
