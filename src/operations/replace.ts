/** Replace a machine: delete it, its group makes a new one once it is gone (domain §6.4). */

import { machineRef } from '../domain/explain/lookup.ts';
import { findObject } from '../domain/fleet/find.ts';
import type { GroupRow, MachineRow, ObjectRef, PoolRow } from '../domain/fleet/rows.ts';
import { spareMembers } from '../domain/forecast/control-plane.ts';
import { forecastHosts, type HostForecast } from '../domain/forecast/hosts.ts';
import { poolNamed } from '../domain/forecast/pool.ts';
import { planeOf, preflight } from '../domain/forecast/preflight.ts';
import { machinesOf, restingSet } from '../domain/forecast/sets.ts';
import type { Machine } from '../domain/objects.ts';
import { type Check, type Choice, keyOf, type Plan, type Request, type Step, type World } from './contract.ts';
import { check, defineOperation, isRefusal, type Refusal, refused } from './define.ts';
import { goingAway, groupOfMachine, machinesAmong, namesIn, textIn } from './find.ts';
import { rawMembers } from './pool-add.ts';
import { memoOfOrder, type Order, orderBack, orderStep, withLast } from './pool-order.ts';
import {
  causeIn,
  checkOfMachine,
  checkOfSpare,
  doneWithReplacement,
  memoOfReplacement,
  quorumProblem,
  replacementKinds,
  saysOfReplacement,
} from './replacement.ts';
import { checkOfImage, checkOfPause, checksOfRivals } from './says.ts';
import { unseen } from './scale.ts';
import { entered, machines } from './values.ts';
import { deleteStep } from './write.ts';

/** The first stands there at first. */
const WHICH: readonly Choice[] = [
  { value: 'sound', title: 'one that is free and sound; one in trouble goes to the end of its pool' },
  {
    value: 'other',
    title: 'another one that is free; its own goes to the end of its pool',
  },
  { value: 'any', title: 'a free and sound one; where there is none, its own once that is clean' },
  { value: 'order', title: 'by the order of the pool, the same one among them' },
];

/** How the form and a command say that its own host may serve again. */
const ANY = 'choose "any" (--host any)';

interface Found {
  group: GroupRow;
  machine: Machine;
  row: MachineRow | undefined;
  hosts: HostForecast;
  which: string;
  /** Puts its host at the end of the pool first: it is in trouble, or not wanted, and would serve again. */
  last?: Step;
  suspect?: boolean;
  order?: Order;
}

/** Whether a machine or its host is in trouble: by the word of one of them, or by a cause there that a replacement mends. */
function isSuspect(world: World, row: MachineRow): boolean {
  const { fleet } = world;
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  if (row.problem?.severity === 'bad' || host?.problem?.severity === 'bad') return true;
  const cause = causeIn(world, machineRef(row));
  const own = cause && [row.uid, row.machine?.uid, host?.uid].includes(cause.root.uid);
  return own === true && (cause.tell().remedies ?? []).some((remedy) => remedy?.operation === 'replace');
}

/** The pool of a machine whose own host is not to serve next. */
function poolToReorder(world: World, machine: Machine, which: string): PoolRow | undefined {
  const row = world.fleet.machines.byUid.get(machine.uid);
  if (row?.host === undefined || which === 'order' || (which !== 'other' && !isSuspect(world, row))) return undefined;
  return poolNamed(world.fleet, groupOfMachine(world, machine)?.pool);
}

/** A host that failed serves again as soon as it is clean, if it stands first: another is to serve, where there is one. */
function lastStep(
  world: World,
  machine: Machine,
  hosts: HostForecast,
  which: string,
): Pick<Found, 'last' | 'order' | 'hosts' | 'suspect'> | undefined {
  const pool = poolToReorder(world, machine, which);
  const host = world.fleet.machines.byUid.get(machine.uid)?.host;
  const [first] = hosts.serveLater;
  const other = hosts.free[hosts.waiting];
  if (!pool || host === undefined || first?.name !== host || !other) return undefined;
  const raw = world.raw.get(keyOf({ kind: 'pool', name: pool.name }));
  if (!raw) return undefined;
  const before = rawMembers(raw);
  const after = withLast(before, host);
  const row = world.fleet.machines.byUid.get(machine.uid);
  return {
    suspect: row !== undefined && isSuspect(world, row),
    last: orderStep(pool, before, after),
    order: memoOfOrder(pool, before, after),
    hosts: { ...hosts, serveLater: [other] },
  };
}

function examine(world: World, request: Request, machine: Machine): Found | Refusal {
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
  // Nothing said: a guide mends what is in trouble, or it is asked whether it can be offered. Any host is right then.
  const which = entered(request, 'host') || 'any';
  const known = WHICH.map(({ value }) => value);
  if (!known.includes(which)) return refused(`"${which.slice(0, 40)}" is none of ${known.join(', ')}`);
  const other = lastStep(world, machine, hosts, which);
  return { group, machine, row: world.fleet.machines.byUid.get(machine.uid), hosts, which, ...other };
}

/**
 * What a replacement lacks where no free host is left for it: `own`, it goes on where its own host may serve again; `pool`,
 * not before its pool, by that name, has another one. `undefined`: nothing, or that is not known.
 */
export function lackOfHost(
  world: World,
  target: ObjectRef | undefined,
): { needs: 'own' | 'pool'; pool: string } | undefined {
  const [machine] = machinesAmong(target ? [findObject(world.fleet, target)].flatMap((found) => found ?? []) : []);
  const found = machine && target && examine(world, { operation: 'replace', targets: [target], values: {} }, machine);
  if (!found || isRefusal(found)) return undefined;
  const blocks = (short: boolean) =>
    checkOfSpare(world, found.row, found.hosts, { short, otherwise: ANY }).result === 'block';
  if (!blocks(false)) return undefined;
  return { needs: blocks(true) ? 'pool' : 'own', pool: found.hosts.pool };
}

function checksOf(world: World, { group, machine, row, hosts, which }: Found): Check[] {
  const all = machinesOf(world.fleet, group);
  const checks = [checkOfSpare(world, row, hosts, { short: which === 'any' || which === 'order', otherwise: ANY })];
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
  const { group, machine, row, hosts, last, suspect, order } = found;
  const step = deleteStep(
    { id: `delete ${machine.name}`, title: `Delete machine ${machine.name}`, why: `${group.name} replaces it` },
    machine,
  );
  const steps = last ? [last, step] : [step];
  return {
    title: `Replace ${machine.name} of ${group.name}`,
    checks: checksOf(world, found),
    steps,
    expected: [
      ...(last
        ? [
            {
              text: `Host ${row?.host} goes to the end of ${hosts.pool}: it is ${suspect ? 'in trouble' : 'not wanted again'}`,
              tone: 'warn' as const,
            },
          ]
        : []),
      ...saysOfReplacement(world, group, machine, row, hosts, 'choose "other" (--host other)'),
    ],
    severity: 'destructive',
    confirm: [machine.name],
    undo: `It cannot be taken back: a deletion that has begun goes on${last ? '; before it the order of the pool can be written back' : ''}`,
    memo: {
      ...memoOfReplacement(group, machine, row, steps),
      ...(order ? { pool: order.pool, orderBefore: order.before, orderAfter: order.after } : {}),
    },
  };
}

/** The operation. */
export const replace = defineOperation<Found>({
  id: 'replace',
  title: 'Replace',
  about: 'Delete a machine so that its group makes a new one',
  on: ['machine'],
  many: false,
  fields: [
    {
      name: 'host',
      title: 'Which host serves',
      kind: 'choice',
      initial: () => 'sound',
      choices: () => WHICH,
      optional: true,
      said: (world, [target]) => (lackOfHost(world, target)?.needs === 'own' ? 'any' : undefined),
    },
  ],
  kinds: replacementKinds,
  needs(world, request) {
    const [machine] = machinesAmong(request.targets.flatMap((target) => findObject(world.fleet, target) ?? []));
    const pool = machine && poolToReorder(world, machine, entered(request, 'host'));
    return pool ? [{ kind: 'pool', name: pool.name }] : [];
  },
  offer: () => undefined,
  examine(world, request, targets) {
    const [machine] = machinesAmong(targets);
    return machine ? examine(world, request, machine) : refused('no machine is chosen');
  },
  draft: (world, _request, found) => draft(world, found),
  done: (world, sent) => doneWithReplacement(world, sent, 'being deleted'),
  // Only the order, and only before the deletion: after it the host in trouble would serve next.
  takeBack(world, { memo, written }) {
    const machine = world.fleet.machines.byUid.get(textIn(memo, 'uid') ?? '');
    if (!machine || machine.deleting || written.includes(`delete ${machine.name}`)) return undefined;
    const [before, after] = [namesIn(memo, 'orderBefore'), namesIn(memo, 'orderAfter')];
    return orderBack(world, { pool: textIn(memo, 'pool') ?? '', before, after });
  },
});
