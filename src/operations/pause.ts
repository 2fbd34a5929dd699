/**
 * Pause and resume a group or a cluster (domain §4.6). A cluster is paused by `spec.paused`, and with it all that
 * belongs to it; a group by the annotation, whose mere presence counts; of a MachineDeployment also only the rollout.
 */

import { PAUSED } from '../domain/annotations.ts';
import type { GroupRow } from '../domain/fleet/rows.ts';
import { forecastScale } from '../domain/forecast/scale.ts';
import type { Cluster, ControlPlane, Deployment, DomainObject } from '../domain/objects.ts';
import type { Check, Expectation, Operation, Plan, Raw, Request, Sent, Step, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, groupOf, refOf, rowsOf, textIn } from './find.ts';
import { progressOf, type Sight, writtenSight } from './progress.ts';
import { saysOfScale } from './says.ts';
import { entered, machines } from './values.ts';
import { mergeStep } from './write.ts';

type Target = Cluster | ControlPlane | Deployment;
/** What of an object is held: all that its controller does, or only its rollout. */
type Hold = 'all' | 'rollout';

function targetOf(targets: readonly DomainObject[]): Target | undefined {
  const [target] = targets;
  return target?.kind === 'cluster' || target?.kind === 'controlPlane' || target?.kind === 'deployment'
    ? target
    : undefined;
}

/** What holds the object itself, whatever its cluster is. */
function heldBy(target: Target): { annotation: boolean; spec: boolean } {
  const spec = target.kind === 'cluster' ? target.paused : target.kind === 'deployment' && target.rolloutPaused;
  return { annotation: Object.hasOwn(target.annotations, PAUSED), spec };
}

/** Whether what `hold` means is held. */
function isHeld(target: Target, hold: Hold): boolean {
  const { annotation, spec } = heldBy(target);
  return target.kind === 'cluster' || hold === 'rollout' ? spec : annotation;
}

function groupsOf(world: World, target: Target): GroupRow[] {
  if (target.kind !== 'cluster') {
    const group = groupOf(world, target);
    return group ? [group] : [];
  }
  return world.fleet.groups.list.filter(({ cluster }) => cluster === target.name);
}

function clusterOf(world: World, target: Target): Cluster | undefined {
  const name = target.kind === 'cluster' ? undefined : target.clusterName;
  return world.fleet.clusters.list.find((cluster) => cluster.name === name)?.object;
}

interface Found {
  target: Target;
  hold: Hold;
}

function examinePause(target: Target, request: Request): Found | Refusal {
  const going = goingAway(target);
  if (going !== undefined) return refused(going);
  const hold = entered(request, 'hold') || 'all';
  if (hold !== 'all' && hold !== 'rollout') return refused(`"${hold.slice(0, 40)}" is neither all nor rollout`);
  if (hold === 'rollout' && target.kind !== 'deployment')
    return refused(`only the rollout of a MachineDeployment can be held alone`);
  return isHeld(target, hold) ? refused(`${target.name} is paused already`) : { target, hold };
}

function line(path: string, from: unknown, to: unknown): Step['diff'][number] {
  return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

const ANNOTATION_PATH = `metadata.annotations[${PAUSED}]`;

function pauseStep({ target, hold }: Found): Step {
  const bySpec = target.kind === 'cluster' || hold === 'rollout';
  const words = {
    id: `pause ${target.name}`,
    title: hold === 'rollout' ? `Hold the rollout of ${target.name}` : `Pause ${target.name}`,
    why: 'controllers leave alone what is paused',
  };
  return bySpec
    ? mergeStep(words, target, { spec: { paused: true } }, [line('spec.paused', false, true)])
    : mergeStep(words, target, { metadata: { annotations: { [PAUSED]: 'true' } } }, [
        line(ANNOTATION_PATH, undefined, 'true'),
      ]);
}

function draftPause(world: World, found: Found): Plan {
  const { target, hold } = found;
  const step = pauseStep(found);
  const groups = groupsOf(world, target);
  const going = groups.flatMap((group) => rowsOf(world, group)).filter(({ deleting }) => deleting);
  const checks: Check[] =
    going.length > 0 && target.kind === 'cluster'
      ? [
          check(
            'machines being deleted',
            `${going.map(({ name }) => name).join(', ')}: they stop where they are`,
            'warn',
          ),
        ]
      : going.length > 0
        ? [check('machines being deleted', `${going.map(({ name }) => name).join(', ')}: they still go`, 'warn')]
        : [];
  const rolling = groups.filter(({ rolling }) => rolling).map(({ name }) => name);
  if (rolling.length > 0) checks.push(check('under way', `${rolling.join(', ')} stops half way`, 'warn'));
  const expected: Expectation[] =
    hold === 'rollout'
      ? [{ text: `${target.name} takes up no new template; it can still be scaled`, tone: 'info' }]
      : target.kind === 'deployment'
        ? [
            {
              text: `Scalings and templates of ${target.name} wait; its MachineSets still replace machines that go`,
              tone: 'info',
            },
          ]
        : [{ text: `Nothing of ${target.name} is made, deleted or repaired before it is resumed`, tone: 'info' }];
  return {
    title: step.title,
    checks,
    steps: [step],
    expected,
    severity: 'reversible',
    confirm: [],
    undo: 'Resume',
    memo: { steps: [step.id], uid: target.uid, hold },
  };
}

/** The object a request was for, as it is now. */
function targetNow(world: World, sent: Sent): Target | undefined {
  const uid = textIn(sent.memo, 'uid') ?? '';
  return world.fleet.clusters.byUid.get(uid)?.object ?? groupOf(world, { uid })?.object;
}

function doneWith(wanted: (target: Target, sent: Sent) => boolean, title: string): Operation['done'] {
  return (world, sent) => {
    const target = targetNow(world, sent);
    const sight: Sight = target
      ? { title: `${target.name} ${title}`, seen: wanted(target, sent) }
      : { title: 'Target', seen: false, bad: 'it is gone' };
    return progressOf([writtenSight(sent), sight]);
  };
}

const holdOf = (sent: Sent): Hold => (textIn(sent.memo, 'hold') === 'rollout' ? 'rollout' : 'all');

/** Pauses. */
export const pause = defineOperation<Found>({
  id: 'pause',
  title: 'Pause',
  about: 'Hold all changes of a group or a cluster',
  on: ['deployment', 'controlPlane', 'cluster'],
  many: false,
  fields: [
    {
      name: 'hold',
      title: 'What is held',
      kind: 'choice',
      initial: () => 'all',
      choices: (_world, [target]) => [
        { value: 'all', title: 'everything' },
        {
          value: 'rollout',
          title: 'only its rollout',
          ...(target?.kind === 'deployment' ? {} : { disabled: 'only of a MachineDeployment' }),
        },
      ],
      optional: true,
    },
  ],
  kinds: ['cluster', 'deployment', 'controlPlane', 'machine'],
  offer(_world, targets, request) {
    const target = targetOf(targets);
    if (!target) return 'the target is not known';
    if (Object.keys(request.values).length > 0) return undefined;
    const { annotation, spec } = heldBy(target);
    const both = target.kind === 'deployment' ? annotation && spec : isHeld(target, 'all');
    return both ? `${target.name} is paused already` : undefined;
  },
  examine(_world, request, targets) {
    const target = targetOf(targets);
    return target ? examinePause(target, request) : refused('the target is not known');
  },
  draft: (world, _request, found) => draftPause(world, found),
  done: doneWith((target, sent) => isHeld(target, holdOf(sent)), 'paused'),
  takeBack(world, sent) {
    const target = targetNow(world, sent);
    return target && isHeld(target, holdOf(sent))
      ? { operation: 'resume', targets: [refOf(target)], values: {} }
      : undefined;
  },
});

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
  done: doneWith((target) => !heldBy(target).annotation && !heldBy(target).spec, 'goes on'),
  takeBack(world, sent) {
    const target = targetNow(world, sent);
    return target && !isHeld(target, 'all')
      ? { operation: 'pause', targets: [refOf(target)], values: { hold: 'all' } }
      : undefined;
  },
});
