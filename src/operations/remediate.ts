/** Let a MachineHealthCheck replace a machine, by the annotation it watches for (domain §4.6, §6.4). */

import { REMEDIATE, SKIP_REMEDIATION } from '../domain/annotations.ts';
import type { GroupRow } from '../domain/fleet/rows.ts';
import { forecastHosts } from '../domain/forecast/hosts.ts';
import { machinesOf, restingSet } from '../domain/forecast/sets.ts';
import type { HealthCheck, Machine } from '../domain/objects.ts';
import { at, get, list, rec, str, strings } from '../domain/read.ts';
import type { Plan, Raw, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, groupOfMachine, machinesAmong } from './find.ts';
import {
  checkOfMachine,
  checkOfSpare,
  doneWithReplacement,
  memoOfReplacement,
  quorumProblem,
  replacementKinds,
  saysOfReplacement,
} from './replacement.ts';
import { checkOfPreflight } from './rollout.ts';
import { checkOfImage, checkOfPause, checksOfRivals } from './says.ts';
import { annotateStep } from './write.ts';

interface Found {
  machine: Machine;
  group: GroupRow;
  by: HealthCheck;
}

/** Whether a label selector, as the API has it, takes these labels. An operator we do not know takes nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  const equal = Object.entries(rec(get(selector, 'matchLabels'))).every(
    ([key, value]) => has(key) && labels[key] === value,
  );
  return (
    equal &&
    list(get(selector, 'matchExpressions')).every((item) => {
      const key = str(get(item, 'key')) ?? '';
      const values = strings(get(item, 'values'));
      switch (get(item, 'operator')) {
        case 'Exists':
          return has(key);
        case 'DoesNotExist':
          return !has(key);
        case 'In':
          return has(key) && values.includes(labels[key] ?? '');
        case 'NotIn':
          return !has(key) || !values.includes(labels[key] ?? '');
        default:
          return false;
      }
    })
  );
}

function checksAround(world: World, clusterName: string | undefined): HealthCheck[] {
  return world.fleet.healthChecks.list.filter(
    (each) => each.clusterName === clusterName && each.deleting === undefined,
  );
}

function rawOf(world: World, each: HealthCheck): Raw | undefined {
  return world.raw.get(keyOf(each)) ?? undefined;
}

function examine(world: World, machine: Machine): Found | Refusal {
  const group = groupOfMachine(world, machine);
  if (!group) return refused(`${machine.name} belongs to no group: nothing would replace it`);
  const by = checksAround(world, machine.clusterName).find((each) => {
    const raw = rawOf(world, each);
    return raw !== undefined && selects(at(raw, 'spec', 'selector'), machine.labels);
  });
  if (!by) return refused(`no MachineHealthCheck looks after ${machine.name}: the annotation would do nothing`);
  const allowed = by.remediationsAllowed;
  if (allowed === undefined) return refused(`how many ${by.name} may remediate is not known`);
  if (allowed < 1)
    return refused(
      `${by.name} allows no remediation now: ${by.currentHealthy ?? '?'} of ${by.expectedMachines ?? '?'} are healthy`,
    );
  const all = machinesOf(world.fleet, group);
  const { desired } = group.replicas;
  if (desired === undefined) return refused(`replicas of ${group.name} are not known`);
  if (all.filter(({ deleting }) => deleting === undefined).length > desired) {
    return refused(`${group.name} has more machines than it wants: this one would not be replaced`);
  }
  if (group.controlPlane) {
    const problem = quorumProblem(all, machine);
    return problem === undefined ? { machine, group, by } : refused(problem);
  }
  const resting = restingSet(world.fleet, group);
  if ('problem' in resting) return refused(`${resting.problem}: only machines of the newest MachineSet are remediated`);
  return { machine, group, by };
}

/** The hosts that could serve next, and whether there is one. */
function hostsFor(world: World, machine: Machine, group: GroupRow) {
  const hosts = forecastHosts(world.fleet, group.pool, 0, 1, [machine]);
  const row = world.fleet.machines.byUid.get(machine.uid);
  const spare = hosts
    ? checkOfSpare(world, row, hosts, { short: false, otherwise: 'let Replace take its own host' })
    : check('pool', `the pool of ${group.name} is not known`, 'block');
  return { row, hosts, spare };
}

function draft(world: World, { machine, group, by }: Found): Plan {
  const step = annotateStep(
    {
      id: `remediate ${machine.name}`,
      title: `Ask ${by.name} to remediate ${machine.name}`,
      why: 'it then counts as unhealthy and its group replaces it',
    },
    machine,
    REMEDIATE,
    '',
  );
  const { row, hosts, spare } = hostsFor(world, machine, group);
  return {
    title: `Remediate ${machine.name} through ${by.name}`,
    checks: [
      check('health check', `${by.name}, ${by.remediationsAllowed ?? 0} remediations allowed`),
      spare,
      checkOfImage(world, group.version),
      ...checkOfPreflight(world, group),
      ...checkOfMachine(row),
      ...checkOfPause(group),
      ...checksOfRivals(world, group),
    ],
    steps: [step],
    expected: saysOfReplacement(world, group, machine, row, hosts, 'take Replace with its host "other" (--host other)'),
    severity: 'destructive',
    confirm: [machine.name],
    undo: 'It cannot be taken back once the deletion has begun, which is within seconds',
    memo: memoOfReplacement(group, machine, row, [step]),
  };
}

/** The operation. */
export const remediate = defineOperation<Found>({
  id: 'remediate',
  title: 'Remediate',
  about: 'Let the health check of a machine replace it',
  on: ['machine'],
  many: false,
  fields: [],
  kinds: [...replacementKinds, 'healthCheck'],
  needs(world, { targets: [target] }) {
    const machine = target && world.fleet.machines.byUid.get(target.uid)?.machine;
    return checksAround(world, machine?.clusterName).map(({ kind, name }) => ({ kind, name }));
  },
  offer(world, targets) {
    const [machine] = machinesAmong(targets);
    if (!machine) return 'no machine is chosen';
    const going = goingAway(machine);
    if (going !== undefined) return going;
    if (Object.hasOwn(machine.annotations, SKIP_REMEDIATION))
      return `${machine.name} is excluded from remediation (skip-remediation)`;
    if (Object.hasOwn(machine.annotations, REMEDIATE)) return `${machine.name} is to be remediated already`;
    if (checksAround(world, machine.clusterName).length === 0)
      return `no MachineHealthCheck looks after ${machine.name}: the annotation would do nothing`;
    // What is known before anything is read: whoever chooses it is not to be refused for that afterwards.
    const group = groupOfMachine(world, machine);
    const spare = group && hostsFor(world, machine, group).spare;
    return spare?.result === 'block' ? `${spare.title}: ${spare.figure}` : undefined;
  },
  examine(world, _request, targets) {
    const [machine] = machinesAmong(targets);
    return machine ? examine(world, machine) : refused('no machine is chosen');
  },
  draft: (world, _request, found) => draft(world, found),
  done: (world, sent) => doneWithReplacement(world, sent, 'given up'),
});
