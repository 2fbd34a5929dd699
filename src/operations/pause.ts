/**
 * Pause a group or a cluster (domain §4.6). A cluster is paused by `spec.paused`, and with it all that
 * belongs to it; a group by the annotation, whose mere presence counts; of a MachineDeployment also only the rollout.
 */

import { PAUSED } from '../domain/annotations.ts';
import type { Check, Expectation, Plan, Request, Sent, Step, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, refOf, rowsOf, textIn } from './find.ts';
import {
  ANNOTATION_PATH,
  doneWith,
  groupsOf,
  type Hold,
  heldBy,
  isHeld,
  line,
  type Target,
  targetNow,
  targetOf,
} from './paused.ts';
import { entered } from './values.ts';
import { mergeStep } from './write.ts';

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

const holdOf = (sent: Sent): Hold => (textIn(sent.memo, 'hold') === 'rollout' ? 'rollout' : 'all');

/** Pauses. */
export const pause = defineOperation<Found>({
  id: 'pause',
  title: 'Pause',
  about: 'Hold all changes of a group or a cluster',
  aboutOf: {
    cluster: 'Hold all changes of the whole cluster, and of every group in it',
    deployment: 'Hold all changes of this group alone',
    controlPlane: 'Hold all changes of this control plane alone',
  },
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
  done: doneWith((target, sent) => isHeld(target, holdOf(sent)), 'paused', 'resumed'),
  takeBack(world, sent) {
    const target = targetNow(world, sent);
    return target && isHeld(target, holdOf(sent))
      ? { operation: 'resume', targets: [refOf(target)], values: {} }
      : undefined;
  },
});
