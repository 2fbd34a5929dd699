/**
 * Bring a control plane to another Kubernetes version: one write for the version, the image tags and the kubelet patch,
 * with every other file left as it is (domain §6.11). Until the first machine of the new version is made it can be taken
 * back; from then on there is only forward.
 */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { minorOf } from '../domain/forecast/versions.ts';
import { PUBLISHED } from '../domain/matrix.ts';
import type { Check, Plan, Request, Sent, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, isRefusal, type Refusal, refused } from './define.ts';
import type { Edit } from './edit.ts';
import { goingAway, groupOf, ownedElsewhere, rowsOf, textIn } from './find.ts';
import { editPlane, type PlaneTarget, tagsOf } from './plane-edit.ts';
import { goneTarget, isAfter, progressOf, writtenSight } from './progress.ts';
import {
  checksOfRollout,
  memoOfRollout,
  rolloutKinds,
  rolloutProblem,
  saysOfRollout,
  sightsOfRollout,
  turnsOfRollout,
} from './rollout.ts';
import { checkOfImage } from './says.ts';
import { planeNumber } from './scale.ts';
import { entered } from './values.ts';
import { checkOfStep, stepBetween, stepProblem, versionProblem } from './version-step.ts';
import { jsonStep } from './write.ts';

const TAG = /^[A-Za-z0-9_][\w.-]{0,127}$/;

interface Found {
  group: GroupRow;
  target: PlaneTarget;
  edit: Edit;
  patch: string;
  before: { coredns?: string; etcd?: string };
  /** It takes an upgrade back of which no machine was made yet. */
  back: boolean;
}

/** The machines of the version a control plane asks for now: with the first of them the line is crossed. */
function machinesOfVersion(world: World, group: GroupRow): string[] {
  return rowsOf(world, group)
    .filter(({ version }) => version === group.version)
    .map(({ name }) => name);
}

/** Whether a version is the one that all machines still have, while the control plane asks for another. */
function isBack(world: World, group: GroupRow, version: string): boolean {
  const rows = rowsOf(world, group);
  return version !== group.version && rows.length > 0 && rows.every((row) => row.version === version);
}

/** Why an older version is not asked for any more, as a sentence. */
function crossed(world: World, group: GroupRow, version: string): string | undefined {
  const [first] = machinesOfVersion(world, group);
  if (first === undefined || stepBetween(group.version, version)?.direction !== 'down') return undefined;
  return `${first} is of ${group.version} already: from there on forward only, versions are never patched back`;
}

function examine(world: World, request: Request, group: GroupRow): Found | Refusal {
  const target = {
    version: entered(request, 'version'),
    coredns: entered(request, 'coredns'),
    etcd: entered(request, 'etcd'),
  };
  const bad = versionProblem(target.version);
  if (bad !== undefined) return refused(bad);
  for (const tag of [target.coredns, target.etcd]) {
    if (tag !== '' && !TAG.test(tag)) return refused(`"${tag.slice(0, 60)}" is not an image tag`);
  }
  const raw = world.raw.get(keyOf(group.object));
  if (!raw) return refused(`${group.name} is gone`);
  const back = isBack(world, group, target.version);
  if (!back) {
    const problem = rolloutProblem(world, group) ?? stepProblem(group.version, target.version);
    if (problem !== undefined) return refused(problem);
  }
  const made = editPlane(raw, target);
  if (isRefusal(made)) return made;
  if (made.edit.changes.length === 0) return refused(`${group.name} asks for all of this already`);
  return { group, target, back, before: tagsOf(raw), ...made };
}

/** Workers whose kubelets would be too old for it, and those that cannot be made anew until they follow. */
function checksOfWorkers(world: World, group: GroupRow, version: string): Check[] {
  const target = minorOf(version)?.minor ?? 0;
  return world.fleet.groups.list
    .filter(({ controlPlane, cluster }) => !controlPlane && cluster === group.cluster)
    .flatMap((workers) => {
      const minor = minorOf(workers.version)?.minor;
      if (minor === undefined) return [check(`version of ${workers.name}`, 'not known', 'block')];
      if (target - minor > 3) {
        return [check(`version of ${workers.name}`, `${workers.version} is too old for ${version}`, 'block')];
      }
      if (target === minor) return [];
      const figure = `none can be made until it follows: ${workers.version} cannot join ${version} (KubeadmVersionSkew)`;
      return [check(`machines of ${workers.name}`, figure, 'warn')];
    });
}

/** Images whose tags the version does not go with, as the support matrix has them: a second write would replace every machine twice. */
function checksOfTags({ matrix = PUBLISHED }: World, { target, before }: Found): Check[] {
  const rows = matrix.filter(({ kubernetes }) => kubernetes === target.version);
  if (rows.length === 0) return [];
  const parts = [
    { image: 'CoreDNS', name: 'coredns' },
    { image: 'etcd', name: 'etcd' },
  ] as const;
  return parts.map(({ image, name }) => {
    const title = `image tag of ${image}`;
    const tags = [...new Set(rows.map((one) => one[name]))];
    const after = target[name] || before[name];
    if (after === undefined) return check(title, 'none is named: kubeadm takes its own');
    if (tags.includes(after)) return check(title, target[name] === '' ? `${after} stays` : after);
    const stays = target[name] === '' ? `${after} stays` : after;
    return check(title, `${stays}; ${target.version} goes with ${tags.join(' or ')} (--${name})`, 'warn');
  });
}

function checksOf(world: World, found: Found): Check[] {
  const { group, target, patch, back } = found;
  if (back) return [check('machines of it', `none of ${group.version} was made`), checkOfImage(world, target.version)];
  const number = planeNumber(group.replicas.desired ?? 0);
  return [
    checkOfStep(group.version, target.version),
    number === undefined
      ? check('control-plane machines', String(group.replicas.desired))
      : check('control-plane machines', number, 'block'),
    check('kubelet patch', patch),
    ...checksOfTags(world, found),
    ...checksOfRollout(world, { ...group, version: target.version }),
    ...checksOfWorkers(world, group, target.version),
  ];
}

function draft(world: World, found: Found): Plan {
  const { group, target, edit, before, back } = found;
  const { version } = target;
  const step = jsonStep(
    {
      id: `upgrade ${group.name}`,
      title: back ? `Take ${group.name} back to ${version}` : `Let ${group.name} be of ${version}`,
      why: back
        ? `no machine of ${group.version} was made: nothing has to go back with it`
        : 'version, image tags and files in one write: two would replace every machine twice',
    },
    group.object,
    edit.changes,
    edit.diff,
  );
  const from = group.version ?? '';
  return {
    title: back
      ? `Take ${group.name} back from ${from} to ${version}`
      : `Upgrade ${group.name} from ${from} to ${version}`,
    checks: checksOf(world, found),
    steps: [step],
    expected: back
      ? [{ text: `A machine that has gone already is made anew, of ${version}`, tone: 'info' }]
      : [
          ...saysOfRollout(world, group),
          {
            text: `With the first machine of ${version} the way back is closed: from there on forward only`,
            tone: 'bad',
          },
        ],
    severity: 'destructive',
    confirm: [group.name],
    undo: back
      ? `It can be upgraded to ${from} again`
      : `It can be taken back until the first machine of ${version} is made; then forward only`,
    memo: {
      ...memoOfRollout(group, [step]),
      version,
      from,
      fromCoredns: before.coredns ?? '',
      fromEtcd: before.etcd ?? '',
      back,
    },
  };
}

function done(world: World, sent: Sent) {
  const version = textIn(sent.memo, 'version');
  const group = groupOf(world, { uid: textIn(sent.memo, 'group') ?? '' });
  if (sent.memo['back'] === true) {
    const written = writtenSight(sent);
    if (!group) return progressOf([written, goneTarget('Group', 'the group')]);
    const seen = group.version === version;
    const overtaken = isAfter(group.object, sent) ? `set to ${group.version ?? 'no version'} since` : undefined;
    return progressOf([written, { title: `${version} asked for again`, seen: seen && written.seen, overtaken }]);
  }
  const sights = sightsOfRollout(world, sent, (one) =>
    one.version === version ? undefined : (one.version ?? 'no version'),
  );
  const plane = group?.object;
  if (plane?.kind !== 'controlPlane') return progressOf(sights);
  const replaced = sights.every(({ seen }) => seen);
  return progressOf([
    ...sights,
    {
      title: `Control plane is of ${version}`,
      seen: replaced && plane.statusVersion === version,
      detail: plane.statusVersion === undefined ? undefined : `its lowest version is ${plane.statusVersion}`,
    },
  ]);
}

/** The operation. */
export const upgradeControlPlane = defineOperation<Found>({
  id: 'upgrade-control-plane',
  title: 'Upgrade',
  about: 'Bring a control plane to another Kubernetes version',
  on: ['controlPlane'],
  many: false,
  fields: [
    { name: 'version', flag: 'kubernetes', title: 'Kubernetes version', kind: 'text', initial: () => '' },
    {
      name: 'coredns',
      title: 'Image tag of CoreDNS; empty leaves it',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
    { name: 'etcd', title: 'Image tag of etcd; empty leaves it', kind: 'text', initial: () => '', optional: true },
  ],
  kinds: [...rolloutKinds, 'controlPlane', 'cluster'],
  needs: (_world, { targets }) => targets.map(({ kind, name }) => ({ kind, name })),
  offer(world, [target], request) {
    const group = target && groupOf(world, target);
    if (!group) return 'the group is not known';
    const back = isBack(world, group, entered(request, 'version'));
    if (back) return goingAway(group.object) ?? ownedElsewhere(group.object);
    return crossed(world, group, entered(request, 'version')) ?? rolloutProblem(world, group);
  },
  examine(world, request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, request, group) : refused('the group is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  done,
  // Taken back, it replaces nothing.
  sort: ({ back }) => (back === true ? 'back' : 'forward'),
  turns: turnsOfRollout,
  takeBack(world, sent) {
    const group = groupOf(world, { uid: textIn(sent.memo, 'group') ?? '' });
    const {
      version,
      from = '',
      fromCoredns = '',
      fromEtcd = '',
    } = Object.fromEntries(['version', 'from', 'fromCoredns', 'fromEtcd'].map((key) => [key, textIn(sent.memo, key)]));
    if (!group || group.version !== version || from === '' || sent.memo['back'] === true) return undefined;
    if (machinesOfVersion(world, group).length > 0 || !isBack(world, group, from)) return undefined;
    return {
      operation: 'upgrade-control-plane',
      targets: sent.request.targets,
      values: { version: from, coredns: fromCoredns, etcd: fromEtcd },
    };
  },
});
