/** Resume a group or a cluster, after saying what will move at once (domain §4.6). */

import { PAUSED } from '../domain/annotations.ts';
import type { GroupRow } from '../domain/fleet/rows.ts';
import { forecastScale } from '../domain/forecast/scale.ts';
import type { Expectation, Plan, Raw, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, refOf } from './find.ts';
import {
  ANNOTATION_PATH,
  clusterOf,
  doneWith,
  groupsOf,
  heldBy,
  isHeld,
  line,
  type Target,
  targetNow,
  targetOf,
} from './paused.ts';
import { saysOfScale } from './says.ts';
import { machines } from './values.ts';
import { mergeStep } from './write.ts';

function examineResume(world: World, target: Target): { target: Target } | Refusal {
  const going = goingAway(target);
  if (going !== undefined) return refused(going);
  const { annotation, spec } = heldBy(target);
  if (annotation || spec) return { target };
  const cluster = clusterOf(world, target);
  if (cluster?.paused)
    return refused(`${target.name} itself is not paused, its cluster ${cluster.name} is: resume that`);
  return refused(`${target.name} is not paused`);
}

/** What moves as soon as a group is free: what it has too many of goes at once. */
function moves(world: World, group: GroupRow): { says: Expectation[]; goes: number } {
  const { desired } = group.replicas;
  if (desired === undefined)
    return { says: [{ text: `What ${group.name} will do is not known`, tone: 'warn' }], goes: 0 };
  const found = forecastScale(world.fleet, group, desired, world.now);
  if ('problem' in found) return { says: [{ text: `It goes on: ${found.problem}`, tone: 'warn' }], goes: 1 };
  const { goes, now, later } = found.forecast;
  if (goes.length + now + later === 0) return { says: [], goes: 0 };
  return { says: saysOfScale(world, found.forecast), goes: goes.length };
}

function draftResume(world: World, target: Target): Plan {
  const { annotation, spec } = heldBy(target);
  const body: Record<string, Raw> = {};
  if (spec) body['spec'] = { paused: false };
  if (annotation) body['metadata'] = { annotations: { [PAUSED]: null } };
  const diff = [
    ...(spec ? [line('spec.paused', true, false)] : []),
    ...(annotation ? [line(ANNOTATION_PATH, target.annotations[PAUSED], undefined)] : []),
  ];
  const step = mergeStep(
    { id: `resume ${target.name}`, title: `Resume ${target.name}`, why: 'its controllers go on where they stopped' },
    target,
    body,
    diff,
  );
  const groups = groupsOf(world, target);
  const told = groups.map((group) => moves(world, group));
  const goes = told.reduce((sum, each) => sum + each.goes, 0);
  const cluster = clusterOf(world, target);
  const still = groups.filter((group) => target.kind === 'cluster' && Object.hasOwn(group.object.annotations, PAUSED));
  return {
    title: step.title,
    checks: [
      check('what was held', goes > 0 ? 'something goes at once' : 'nothing goes', goes > 0 ? 'warn' : undefined),
      ...(cluster?.paused
        ? [check('cluster', `${cluster.name} is paused: nothing moves before it is resumed too`, 'warn')]
        : []),
      ...(still.length > 0
        ? [check('groups', `${still.map(({ name }) => name).join(', ')} stays paused by itself`, 'warn')]
        : []),
    ],
    steps: [step],
    expected: [
      ...told.flatMap(({ says }) => says),
      { text: `${machines(groups.flatMap((group) => group.machines).length)} concerned`, tone: 'info' },
    ],
    severity: goes > 0 ? 'destructive' : 'reversible',
    confirm: goes > 0 ? [target.name] : [],
    undo: goes > 0 ? 'Pausing again holds what has not begun; what has begun to go still goes' : 'Pause again',
    memo: { steps: [step.id], uid: target.uid },
  };
}

/** Resumes. */
export const resume = defineOperation<{ target: Target }>({
  id: 'resume',
  title: 'Resume',
  about: 'Let controllers go on with a group or a cluster',
  aboutOf: {
    cluster: 'Let controllers go on with the whole cluster',
    deployment: 'Let controllers go on with this group',
    controlPlane: 'Let controllers go on with this control plane',
  },
  on: ['deployment', 'controlPlane', 'cluster'],
  many: false,
  fields: [],
  kinds: ['cluster', 'deployment', 'controlPlane', 'machineSet', 'machine'],
  offer: () => undefined,
  examine(world, _request, targets) {
    const target = targetOf(targets);
    return target ? examineResume(world, target) : refused('the target is not known');
  },
  draft: (world, _request, { target }) => draftResume(world, target),
  done: doneWith((target) => !heldBy(target).annotation && !heldBy(target).spec, 'goes on', 'paused again'),
  takeBack(world, sent) {
    const target = targetNow(world, sent);
    return target && !isHeld(target, 'all')
      ? { operation: 'pause', targets: [refOf(target)], values: { hold: 'all' } }
      : undefined;
  },
});
