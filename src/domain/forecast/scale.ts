/** What Cluster API will do with the Machines of a group whose number of replicas changes. Nothing is guessed. */
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import type { Machine } from '../objects.ts';
import { nextToGo } from './control-plane.ts';
import { deletionOrder, hasFailedCheck, type Ranked } from './delete-order.ts';
import { limitsOf } from './limits.ts';
import { type Blocked, planeOf, preflight } from './preflight.ts';
import { turned } from './rolling.ts';
import { type Held, machinesOf, type Sets, setsOf } from './sets.ts';

/** What will happen. */
export interface ScaleForecast {
  /** Machines that will be deleted because of it, in their order; those being deleted already are not among them. */
  goes: readonly Ranked[];
  /** Machines being deleted already that count against the number. */
  going: readonly Machine[];
  /** New Machines made at once. */
  now: number;
  /** New Machines made once one that is being deleted is gone. */
  later: number;
  /** Keeps the new Machines from being made. */
  blocked?: Blocked;
  /** One at a time, as a control plane does. */
  oneByOne: boolean;
  /** Machines of older templates that stay for now: the rollout that is under way takes them one after the other. */
  rolling?: readonly Machine[];
  /**
   * Machines that have failed their health check and are left alone for now: a check judges by the share of failed ones,
   * and may have these replaced once the number is another one.
   */
  mayGo: readonly Machine[];
}

/** A forecast before the health checks were asked. */
type Course = Omit<ScaleForecast, 'mayGo'>;

/** A forecast, or why there is none. */
export type Forecast<T> = { forecast: T } | { problem: string };

/** maxSurge: a count or a share of `replicas`, rounded up; 1 where it is left out (Kubernetes' intstr). */
function surgeOf(value: string | undefined, replicas: number): number {
  const share = /^(\d{1,9})%$/.exec(value ?? '')?.[1];
  if (share !== undefined) return Math.ceil((Number(share) * replicas) / 100);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : 1;
}

/**
 * The replicas the MachineDeployment gives its one MachineSet before anything comes or goes. It adds as many as there is
 * room for beside those being deleted, looks again, and adds the rest; without any room it waits until one is gone.
 * Source: v1.10 mdutil, NewMSNewReplicas, taken to its fixed point.
 */
function setReplicas(own: number, status: number, wanted: number, maxSurge: number): number {
  return own >= wanted || wanted + maxSurge > Math.max(own, status) ? wanted : own;
}

function ofDeployment(fleet: Fleet, group: GroupRow, replicas: number, now: number): Forecast<Course> {
  const sets = setsOf(fleet, group);
  if ('problem' in sets) return sets;
  if (sets.old.length > 0) return whileRolling(fleet, group, replicas, now, sets);
  const { set, machines } = sets.current;
  const { desired, current = machines.length } = set.replicas;
  if (desired === undefined) return { problem: `replicas of MachineSet ${set.name} are not known` };
  const first = setReplicas(desired, current, replicas, surgeOf(group.rollout.maxSurge, replicas));
  const going = machines.filter(({ deleting }) => deleting !== undefined);
  const surplus = Math.max(0, machines.length - first);
  const policy = group.object.kind === 'deployment' ? (group.object.deletePolicy ?? set.deletePolicy) : undefined;
  const goes = deletionOrder(machines, policy, now)
    .slice(0, surplus)
    .filter(({ ground }) => ground !== 'deleting');
  const left = machines.length - going.length - goes.length;
  const atOnce = Math.max(0, first - machines.length);
  return {
    forecast: {
      goes,
      going,
      now: atOnce,
      later: Math.max(0, replicas - left - atOnce),
      blocked: blockOf(fleet, group, sets.current),
      oneByOne: false,
    },
  };
}

/** The preflight of a MachineSet that is to make Machines. */
function blockOf(fleet: Fleet, group: GroupRow, { set }: Held): Blocked | undefined {
  const plane = planeOf(fleet, group.cluster)?.object;
  return preflight(set.version, set.annotations, plane?.kind === 'controlPlane' ? plane : undefined);
}

/** A rollout is under way: what the new number changes at once; the rollout then goes on towards it. */
function whileRolling(
  fleet: Fleet,
  group: GroupRow,
  replicas: number,
  now: number,
  { current, old }: Exclude<Sets, { problem: string }>,
): Forecast<Course> {
  const limits = limitsOf(group, replicas);
  if (!limits) return { problem: `how ${group.name} rolls out is not known` };
  const silent = [current, ...old].find(
    ({ set, machines }) => set.replicas.available === undefined && machines.length > 0,
  );
  if (silent) return { problem: `how many of ${silent.set.name} are available is not known` };
  const behind = [current, ...old].find(({ set, machines }) => set.replicas.current !== machines.length);
  if (behind) return { problem: `MachineSet ${behind.set.name} does not count its machines right yet` };
  const deployment = group.object.kind === 'deployment' ? group.object : undefined;
  const held = deployment?.rolloutPaused === true || group.rollout.type === 'OnDelete';
  const sets = turned({ replicas, ...limits }, current, old, held, (of) => blockOf(fleet, group, of) !== undefined);
  if (!sets) return { problem: `what ${group.name} does is not known: its numbers do not come to rest` };
  const going = sets.flatMap(({ machines }) => machines.filter(({ deleting }) => deleting !== undefined));
  // A MachineSet deletes by its own policy; a changed one of the deployment reaches the present set only.
  const policyOf = (set: Held['set']) =>
    set === current.set ? (deployment?.deletePolicy ?? set.deletePolicy) : set.deletePolicy;
  const goes = sets.flatMap(({ set, machines, wanted }) =>
    deletionOrder(machines, policyOf(set), now)
      .slice(0, Math.max(0, machines.length - wanted))
      .filter(({ ground }) => ground !== 'deleting'),
  );
  const leaving = new Set([...going, ...goes.map(({ machine }) => machine)]);
  const makes = sets.reduce((total, set) => total + set.makes, 0);
  const fresh = current.machines.filter((machine) => !leaving.has(machine)).length;
  return {
    forecast: {
      goes,
      going,
      now: makes,
      later: Math.max(0, replicas - fresh - makes),
      blocked: blockOf(fleet, group, current),
      oneByOne: false,
      rolling: old.flatMap(({ machines }) => machines).filter((machine) => !leaving.has(machine)),
    },
  };
}

function ofControlPlane(fleet: Fleet, group: GroupRow, replicas: number): Forecast<Course> {
  const machines = machinesOf(fleet, group);
  const going = machines.filter(({ deleting }) => deleting !== undefined);
  let left = machines.filter(({ deleting }) => deleting === undefined);
  const goes: Ranked[] = [];
  while (left.length > replicas) {
    const next = nextToGo(left, group.version);
    if (!next) break;
    goes.push(next);
    left = left.filter((machine) => machine !== next.machine);
  }
  const missing = Math.max(0, replicas - left.length);
  const now = going.length === 0 && missing > 0 ? 1 : 0;
  return { forecast: { goes, going, now, later: missing - now, oneByOne: true } };
}

/** What follows when `group` is given `replicas`. `now`: epoch ms, for orders by age. */
export function forecastScale(fleet: Fleet, group: GroupRow, replicas: number, now: number): Forecast<ScaleForecast> {
  const found = group.controlPlane ? ofControlPlane(fleet, group, replicas) : ofDeployment(fleet, group, replicas, now);
  if ('problem' in found) return found;
  const { goes, going } = found.forecast;
  const leaving = new Set([...going, ...goes.map(({ machine }) => machine)]);
  const mayGo = machinesOf(fleet, group).filter((machine) => !leaving.has(machine) && hasFailedCheck(machine));
  return { forecast: { ...found.forecast, mayGo } };
}
