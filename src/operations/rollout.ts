/** What every operation that replaces the machines of a group one after the other has in common. */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { forecastHosts } from '../domain/forecast/hosts.ts';
import { limitsOf } from '../domain/forecast/limits.ts';
import { planeOf, preflight } from '../domain/forecast/preflight.ts';
import { forecastRollout, type RolloutForecast } from '../domain/forecast/rollout.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Check, Expectation, Memo, Sent, World } from './contract.ts';
import { check } from './define.ts';
import { goingAway, groupOf, isAmong, namesIn, numberIn, ownedElsewhere, refOf, rowsOf, textIn } from './find.ts';
import { goneTarget, isAfter, isUp, progressOf, type Sight, waitOf, writtenSight } from './progress.ts';
import { checkOfImage, checkOfPause, checksOfRivals } from './says.ts';
import { planeProblem, unseen } from './scale.ts';
import { machines } from './values.ts';

/** What a rollout is foretold from: all of it must be live when one is begun. */
export const rolloutKinds: readonly Kind[] = [
  'machine',
  'machineSet',
  'deployment',
  'baremetalMachine',
  'baremetalMachineTemplate',
  'pool',
  'host',
  'cluster',
  'controlPlane',
  'catalog',
];

/** Why a group cannot begin a rollout whatever the new template is, as a sentence. */
export function rolloutProblem(world: World, group: GroupRow | undefined): string | undefined {
  if (!group) return 'the group is not known';
  const going = goingAway(group.object) ?? ownedElsewhere(group.object);
  if (going !== undefined) return going;
  if (group.replicas.desired === undefined) return `replicas of ${group.name} are not known`;
  if (!group.paused && unseen(group) !== undefined) return unseen(group);
  if (group.controlPlane) {
    const problem = planeProblem(world, group);
    if (problem !== undefined) return problem;
  }
  const found = forecastRollout(world.fleet, group, world.now);
  return 'problem' in found ? found.problem : undefined;
}

/** The forecast of a group without a rollout problem. Throws RangeError for one with. */
export function rolloutOf(world: World, group: GroupRow): RolloutForecast {
  const found = forecastRollout(world.fleet, group, world.now);
  if ('problem' in found) throw new RangeError(found.problem);
  return found.forecast;
}

/** Whether new workers may be made (preflight); nothing to check for a control plane. */
export function checkOfPreflight(world: World, group: GroupRow): Check[] {
  if (group.controlPlane) return [];
  const plane = planeOf(world.fleet, group.cluster)?.object;
  const set = world.fleet.machineSets.list.find(({ deployment }) => deployment === group.name);
  const blocked = preflight(group.version, set?.annotations ?? {}, plane?.kind === 'controlPlane' ? plane : undefined);
  return [
    blocked ? check('preflight', blocked.why, 'block') : check('preflight', 'control plane stable, versions fit'),
  ];
}

/** Bare metal has no spare machine to begin with: one must go before one can come (F14). */
function checkOfSurge(group: GroupRow): Check {
  const limits = limitsOf(group);
  const surge = group.controlPlane ? Number(group.rollout.maxSurge ?? 1) : (limits?.maxSurge ?? Number.NaN);
  if (Number.isNaN(surge)) return check('maxSurge', 'not known', 'block');
  return check('maxSurge', String(surge), surge === 0 ? undefined : 'block');
}

/** The checks of a rollout that stays on its pool. */
export function checksOfRollout(world: World, group: GroupRow): Check[] {
  const { order, first, missing } = rolloutOf(world, group);
  const hosts = forecastHosts(
    world.fleet,
    group.pool,
    missing,
    first,
    order.slice(0, first).map(({ machine }) => machine),
  );
  const spare = hosts ? Math.max(0, hosts.free.length - hosts.waiting) : 0;
  return [
    hosts
      ? check(
          `spare hosts in ${hosts.pool}`,
          spare > 0
            ? `${spare} free`
            : 'none free: each new machine waits for the host of the one before to be cleaned',
          spare > 0 ? undefined : 'warn',
        )
      : check('pool', `the pool of ${group.name} is not known`, 'block'),
    checkOfSurge(group),
    checkOfImage(world, group.version),
    ...checkOfPreflight(world, group),
    ...checkOfPause(group),
    ...checksOfRivals(world, group),
  ];
}

/** The checks of a rollout onto another pool: old hosts go back to the old one. */
export function checksElsewhere(world: World, group: GroupRow): Check[] {
  return [
    checkOfSurge(group),
    checkOfImage(world, group.version),
    ...checkOfPreflight(world, group),
    ...checkOfPause(group),
  ];
}

/** Which machines go in which order. */
export function saysOfRollout(world: World, group: GroupRow): Expectation[] {
  const { order, first, missing } = rolloutOf(world, group);
  if (order.length === 0) return [{ text: `${group.name} has no machines to replace`, tone: 'info' }];
  if (group.rollout.type === 'OnDelete') {
    return [{ text: `${group.name} replaces a machine only when it is deleted by hand (OnDelete)`, tone: 'warn' }];
  }
  const says: Expectation[] = [
    {
      text: `All ${machines(order.length)} of ${group.name} are replaced, ${first || 1} at a time: one goes before one comes`,
      tone: 'bad',
    },
  ];
  if (missing > 0) says.push({ text: `${machines(missing)} it lacks may come now, before any goes`, tone: 'info' });
  order.forEach(({ machine, why }, at) => {
    const turn = at < first ? 'goes at once' : at === first ? 'goes next' : 'goes then';
    says.push({ text: `${machine.name} ${turn}: ${why}`, tone: 'warn', about: refOf(machine) });
  });
  says.push({ text: 'A new machine that does not come up stops the rollout, not the cluster', tone: 'info' });
  return says;
}

/** What `doneWithRollout` and `turnsOfRollout` need to know of a group as it was. */
export function memoOfRollout(group: GroupRow, steps: readonly { id: string }[]) {
  const atOnce = group.controlPlane ? 1 : Math.max(1, limitsOf(group)?.maxUnavailable ?? 1);
  return { group: group.uid, before: group.machines, atOnce, steps: steps.map(({ id }) => id) };
}

/** In how many turns the machines go that a plan of `memoOfRollout` found. */
export function turnsOfRollout(memo: Memo): number {
  return Math.max(1, Math.ceil(namesIn(memo, 'before').length / (numberIn(memo, 'atOnce') ?? 1)));
}

/** What a group has in the place of what was written, as a phrase: `template b`; undefined where that stands as it was sent. */
export type Instead = (group: GroupRow) => string | undefined;

/** The checklist of a rollout. */
export function doneWithRollout(world: World, sent: Sent, instead: Instead) {
  return progressOf(sightsOfRollout(world, sent, instead));
}

/** What is to be seen of a rollout. */
export function sightsOfRollout(world: World, sent: Sent, instead: Instead): Sight[] {
  const written = writtenSight(sent);
  const group = groupOf(world, { uid: textIn(sent.memo, 'group') ?? '' });
  if (!group) return [written, goneTarget('Group', 'the group')];
  const before = new Set(namesIn(sent.memo, 'before'));
  const rows = rowsOf(world, group);
  const isOld = isAmong(before);
  const old = rows.filter(isOld);
  const fresh = rows.filter((row) => !isOld(row));
  const up = fresh.filter(isUp).length;
  const desired = group.replicas.desired ?? before.size;
  const atWork = rows.find((row) => row.deleting || !(isOld(row) || isUp(row)));
  const other = instead(group);
  const stands = written.seen && other === undefined;
  return [
    written,
    {
      title: 'Seen by its controller',
      seen: stands && unseen(group) === undefined,
      detail: stands ? unseen(group) : undefined,
      ...(other !== undefined && isAfter(group.object, sent) ? { overtaken: `set to ${other} since` } : {}),
    },
    {
      title: `${machines(before.size)} replaced`,
      seen: stands && old.length === 0,
      ...waitOf(atWork),
      detail: `${before.size - old.length} of ${before.size}${atWork ? `, ${atWork.name}: ${waitOf(atWork).detail ?? atWork.phase}` : ''}`,
    },
    {
      title: `${machines(desired)} running`,
      seen: stands && up === desired && rows.length === desired,
      detail: `${up} of ${desired} new ones`,
    },
  ];
}
