import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bootstrap } from '../../src/operations/bootstrap.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, worldOf } from './support/world.ts';

const workers = ref('MachineDeployment', 'workers');
const token = 'abcdef.0123456789abcdef';
const whole = {
  apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1',
  kind: 'KubeadmConfigTemplate',
  metadata: {
    name: 'workers-bootstrap',
    namespace: 'cpaas-system',
    uid: 'KubeadmConfigTemplate/workers-bootstrap',
    resourceVersion: '9',
    generation: 3,
    creationTimestamp: make.at(0),
    managedFields: [{ manager: 'kubectl' }],
    ownerReferences: [make.owner('Cluster', 'prod')],
    labels: { team: 'a' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', keep: 'me' },
  },
  spec: {
    template: {
      spec: {
        preKubeadmCommands: ['echo one'],
        files: [{ path: '/etc/kubernetes/pki/x.key', content: 'secret-one', permissions: '0600' }],
        joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { 'node-labels': 'a=b' } } },
      },
    },
  },
  status: {},
};
const raws = workerFleet().map((raw) => (raw['kind'] === 'KubeadmConfigTemplate' ? whole : raw));
const read = (fleet: make.Raw[] = raws) => reading(fleet, 'workers-bootstrap');
const initial = bootstrap.fields[0]!.initial(read(), [workers]);
const give = (document: string, name?: string) =>
  ask(bootstrap, [workers], { document, ...(name === undefined ? {} : { name }) });
const edited = initial.replace('echo one', 'echo two');

it('begins with the present template, clean and under the next name', () => {
  expect(parse(initial)).toEqual({
    apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1',
    kind: 'KubeadmConfigTemplate',
    metadata: {
      name: 'workers-bootstrap-2',
      namespace: 'cpaas-system',
      labels: { team: 'a' },
      annotations: { keep: 'me' },
    },
    spec: whole.spec,
  });
  const taken = [...raws, make.bootstrapTemplate('workers-bootstrap-2')];
  expect(bootstrap.fields[0]?.initial(read(taken), [workers])).toContain('name: workers-bootstrap-3');
  expect(bootstrap.fields[0]?.initial(worldOf(raws), [workers])).toBe('');
  expect(bootstrap.needs?.(worldOf(raws), give(edited))).toEqual([
    { kind: 'bootstrapTemplate', name: 'workers-bootstrap' },
  ]);
});

describe('refusals', () => {
  const deep = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
    .map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdef'[at]}`).join(',')}]`)
    .join('\n')}`;
  it.each([
    ['an empty document', ' ', 'the document is empty'],
    ['nothing changed', initial, 'nothing is changed'],
    ['what is not YAML', 'a: [', 'is not YAML'],
    ['a key twice', `${initial}kind: X\n`, 'is not YAML'],
    ['a list', '- a', 'is not an object'],
    ['a bomb', deep, 'unfolds into too much'],
    ['another kind', edited.replace('KubeadmConfigTemplate', 'ConfigMap'), 'is a ConfigMap'],
    ['another version', edited.replace('v1beta1', 'v1beta2'), 'the present one of'],
    ['a bad name', edited.replace('workers-bootstrap-2', 'Bad_Name'), 'is not a name'],
    ['a name that is taken', edited.replace('workers-bootstrap-2', 'workers-bootstrap'), 'exists already'],
    [
      'an unknown field',
      edited.replace('preKubeadmCommands', 'preKubeadmComands'),
      'spec.template.spec.preKubeadmComands is not a field',
    ],
    [
      'a field in the wrong place',
      edited.replace('  template:', '  other: 1\n  template:'),
      'spec.other is not a field',
    ],
    [
      'a wrong type',
      edited.replace('permissions: "0600"', 'permissions: 600'),
      'files[0].permissions must be a string',
    ],
  ])('refuses %s', (_what, document, why) => {
    expect(bootstrap.refuse(read(), give(document))).toContain(why);
  });

  it('wants the kubelet patch from 1.35 on, and not before', () => {
    const patch = (fleet: make.Raw[], content: string) =>
      bootstrap.refuse(
        read(fleet),
        give(
          edited
            .replace('/etc/kubernetes/pki/x.key', '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json')
            .replace('secret-one', content),
        ),
      );
    const never = `'{"imagePullCredentialsVerificationPolicy": "NeverVerify"}'`;
    expect(patch(raws, never)).toContain('kubelets of v1.33.7-2 do not know');
    const path = ['spec', 'template', 'spec', 'version'];
    const next = changed(
      changed(raws, 'MachineDeployment', 'workers', path, 'v1.35.6-acp.1'),
      'MachineSet',
      'workers-abc',
      path,
      'v1.35.6-acp.1',
    );
    expect(bootstrap.refuse(read(next), give(edited))).toContain(
      'v1.35.6-acp.1 needs imagePullCredentialsVerificationPolicy',
    );
  });
});

it('creates, then swaps; shows what differs, but no secret', () => {
  const request = give(
    edited.replace('secret-one', 'secret-two').replace('a=b', `a=b,join=${token}`),
    'workers-boot-9',
  );
  const plan = bootstrap.plan(read(), request);
  const [create, swap] = plan.steps;
  expect(create?.write).toMatchObject({
    verb: 'create',
    kind: 'bootstrapTemplate',
    name: 'workers-boot-9',
    body: {
      metadata: { name: 'workers-boot-9', namespace: 'cpaas-system' },
      spec: { template: { spec: { preKubeadmCommands: ['echo two'], files: [{ content: 'secret-two' }] } } },
    },
  });
  expect(create?.write.verb === 'create' && Object.keys(create.write.body)).toEqual([
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ]);
  expect(swap?.write).toMatchObject({
    type: 'merge',
    body: {
      spec: { template: { spec: { bootstrap: { configRef: { name: 'workers-boot-9' } } } } },
      metadata: { uid: 'MachineDeployment/workers', resourceVersion: '1' },
    },
  });
  expect(create?.diff.map(({ path }) => path)).toEqual([
    'spec.template.spec.preKubeadmCommands[0]',
    'spec.template.spec.files[0].content',
    'spec.template.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs.node-labels',
  ]);
  const shown = JSON.stringify(create?.diff);
  expect(shown).toContain('echo two');
  expect(shown).not.toContain('secret-');
  expect(shown).not.toContain(token);

  const sent = sentOf(request, plan);
  expect(JSON.stringify(plan.memo)).not.toContain('secret');
  expect(lines(bootstrap, read(), sent)[1]).toMatch(/^now Seen/);
  const path = ['spec', 'template', 'spec', 'bootstrap', 'configRef', 'name'];
  const now = changed(raws, 'MachineDeployment', 'workers', path, 'workers-boot-9');
  expect(lines(bootstrap, read(now), sent)[1]).toBe('done Seen by its controller');
});

it('uses a template of that name that holds the same already, and no other', () => {
  const there = (content: object) => {
    const fleet = [
      ...raws,
      { ...whole, ...content, metadata: { ...whole.metadata, name: 'workers-bootstrap-2', uid: 'two' } },
    ];
    return reading(fleet, 'workers-bootstrap', 'workers-bootstrap-2');
  };
  const same = there({ spec: parse(edited).spec });
  expect(bootstrap.plan(same, give(edited)).steps.map(({ id }) => id)).toEqual(['swap workers']);
  expect(bootstrap.refuse(there({}), give(edited))).toContain('exists already');
});

it('warns of what the provider fills in by itself', () => {
  const filled = edited.replace('node-labels', 'provider-id');
  expect(bootstrap.plan(read(), give(filled)).checks).toContainEqual({
    result: 'warn',
    title: 'set by the provider',
    figure: 'joinConfiguration provider-id: leave it out',
  });
});

describe('a template that is there, by its name alone', () => {
  const other = { ...whole, spec: parse(edited).spec, metadata: { ...whole.metadata, name: 'boot-b', uid: 'b' } };
  const fleet = [...raws, other];
  const both = (of: make.Raw[] = fleet) => reading(of, 'workers-bootstrap', 'boot-b');
  const path = ['spec', 'template', 'spec', 'bootstrap', 'configRef', 'name'];

  it('is swapped in, with what differs', () => {
    expect(bootstrap.needs?.(worldOf(fleet), give('', 'boot-b'))).toContainEqual({
      kind: 'bootstrapTemplate',
      name: 'boot-b',
    });
    const plan = bootstrap.plan(both(), give('', 'boot-b'));
    expect(plan.steps.map(({ id }) => id)).toEqual(['swap workers']);
    expect(plan.checks).toContainEqual({ result: 'pass', title: 'changes', figure: '1 field differs' });
  });

  it.each([
    ['nothing', '', 'the document is empty'],
    ['one in use', 'workers-bootstrap', 'workers uses workers-bootstrap already'],
    ['one that is not there', 'boot-c', 'there is no KubeadmConfigTemplate boot-c'],
    ['what is no name', 'Boot', 'is not a name'],
  ])('refuses %s', (_what, name, why) => {
    expect(bootstrap.refuse(both(), give('', name))).toContain(why);
  });

  it('is the way back, and the rest of what was broken off', () => {
    const request = give(edited, 'boot-b');
    const sent = sentOf(request, bootstrap.plan(read(), request));
    const swapped = worldOf(changed(fleet, 'MachineDeployment', 'workers', path, 'boot-b'));
    expect(bootstrap.takeBack?.(swapped, sent)?.values).toEqual({ document: '', name: 'workers-bootstrap' });
    const half = { ...sent, written: ['create boot-b'] };
    expect(bootstrap.takeBack?.(worldOf(fleet), half)).toBeUndefined();
    expect(bootstrap.rest?.(worldOf(fleet), half)?.values).toEqual({ document: '', name: 'boot-b' });
    // Somebody has deleted it, or it was never made: there is nothing to go on with.
    expect(bootstrap.rest?.(worldOf(raws), half)).toBeUndefined();
    expect(bootstrap.rest?.(worldOf(fleet), { ...sent, written: [] })).toBeUndefined();
  });
});
