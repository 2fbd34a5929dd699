/**
 * Bring a MachineDeployment to the Kubernetes version of its control plane: a new bootstrap template where the kubelets
 * of the version need another patch file, and one write for version and template (domain §6.12).
 */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { planeOf } from '../domain/forecast/preflight.ts';
import { minorOf } from '../domain/forecast/versions.ts';
import type { Check, Plan, Raw, Request, Sent, Step, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, isRefusal, type Refusal, refused } from './define.ts';
import { editOf } from './edit.ts';
import { groupOf, textIn } from './find.ts';
import { fitKubeletPatch, WORKER_PLACE } from './kubelet-patch.ts';
import {
  checksOfRollout,
  doneWithRollout,
  memoOfRollout,
  rolloutKinds,
  rolloutProblem,
  saysOfRollout,
  turnsOfRollout,
} from './rollout.ts';
import { cleaned, differences } from './template-document.ts';
import { entered, nameProblem } from './values.ts';
import { checkOfStep, stepProblem, versionProblem } from './version-step.ts';
import { mergeStep } from './write.ts';

/** The bootstrap template a version needs. */
export interface NewTemplate {
  body: Raw;
  diff: Step['diff'];
}

/** `workers-bootstrap-v1-35` for 1.35: the same name whenever it is asked for, so that a broken-off write is found again. */
export function templateNameFor(old: string, version: string): string {
  const found = minorOf(version);
  return `${old.replace(/-v\d+-\d+$/, '')}-v${found?.major ?? 0}-${found?.minor ?? 0}`;
}

/** The template that kubelets of a version need in the place of `old`; without `made` the old one will do. */
export function fitTemplate(
  old: Raw,
  name: string,
  namespace: string,
  version: string,
): { says: string; made?: NewTemplate } | Refusal {
  const edit = editOf(old);
  const patch = fitKubeletPatch(edit, WORKER_PLACE, version);
  if ('problem' in patch) return refused(patch.problem);
  if (edit.changes.length === 0) return { says: patch.says };
  return { says: patch.says, made: { body: cleaned(edit.after, name, namespace), diff: edit.diff } };
}

interface Found {
  group: GroupRow;
  version: string;
  says: string;
  /** The template to use from now on; absent: the present one stays. */
  template?: { name: string; made: NewTemplate; there: boolean };
  infra?: string;
}

function defaultName(group: GroupRow, request: Request): string {
  return entered(request, 'template') || templateNameFor(group.bootstrapTemplate ?? '', entered(request, 'version'));
}

function templateOf(world: World, request: Request, group: GroupRow): Pick<Found, 'says' | 'template'> | Refusal {
  const old = group.bootstrapTemplate;
  if (old === undefined) return refused(`the bootstrap template of ${group.name} is not known`);
  const raw = world.raw.get(keyOf({ kind: 'bootstrapTemplate', name: old }));
  if (!raw) return refused(`${old}, the bootstrap template of ${group.name}, does not exist`);
  const name = defaultName(group, request);
  const fit = fitTemplate(raw, name, world.namespace, entered(request, 'version'));
  if (isRefusal(fit)) return fit;
  if (!fit.made) return { says: fit.says };
  const problem = nameProblem(name);
  if (problem !== undefined) return refused(problem);
  const known = world.fleet.bootstrapTemplates.list.find((each) => each.name === name);
  if (!known) return { says: fit.says, template: { name, made: fit.made, there: false } };
  const present = world.raw.get(keyOf({ kind: 'bootstrapTemplate', name }));
  const same = present && known.deleting === undefined && differences(present, fit.made.body).length === 0;
  if (!same) return refused(`${name} exists already and holds something else: give the new template another name`);
  return { says: fit.says, template: { name, made: fit.made, there: true } };
}

function examine(world: World, request: Request, group: GroupRow): Found | Refusal {
  const version = entered(request, 'version');
  const bad = versionProblem(version) ?? stepProblem(group.version, version, true);
  if (bad !== undefined) return refused(bad);
  const template = templateOf(world, request, group);
  if (isRefusal(template)) return template;
  const infra = entered(request, 'infra');
  const known = world.fleet.machineTemplates.list.find(({ name }) => name === infra);
  if (infra !== '' && !known) return refused(`there is no BaremetalMachineTemplate ${infra}`);
  if (known && known.pool !== group.pool) {
    return refused(`${infra} points at ${known.pool ?? 'no pool'}: to another pool it is moved, not upgraded`);
  }
  if (version === group.version && !template.template && (infra === '' || infra === group.infraTemplate)) {
    return refused(`${group.name} asks for ${version} already`);
  }
  return { group, version, ...template, ...(infra === '' || infra === group.infraTemplate ? {} : { infra }) };
}

/** Workers follow their control plane: never ahead of it, and only once all of it is there. */
function checkOfPlane(world: World, group: GroupRow, version: string): Check {
  const plane = planeOf(world.fleet, group.cluster);
  if (plane?.object.kind !== 'controlPlane') return check('control plane', 'it is not known', 'block');
  const { statusVersion } = plane.object;
  const figure = `${plane.name} is of ${statusVersion ?? 'no version yet'}`;
  const there = plane.version === statusVersion && minorOf(statusVersion)?.minor === minorOf(version)?.minor;
  if (!there) return check('control plane', figure, 'block');
  return check('control plane', figure, version === statusVersion ? undefined : 'warn');
}

function swapOf({ group, version, template, infra }: Found): Step {
  const spec: Record<string, unknown> = { version };
  const diff: Step['diff'][number][] = [];
  const at = 'spec.template.spec';
  if (version !== group.version) diff.push({ path: `${at}.version`, from: group.version, to: version });
  if (template) {
    spec['bootstrap'] = { configRef: { name: template.name } };
    diff.push({ path: `${at}.bootstrap.configRef.name`, from: group.bootstrapTemplate, to: template.name });
  }
  if (infra !== undefined) {
    spec['infrastructureRef'] = { name: infra };
    diff.push({ path: `${at}.infrastructureRef.name`, from: group.infraTemplate, to: infra });
  }
  return mergeStep(
    {
      id: `upgrade ${group.name}`,
      title: `Let ${group.name} be of ${version}`,
      why: 'version and templates in one write: two would replace every machine twice',
    },
    group.object,
    { spec: { template: { spec } } },
    diff,
  );
}

function draft(world: World, found: Found): Plan {
  const { group, version, says, template } = found;
  const steps: Step[] = [];
  if (template && !template.there) {
    steps.push({
      id: `create ${template.name}`,
      title: `Create KubeadmConfigTemplate ${template.name}`,
      why: 'templates do not change: another content needs another one',
      write: { verb: 'create', kind: 'bootstrapTemplate', name: template.name, body: template.made.body },
      diff: template.made.diff,
    });
  }
  steps.push(swapOf(found));
  return {
    title: `Upgrade ${group.name} from ${group.version ?? '?'} to ${version}`,
    checks: [
      checkOfStep(group.version, version),
      checkOfPlane(world, group, version),
      check('kubelet patch', says),
      ...(template?.there
        ? [check('template', `${template.name} is there already with this content and is used`)]
        : []),
      ...checksOfRollout(world, { ...group, version }),
    ],
    steps,
    expected: [...saysOfRollout(world, group), { text: 'Local data of the hosts is not kept', tone: 'bad' }],
    severity: 'destructive',
    confirm: [group.name],
    undo: 'It cannot be taken back: its control plane is ahead already',
    memo: { ...memoOfRollout(group, steps), version, from: group.version ?? '', template: template?.name ?? '' },
  };
}

/** The operation. */
export const upgradeWorkers = defineOperation<Found>({
  id: 'upgrade-workers',
  title: 'Upgrade',
  about: 'Bring a group to the Kubernetes version of its control plane',
  on: ['deployment'],
  many: false,
  fields: [
    { name: 'version', flag: 'kubernetes', title: 'Kubernetes version', kind: 'text', initial: planeVersion },
    {
      name: 'template',
      title: 'Name of a new bootstrap template, where one is needed',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
    {
      name: 'infra',
      title: 'Another BaremetalMachineTemplate of the same pool',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
  ],
  kinds: [...rolloutKinds, 'bootstrapTemplate'],
  needs(world, request) {
    const group = request.targets[0] && groupOf(world, request.targets[0]);
    const old = group?.bootstrapTemplate;
    if (!group || old === undefined) return [];
    const name = defaultName(group, request);
    const known = world.fleet.bootstrapTemplates.list.some((each) => each.name === name);
    return [...new Set([old, ...(known ? [name] : [])])].map((each) => ({ kind: 'bootstrapTemplate', name: each }));
  },
  offer: (world, [target]) => rolloutProblem(world, target && groupOf(world, target)),
  examine(world, request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, request, group) : refused('the group is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  turns: turnsOfRollout,
  done: (world, sent: Sent) =>
    doneWithRollout(world, sent, (group) => {
      const template = textIn(sent.memo, 'template');
      if (group.version !== textIn(sent.memo, 'version')) return group.version ?? 'no version';
      return !template || group.bootstrapTemplate === template
        ? undefined
        : `template ${group.bootstrapTemplate ?? '?'}`;
    }),
});

/** The version its control plane has. */
function planeVersion(world: World, [target]: Request['targets']): string {
  const group = target && groupOf(world, target);
  return planeOf(world.fleet, group?.cluster)?.version ?? '';
}
