/**
 * Give a MachineDeployment another bootstrap template: written out, edited, created under a new name and swapped in
 * (domain §6.6). A template is never edited in place: machines that run would not follow, new ones would.
 */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { minorOf } from '../domain/forecast/versions.ts';
import { at, get, list, rec, str } from '../domain/read.ts';
import type { Check, Plan, Raw, Request, Sent, Step, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { groupOf, textIn } from './find.ts';
import { kubeadmMisfit } from './kubeadm-fields.ts';
import {
  checksOfRollout,
  doneWithRollout,
  memoOfRollout,
  rolloutKinds,
  rolloutProblem,
  saysOfRollout,
  turnsOfRollout,
} from './rollout.ts';
import { cleaned, differences, documentOf, nameIn, nextName, objectOf } from './template-document.ts';
import { entered, nameProblem } from './values.ts';
import { mergeStep } from './write.ts';

interface Found {
  group: GroupRow;
  name: string;
  old: Raw;
  body: Raw;
  diff: ReturnType<typeof differences>;
  /** The template is there already, of the same content: left by a swap that did not come through. */
  there: boolean;
}

const KUBELET_PATCH = '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json';

function templateOf(world: World, group: GroupRow | undefined): Raw | undefined {
  const name = group?.bootstrapTemplate;
  return name === undefined ? undefined : (world.raw.get(keyOf({ kind: 'bootstrapTemplate', name })) ?? undefined);
}

function freeName(world: World, old: string): string {
  return nextName(old, new Set(world.fleet.bootstrapTemplates.list.map(({ name }) => name)));
}

/** The document to begin with: the present template, clean, under the next name. */
function initialDocument(world: World, group: GroupRow | undefined): string {
  const raw = templateOf(world, group);
  if (!raw || group?.bootstrapTemplate === undefined) return '';
  return documentOf(cleaned(raw, freeName(world, group.bootstrapTemplate), world.namespace));
}

function examine(world: World, request: Request, group: GroupRow): Found | Refusal {
  const old = templateOf(world, group);
  if (!old || group.bootstrapTemplate === undefined)
    return refused(`the bootstrap template of ${group.name} does not exist`);
  if (entered(request, 'document') === '' && entered(request, 'name') !== '') {
    return examineThere(world, entered(request, 'name'), group, old);
  }
  const object = objectOf(entered(request, 'document'));
  if (typeof object === 'string') return refused(object);
  const kind = get(object, 'kind');
  if (kind !== 'KubeadmConfigTemplate')
    return refused(`the document is a ${String(kind).slice(0, 60)}, not a KubeadmConfigTemplate`);
  if (get(object, 'apiVersion') !== get(old, 'apiVersion')) {
    return refused(
      `the document is of ${String(get(object, 'apiVersion')).slice(0, 80)}, the present one of ${String(get(old, 'apiVersion'))}`,
    );
  }
  const extra = Object.keys(object).find((key) => !['apiVersion', 'kind', 'metadata', 'spec', 'status'].includes(key));
  if (extra !== undefined) return refused(`${extra.slice(0, 60)} is not a field of a KubeadmConfigTemplate`);
  const name = entered(request, 'name') || (nameIn(object) ?? '');
  const problem = nameProblem(name);
  if (problem !== undefined) return refused(problem);
  const version = String(get(object, 'apiVersion')).split('/').at(-1) ?? '';
  const odd = oddKey(get(object, 'spec')) ?? kubeadmMisfit(rec(at(object, 'spec', 'template', 'spec')), version);
  if (odd !== undefined) return refused(odd);
  const body = cleaned(object, name, world.namespace);
  const diff = differences(old, body);
  const known = world.fleet.bootstrapTemplates.list.find((each) => each.name === name);
  if (known && (known.deleting !== undefined || !sameContent(world, name, body))) {
    return refused(`${name} exists already: a template is never changed in place`);
  }
  return diff.length === 0
    ? refused('nothing is changed')
    : { group, name, old, body, diff, there: known !== undefined };
}

/** A template that is there already, by its name alone: one that was used before, or that a broken-off run has made. */
function examineThere(world: World, name: string, group: GroupRow, old: Raw): Found | Refusal {
  const problem = nameProblem(name);
  if (problem !== undefined) return refused(problem);
  if (name === group.bootstrapTemplate) return refused(`${group.name} uses ${name} already`);
  const known = world.fleet.bootstrapTemplates.list.find((each) => each.name === name);
  const body = world.raw.get(keyOf({ kind: 'bootstrapTemplate', name }));
  if (!known || !body) return refused(`there is no KubeadmConfigTemplate ${name}: without a document it must be there`);
  if (known.deleting !== undefined) return refused(`${name} is being deleted`);
  return { group, name, old, body, diff: differences(old, body), there: true };
}

/** Whether the template of a name, as it was read, holds what is to be written. */
function sameContent(world: World, name: string, body: Raw): boolean {
  const raw = world.raw.get(keyOf({ kind: 'bootstrapTemplate', name }));
  return raw !== undefined && raw !== null && differences(raw, body).length === 0;
}

/** The name a request gives the new template, where it can be read. */
function wantedName(request: Request): string | undefined {
  const object = objectOf(entered(request, 'document'));
  return entered(request, 'name') || (typeof object === 'string' ? undefined : nameIn(object));
}

/** What stands around `spec.template.spec` that does not belong there. */
function oddKey(spec: unknown): string | undefined {
  const key = Object.keys(rec(spec)).find((each) => each !== 'template');
  if (key !== undefined) return `spec.${key.slice(0, 60)} is not a field`;
  const inner = Object.keys(rec(get(spec, 'template'))).find((each) => each !== 'spec' && each !== 'metadata');
  if (inner !== undefined) return `spec.template.${inner.slice(0, 60)} is not a field`;
  return at(spec, 'template', 'spec') === undefined ? 'spec.template.spec is missing' : undefined;
}

/** From 1.35 on kubelets must not verify image credentials; before, they do not know the field. */
function checkOfKubeletPatch(body: Raw, version: string | undefined): Check {
  const minor = minorOf(version)?.minor;
  const title = 'kubelet patch';
  if (minor === undefined) return check(title, 'the version is not known', 'block');
  const file = list(at(body, 'spec', 'template', 'spec', 'files')).find((item) => get(item, 'path') === KUBELET_PATCH);
  if (file !== undefined && get(file, 'content') === undefined) {
    return check(title, 'its content comes from a Secret and is not looked at', 'warn');
  }
  const has = /"imagePullCredentialsVerificationPolicy"\s*:\s*"NeverVerify"/.test(text(get(file, 'content')));
  if (minor >= 35 && !has)
    return check(
      title,
      `${version} needs imagePullCredentialsVerificationPolicy: NeverVerify in ${KUBELET_PATCH}`,
      'block',
    );
  if (minor < 35 && text(get(file, 'content')).includes('imagePullCredentialsVerificationPolicy')) {
    return check(title, `kubelets of ${version} do not know imagePullCredentialsVerificationPolicy`, 'block');
  }
  return check(title, minor >= 35 ? 'image credentials are not verified' : `not needed by ${version}`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Fields the provider fills in by itself. */
function prefilled(body: Raw): string[] {
  const spec = at(body, 'spec', 'template', 'spec');
  return ['initConfiguration', 'joinConfiguration'].flatMap((part) => {
    const registration = at(spec, part, 'nodeRegistration');
    const args = get(registration, 'kubeletExtraArgs');
    const named = (key: string) => get(args, key) ?? list(args).find((item) => get(item, 'name') === key);
    return [
      ...(str(get(registration, 'criSocket')) ? [`${part}.nodeRegistration.criSocket`] : []),
      ...(str(get(registration, 'name')) ? [`${part}.nodeRegistration.name`] : []),
      ...['provider-id', 'hostname-override'].filter((key) => named(key) !== undefined).map((key) => `${part} ${key}`),
    ];
  });
}

function draft(world: World, found: Found): Plan {
  const { group, name, body, diff, there } = found;
  const filled = prefilled(body);
  const create: Step[] = [
    {
      id: `create ${name}`,
      title: `Create KubeadmConfigTemplate ${name}`,
      why: 'templates do not change: another content needs another one',
      write: { verb: 'create', kind: 'bootstrapTemplate', name, body } as const,
      diff,
    },
  ];
  const steps = [
    ...(there ? [] : create),
    mergeStep(
      {
        id: `swap ${group.name}`,
        title: `Let ${group.name} use ${name}`,
        why: 'a new template makes its machines anew',
      },
      group.object,
      { spec: { template: { spec: { bootstrap: { configRef: { name } } } } } },
      [{ path: 'spec.template.spec.bootstrap.configRef.name', from: group.bootstrapTemplate, to: name }],
    ),
  ];
  return {
    title: `Give ${group.name} the bootstrap template ${name}`,
    checks: [
      check('schema', 'every field is known to the API'),
      diff.length === 0
        ? check('changes', 'none: machines are made anew with what they have', 'warn')
        : check('changes', diff.length === 1 ? '1 field differs' : `${diff.length} fields differ`),
      ...(there ? [check('template', `${name} is there already with this content and is used`)] : []),
      checkOfKubeletPatch(body, group.version),
      ...(filled.length > 0 ? [check('set by the provider', `${filled.join(', ')}: leave it out`, 'warn')] : []),
      ...checksOfRollout(world, group),
    ],
    steps,
    expected: [...saysOfRollout(world, group), { text: 'Local data of the hosts is not kept', tone: 'bad' }],
    severity: 'destructive',
    confirm: [group.name],
    undo: `Swapping ${group.bootstrapTemplate ?? 'the old one'} back in is another rollout, machine by machine`,
    memo: { ...memoOfRollout(group, steps), template: name, old: group.bootstrapTemplate ?? '' },
  };
}

/** The operation. */
export const bootstrap = defineOperation<Found>({
  id: 'bootstrap',
  title: 'Bootstrap',
  about: 'Change the bootstrap template of a group',
  on: ['deployment'],
  many: false,
  fields: [
    {
      name: 'document',
      title: 'Template',
      kind: 'editor',
      initial: (world, [target]) => initialDocument(world, target && groupOf(world, target)),
    },
    { name: 'name', title: 'Name, where not that in the document', kind: 'text', initial: () => '', optional: true },
  ],
  kinds: [...rolloutKinds, 'bootstrapTemplate'],
  needs(world, request) {
    const [target] = request.targets;
    const old = target && groupOf(world, target)?.bootstrapTemplate;
    const wanted = wantedName(request);
    const known = world.fleet.bootstrapTemplates.list.some(({ name }) => name === wanted);
    const names = new Set([old, known ? wanted : undefined].filter((name) => name !== undefined));
    return [...names].map((name) => ({ kind: 'bootstrapTemplate' as const, name }));
  },
  offer(world, [target]) {
    const group = target && groupOf(world, target);
    const problem = rolloutProblem(world, group);
    if (problem !== undefined) return problem;
    return group?.bootstrapTemplate === undefined ? 'the bootstrap template is not known' : undefined;
  },
  examine(world, request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, request, group) : refused('the group is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  takeBack(world, sent) {
    const [target] = sent.request.targets;
    const [old, template] = [textIn(sent.memo, 'old'), textIn(sent.memo, 'template')];
    const standing = target && template !== undefined && groupOf(world, target)?.bootstrapTemplate === template;
    if (!standing || !old) return undefined;
    return { operation: 'bootstrap', targets: [target], values: { document: '', name: old } };
  },
  // Its document holds what no journal keeps; the template that was made of it is there.
  rest(world, sent) {
    const template = textIn(sent.memo, 'template');
    const there = world.fleet.bootstrapTemplates.list.some(({ name }) => name === template);
    if (template === undefined || !there || !sent.written.includes(`create ${template}`)) return undefined;
    return { operation: 'bootstrap', targets: sent.request.targets, values: { document: '', name: template } };
  },
  turns: turnsOfRollout,
  done: (world, sent: Sent) =>
    doneWithRollout(world, sent, ({ bootstrapTemplate }) =>
      bootstrapTemplate === textIn(sent.memo, 'template') ? undefined : `template ${bootstrapTemplate ?? '?'}`,
    ),
});
