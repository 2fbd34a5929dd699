/** How far a group is, from its figures: `status.phase` says `Running` in the middle of a rollout. */
import { falseCondition, findCondition } from '../conditions.ts';
import { preflight } from '../forecast/preflight.ts';
import type { Condition, ControlPlane, Deployment } from '../objects.ts';
import { shorten } from '../text.ts';
import { count } from './problems.ts';
import type { MachineRow } from './rows.ts';

export type Group = Deployment | ControlPlane;

/**
 * Some replica is not yet of the wanted sort, there are too many, or the controllers have not seen the last change.
 * A figure that was not sent cannot show it.
 */
export function isRolling({ replicas, observedGeneration, generation }: Group): boolean {
  const { desired, current, upToDate } = replicas;
  return (
    (desired !== undefined && upToDate !== undefined && upToDate < desired) ||
    (desired !== undefined && current !== undefined && current > desired) ||
    (observedGeneration !== undefined && generation !== undefined && observedGeneration < generation)
  );
}

/**
 * All wanted replicas are up to date, ready and available, and none of its machines is going: those count among the
 * ready ones until they are gone. A figure that was not sent proves nothing.
 */
export function isDone(group: Group, machines: readonly MachineRow[]): boolean {
  const { desired, current, ready, available } = group.replicas;
  if (desired === undefined || isRolling(group) || machines.some(({ deleting }) => deleting)) return false;
  // Controllers that leave out zeros leave out these figures for a group of none.
  if (desired === 0) return (current ?? 0) === 0;
  return ready === desired && available === desired;
}

/** Machines of another sort remain, as against a mere change of number. */
function isReplacing({ conditions, replicas }: Group): boolean {
  const { current, upToDate } = replicas;
  return (
    (upToDate !== undefined && current !== undefined && upToDate < current) ||
    findCondition(conditions, 'RollingOut')?.status === 'True' ||
    falseCondition(conditions, 'MachinesSpecUpToDate') !== undefined
  );
}

function progress(group: Group, machines: readonly MachineRow[]): string | undefined {
  const { desired, current, upToDate, ready } = group.replicas;
  if (
    group.observedGeneration !== undefined &&
    group.generation !== undefined &&
    group.observedGeneration < group.generation
  ) {
    return 'controllers to see the change';
  }
  if (desired === undefined) return undefined;
  if (isReplacing(group)) return `rolling out, ${upToDate ?? '?'} of ${desired}`;
  if (current !== undefined && current > desired) return `scaling down, ${current} to ${desired}`;
  if (current !== undefined && current < desired) return `scaling up, ${current} to ${desired}`;
  if (ready !== undefined && ready < desired) return `${ready} of ${desired} ready`;
  const going = machines.filter(({ deleting }) => deleting).length;
  return going > 0 ? `${count(going, 'machine')} going` : undefined;
}

/** The machine whose step the group is at: the one that goes before the one that comes. */
function atWork(machines: readonly MachineRow[]): MachineRow | undefined {
  return (
    machines.find(({ deleting, waiting }) => deleting && waiting !== undefined) ??
    machines.find(({ waiting }) => waiting !== undefined)
  );
}

/** What the group waits for, with the step of the machine at work; `plane` is the control plane that holds it back. */
export function groupWaiting(
  group: Group,
  machines: readonly MachineRow[],
  paused: boolean,
  plane?: ControlPlane,
): string | undefined {
  if (group.deleting !== undefined) return 'deletion';
  if (isDone(group, machines)) return undefined;
  const far = progress(group, machines);
  if (far === undefined) return undefined;
  if (paused) return `${far}; paused`;
  const step = atWork(machines)?.waiting ?? (plane && `the rollout of ${plane.name}`);
  // Of a machine, and not of the group.
  const whose = step?.startsWith('its ') ? `a machine waits for ${step}` : step;
  return shorten(whose === undefined ? far : `${far}: ${whose}`, 100);
}

/** Whether a control plane brings its machines to another version or template. */
export function isUpgrading(plane: ControlPlane): boolean {
  return isRolling(plane) || (plane.statusVersion !== undefined && plane.statusVersion !== plane.version);
}

/** The check of Cluster API that keeps new machines back, as conditions tell it (MachineSet preflight checks). */
export function refusedChecks(
  conditions: readonly Condition[],
): { condition: Condition; checks: string[] } | undefined {
  const scaling = findCondition(conditions, 'ScalingUp', 'v1beta2');
  const condition =
    conditions.find(({ status, reason }) => status === 'False' && reason === 'PreflightCheckFailed') ??
    (scaling?.status === 'True' && /preflight check failed/.test(scaling.message ?? '') ? scaling : undefined);
  if (!condition) return undefined;
  const names = [...(condition.message ?? '').matchAll(/"(\w+)" preflight/g)].map(([, name]) => name!);
  return { condition, checks: [...new Set(names)] };
}

/** Cluster API's names of its checks (api/core MachineSetPreflightCheck), as what they found. */
const CHECK_WORDS: Readonly<Record<string, string>> = {
  ControlPlaneIsStable: 'the control plane moves',
  KubernetesVersionSkew: 'its version is too far from the control plane',
  KubeadmVersionSkew: 'its version is another minor than the control plane',
  ControlPlaneVersionSkew: 'its version is not that of the control plane',
};

/** `preflight refuses new machines: the control plane moves (ControlPlaneIsStable)`; `says` where no check is named. */
export function refusalText(checks: readonly string[], says: string): string {
  const found = checks.map((check) => (CHECK_WORDS[check] ? `${CHECK_WORDS[check]} (${check})` : check));
  return `preflight refuses new machines: ${found.join(', ') || says}`;
}

/** Whether its new machines are held back by nothing but the rollout of its cluster's own control plane. */
export function waitsForPlane(
  group: { conditions: readonly Condition[] },
  sets: readonly { conditions: readonly Condition[] }[],
  plane: ControlPlane | undefined,
): boolean {
  if (!plane || !isUpgrading(plane)) return false;
  const checks = [...sets, group].flatMap(({ conditions }) => refusedChecks(conditions)?.checks ?? []);
  return checks.length > 0 && checks.every((check) => check === 'ControlPlaneIsStable');
}

/** Nothing is under way in it: what is missing now stays missing. */
export function isSettled(group: Group, machines: readonly MachineRow[]): boolean {
  return (
    !isRolling(group) &&
    group.deleting === undefined &&
    machines.every(({ waiting, deleting }) => !deleting && waiting === undefined)
  );
}

/** Whether a control plane that is at rest went on to a minor which no new machine of these workers can join. */
export function isLeftBehind(workers: Group, plane: ControlPlane): boolean {
  if (workers.kind === 'controlPlane' || isUpgrading(plane)) return false;
  return preflight(workers.version, workers.annotations, plane)?.check === 'KubeadmVersionSkew';
}

/**
 * Since when workers are left behind: since the control plane was through with its rollout, by the older of its own words
 * on it. The conditions of the workers turn whenever something asks for a machine, which changes nothing about it.
 */
export function behindSince(plane: ControlPlane): number | undefined {
  const rolling = findCondition(plane.conditions, 'RollingOut');
  const upToDate = findCondition(plane.conditions, 'MachinesSpecUpToDate');
  const times = [rolling?.status === 'False' ? rolling : undefined, upToDate?.status === 'True' ? upToDate : undefined];
  const known = times.flatMap((condition) => condition?.since ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}
