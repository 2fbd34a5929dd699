/** The writes of an upgrade: the network plugin, the control plane, the workers. */
import { describe, expect, it } from 'vitest';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import { projectAppRelease } from '../../src/domain/project/app-release.ts';
import { projectDaemonSet } from '../../src/domain/project/daemon-set.ts';
import type { Workload } from '../../src/domain/workload.ts';
import type { Operation, World } from '../../src/operations/contract.ts';
import { kubeOvn } from '../../src/operations/kube-ovn.ts';
import { KUBELET_PATCH } from '../../src/operations/kubelet-patch.ts';
import { upgradeControlPlane } from '../../src/operations/upgrade-control-plane.ts';
import { upgradeWorkers } from '../../src/operations/upgrade-workers.ts';
import * as make from '../domain/fixtures.ts';
import { rawDaemonSet } from '../domain/workloads.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, warnings, withObject } from './support/world.ts';

const plane = ref('KubeadmControlPlane', 'control-plane');
const workers = ref('MachineDeployment', 'workers');
const cluster = ref('Cluster', 'prod');
const psa = { path: '/etc/kubernetes/admission/psa-config.yaml', content: 'kind: AdmissionConfiguration\n' };
const patchFile = (content: Record<string, unknown>) => ({
  path: KUBELET_PATCH,
  owner: 'root:root',
  permissions: '0644',
  content: JSON.stringify(content),
});
const plain = patchFile({ kind: 'KubeletConfiguration', protectKernelDefaults: true });
const set = patchFile({ protectKernelDefaults: true, imagePullCredentialsVerificationPolicy: 'NeverVerify' });
const FOLDER = { patches: { directory: '/etc/kubernetes/patches' } };

const images = Object.fromEntries(
  ['v1.33.7-2', 'v1.33.7-3', 'v1.34.5', 'v1.34.5-1', 'v1.35.6-acp.1'].map((key) => [key, `registry/base:${key}`]),
);

/** The fleet with a control plane of a version and of these files. */
function fleet(version = 'v1.33.7-2', files: unknown[] = [psa, plain], joins: object = FOLDER): make.Raw[] {
  const config = {
    files,
    clusterConfiguration: { dns: { imageTag: '1.12.4-v4.2.7' }, etcd: { local: { imageTag: 'v3.5.25' } } },
    initConfiguration: joins,
    joinConfiguration: joins,
  };
  let raws = workerFleet();
  const name = 'control-plane';
  raws = changed(raws, 'KubeadmControlPlane', name, ['spec', 'kubeadmConfigSpec'], config);
  raws = changed(raws, 'KubeadmControlPlane', name, ['spec', 'version'], version);
  raws = changed(raws, 'KubeadmControlPlane', name, ['status', 'version'], version);
  for (const machine of ['c1', 'c2', 'c3']) raws = changed(raws, 'Machine', machine, ['spec', 'version'], version);
  raws = changed(raws, 'ConfigMap', 'elemental-image-catalog', ['data'], images);
  raws = changed(
    raws,
    'KubeadmConfigTemplate',
    'workers-bootstrap',
    ['apiVersion'],
    'bootstrap.cluster.x-k8s.io/v1beta1',
  );
  const bootstrap = { template: { spec: { files: [psa, plain], joinConfiguration: FOLDER } } };
  return changed(raws, 'KubeadmConfigTemplate', 'workers-bootstrap', ['spec'], bootstrap);
}

const world = (raws: make.Raw[] = fleet()) =>
  reading(raws, 'control-plane', 'workers-bootstrap', 'workers-bootstrap-v1-35');
const toPlane = (version: string, coredns = '', etcd = '') =>
  ask(upgradeControlPlane, [plane], { version, coredns, etcd });
const patchOf = (operation: Operation, at: World, request: ReturnType<typeof ask>) => {
  expect(operation.refuse(at, request)).toBeUndefined();
  const write = operation.plan(at, request).steps.at(-1)!.write;
  return write.verb === 'patch' ? write.body : undefined;
};
/** The changes of a JSON patch behind its tests. */
const changesOf = (at: World, version: string, coredns = '', etcd = '') =>
  (
    patchOf(upgradeControlPlane, at, toPlane(version, coredns, etcd)) as readonly {
      op: string;
      path: string;
      value: unknown;
    }[]
  )
    .filter(({ op }) => op !== 'test')
    .map(({ op, path, value }) => [op, path, value]);

/** What the plan says of the images' tags. */
const tagsOf = (version: string, coredns = '', etcd = '') => {
  const at = world();
  const request = toPlane(version, coredns, etcd);
  expect(upgradeControlPlane.refuse(at, request)).toBeUndefined();
  return upgradeControlPlane
    .plan(at, request)
    .checks.flatMap(({ title, result, figure }) =>
      title.startsWith('image tag') ? [`${result} ${title}: ${figure}`] : [],
    );
};

describe('the control plane', () => {
  it('says which image tags stay behind the version, and which go with it', () => {
    expect(tagsOf('v1.34.5')).toEqual([
      'warn image tag of CoreDNS: 1.12.4-v4.2.7 stays; v1.34.5 goes with 1.14.2-v4.3.4 (--coredns)',
      'warn image tag of etcd: v3.5.25 stays; v1.34.5 goes with v3.5.28-260325 (--etcd)',
    ]);
    expect(tagsOf('v1.34.5', '1.14.2-v4.3.4', 'v3.5.28-1')).toEqual([
      'pass image tag of CoreDNS: 1.14.2-v4.3.4',
      'warn image tag of etcd: v3.5.28-1; v1.34.5 goes with v3.5.28-260325 (--etcd)',
    ]);
  });

  it('writes version and tags at once, and leaves every file', () => {
    expect(changesOf(world(), 'v1.34.5', '1.14.2-v4.3.4', 'v3.5.28')).toEqual([
      ['replace', '/spec/version', 'v1.34.5'],
      ['replace', '/spec/kubeadmConfigSpec/clusterConfiguration/dns/imageTag', '1.14.2-v4.3.4'],
      ['replace', '/spec/kubeadmConfigSpec/clusterConfiguration/etcd/local/imageTag', 'v3.5.28'],
    ]);
    expect(upgradeControlPlane.plan(world(), toPlane('v1.34.5')).steps).toHaveLength(1);
  });

  it('makes the parents of a tag that are missing', () => {
    const path = ['spec', 'kubeadmConfigSpec', 'clusterConfiguration'];
    const bare = changed(fleet(), 'KubeadmControlPlane', 'control-plane', path, undefined);
    expect(changesOf(world(bare), 'v1.34.5', '1.14.2', 'v3.5.28').slice(1)).toEqual([
      ['add', '/spec/kubeadmConfigSpec/clusterConfiguration', { dns: { imageTag: '1.14.2' } }],
      ['add', '/spec/kubeadmConfigSpec/clusterConfiguration/etcd', { local: { imageTag: 'v3.5.28' } }],
    ]);
  });

  const to135 = (files: unknown[], joins: object = FOLDER) =>
    changesOf(world(fleet('v1.34.5', files, joins)), 'v1.35.6-acp.1').slice(1);

  it('puts the kubelet patch in from 1.35 on, whatever else the file holds', () => {
    const [change, ...more] = to135([psa, plain]);
    expect(more).toEqual([]);
    expect(change?.slice(0, 2)).toEqual(['replace', '/spec/kubeadmConfigSpec/files/1/content']);
    expect(JSON.parse(String(change?.[2]))).toEqual({
      kind: 'KubeletConfiguration',
      protectKernelDefaults: true,
      imagePullCredentialsVerificationPolicy: 'NeverVerify',
    });
    expect(to135([psa, set])).toEqual([]);
  });

  it('adds the file where there is none, and lets kubeadm look for it', () => {
    const changes = to135([psa], {});
    expect(changes.map(([op, path]) => [op, path])).toEqual([
      ['add', '/spec/kubeadmConfigSpec/files/-'],
      ['add', '/spec/kubeadmConfigSpec/initConfiguration/patches'],
      ['add', '/spec/kubeadmConfigSpec/joinConfiguration/patches'],
    ]);
    expect(changes[0]?.[2]).toMatchObject({ path: KUBELET_PATCH, permissions: '0644' });
  });

  it('reads and writes a file in base64', () => {
    const file = { ...plain, encoding: 'base64', content: Buffer.from(plain.content).toString('base64') };
    const [change] = to135([file]);
    expect(JSON.parse(Buffer.from(String(change?.[2]), 'base64').toString())).toMatchObject({
      protectKernelDefaults: true,
      imagePullCredentialsVerificationPolicy: 'NeverVerify',
    });
  });

  it('takes the field out before 1.35', () => {
    const changes = changesOf(world(fleet('v1.33.7-2', [set])), 'v1.34.5').slice(1);
    expect(changes.map(([op, path]) => [op, path])).toEqual([['replace', '/spec/kubeadmConfigSpec/files/0/content']]);
    expect(JSON.parse(String(changes[0]?.[2]))).toEqual({ protectKernelDefaults: true });
  });

  it.each<[string, make.Raw[], string, string]>([
    ['two minors at once', fleet(), 'v1.35.6-acp.1', 'are 2 minor versions: it goes one at a time'],
    ['an older version', fleet('v1.34.5'), 'v1.33.7-3', 'versions are never patched back'],
    ['an older build', fleet('v1.33.7-3'), 'v1.33.7-2', 'versions are never patched back'],
    ['no version', fleet(), '1.34', 'is not a Kubernetes version'],
    ['what is there', fleet(), 'v1.33.7-2', 'asks for all of this already'],
    ['a version without image', fleet(), 'v1.34.5-9', 'v1.34.5-9 is not in the catalog'],
    [
      'a patch from a Secret',
      fleet('v1.34.5', [{ path: KUBELET_PATCH, contentFrom: { secret: { name: 'x' } } }]),
      'v1.35.6-acp.1',
      'comes from a Secret',
    ],
    [
      'a patch that is no JSON',
      fleet('v1.34.5', [{ path: KUBELET_PATCH, content: 'a: b' }]),
      'v1.35.6-acp.1',
      'is not a JSON object',
    ],
    ['a patch appended', fleet('v1.34.5', [{ ...plain, append: true }]), 'v1.35.6-acp.1', 'is appended'],
    ['a patch there twice', fleet('v1.34.5', [plain, plain]), 'v1.35.6-acp.1', 'is there 2 times'],
    [
      'another folder of patches',
      fleet('v1.34.5', [plain], { patches: { directory: '/opt' } }),
      'v1.35.6-acp.1',
      'takes its patches from /opt',
    ],
    [
      'a surge',
      changed(
        fleet(),
        'KubeadmControlPlane',
        'control-plane',
        ['spec', 'rolloutStrategy', 'rollingUpdate', 'maxSurge'],
        1,
      ),
      'v1.34.5',
      'maxSurge: 1',
    ],
    [
      'one being deleted',
      changed(fleet(), 'Machine', 'c2', ['metadata', 'deletionTimestamp'], make.at(9)),
      'v1.34.5',
      'c2 is being deleted',
    ],
    [
      'workers four minors behind',
      changed(fleet(), 'MachineDeployment', 'workers', ['spec', 'template', 'spec', 'version'], 'v1.30.1'),
      'v1.34.5',
      'v1.30.1 is too old for v1.34.5',
    ],
  ])('refuses %s', (_what, raws, version, why) => {
    expect(upgradeControlPlane.refuse(world(raws), toPlane(version))).toContain(why);
  });

  it('warns of a build that Cluster API takes for older, and of workers that cannot be made meanwhile', () => {
    const plan = upgradeControlPlane.plan(world(fleet('v1.34.5')), toPlane('v1.34.5-1'));
    expect(warnings(plan)).toEqual(
      expect.arrayContaining([
        'version: v1.34.5 to v1.34.5-1; Cluster API takes v1.34.5-1 for the lower one, as a prerelease',
        'machines of workers: none can be made until it follows: v1.33.7-2 cannot join v1.34.5-1 (KubeadmVersionSkew)',
      ]),
    );
  });

  const request = toPlane('v1.34.5', '1.14.2', 'v3.5.28');
  const sent = sentOf(request, upgradeControlPlane.plan(world(), request));
  /** Written, with these machines of the new version. */
  const written = (...fresh: string[]) => {
    let raws = changed(fleet(), 'KubeadmControlPlane', 'control-plane', ['spec', 'version'], 'v1.34.5');
    for (const name of fresh) raws = changed(raws, 'Machine', name, ['spec', 'version'], 'v1.34.5');
    return raws;
  };

  it('is taken back until the first machine of the new version is there', () => {
    const going = changed(written(), 'Machine', 'c1', ['metadata', 'deletionTimestamp'], make.at(9));
    const back = upgradeControlPlane.takeBack?.(world(going), sent);
    expect(back?.values).toEqual({ version: 'v1.33.7-2', coredns: '1.12.4-v4.2.7', etcd: 'v3.5.25' });
    expect(upgradeControlPlane.refuse(world(going), back!)).toBeUndefined();
    const plan = upgradeControlPlane.plan(world(going), back!);
    expect(plan.title).toBe('Take control-plane back from v1.34.5 to v1.33.7-2');
    const after = sentOf(back!, plan);
    expect(lines(upgradeControlPlane, world(), after).at(-1)).toBe('done v1.33.7-2 asked for again');
    expect(upgradeControlPlane.takeBack?.(world(written('c1')), sent)).toBeUndefined();
    expect(upgradeControlPlane.refuse(world(written('c1')), back!)).toContain(
      'c1 is of v1.34.5 already: from there on forward only',
    );
    expect(upgradeControlPlane.takeBack?.(world(), sent)).toBeUndefined();
  });

  it('is not taken back once a machine of the version stands, though all is at rest', () => {
    const raws = written('c1', 'c2', 'c3');
    expect(upgradeControlPlane.refuse(world(raws), toPlane('v1.33.7-2'))).toContain('versions are never patched back');
  });

  it('is done when all machines are anew and the control plane says so', () => {
    let raws = written();
    for (const n of [1, 2, 3]) {
      raws = withObject(raws, 'Machine', `c${n}`, () => make.controlPlaneMachine(`n${n}`, 'Running'));
      raws = withObject(raws, 'BaremetalMachine', `c${n}`, () =>
        make.bmm(`n${n}`, `p${n}`, 'Running', { pool: 'cp-pool' }),
      );
    }
    expect(lines(upgradeControlPlane, world(raws), sent).at(-1)).toBe(
      'now Control plane is of v1.34.5 (its lowest version is v1.33.7-2)',
    );
    raws = changed(raws, 'KubeadmControlPlane', 'control-plane', ['status', 'version'], 'v1.34.5');
    expect(upgradeControlPlane.done(world(raws), sent).outcome).toBe('done');
  });
});

describe('the workers', () => {
  const toWorkers = (version: string, more: Record<string, string> = {}) =>
    ask(upgradeWorkers, [workers], { version, ...more });

  it('follow their control plane in one write', () => {
    expect(patchOf(upgradeWorkers, world(fleet('v1.34.5')), toWorkers('v1.34.5'))).toEqual({
      metadata: { uid: 'MachineDeployment/workers', resourceVersion: '1' },
      spec: { template: { spec: { version: 'v1.34.5' } } },
    });
  });

  it('follow it with a machine less, where that cannot come as they are', () => {
    let raws = fleet('v1.34.5').filter(
      ({ kind, metadata }) => !/Machine$/.test(String(kind)) || (metadata as { name: string }).name !== 'w3',
    );
    const figures = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
    for (const [figure, value] of Object.entries(figures)) {
      raws = changed(raws, 'MachineDeployment', 'workers', ['status', figure], value);
      raws = changed(raws, 'MachineSet', 'workers-abc', ['status', figure], value);
    }
    expect(upgradeWorkers.refuse(world(raws), toWorkers('v1.34.5'))).toBeUndefined();
    const { expected } = upgradeWorkers.plan(world(raws), toWorkers('v1.34.5'));
    expect(expected.slice(0, 3).map(({ text }) => text)).toEqual([
      'All 2 machines of workers are replaced, 1 at a time: one goes before one comes',
      '1 machine it lacks may come now, before any goes',
      expect.stringContaining('goes next'),
    ]);
    const managed = changed(raws, 'BaremetalCluster', 'prod', ['spec', 'networkType'], 'kube-ovn');
    expect(kubeOvn.refuse(world(managed), ask(kubeOvn, [cluster], { revision: 'v4.3.3' }))).toBeUndefined();
    // While it is of the minor of its control plane, what it lacks comes by itself.
    const alike = ['KubeadmControlPlane', 'control-plane'] as const;
    const back = changed(
      changed(raws, ...alike, ['spec', 'version'], 'v1.33.7-3'),
      ...alike,
      ['status', 'version'],
      'v1.33.7-3',
    );
    expect(upgradeWorkers.refuse(world(back), toWorkers('v1.33.7-3'))).toContain('wait until both agree');
  });

  const at134 = changed(
    fleet('v1.35.6-acp.1'),
    'MachineDeployment',
    'workers',
    ['spec', 'template', 'spec', 'version'],
    'v1.34.5',
  );
  const set134 = changed(at134, 'MachineSet', 'workers-abc', ['spec', 'template', 'spec', 'version'], 'v1.34.5');

  it('get a new bootstrap template where kubelets need another patch', () => {
    const plan = upgradeWorkers.plan(world(set134), toWorkers('v1.35.6-acp.1'));
    expect(plan.steps.map(({ id }) => id)).toEqual(['create workers-bootstrap-v1-35', 'upgrade workers']);
    const [create, swap] = plan.steps.map(({ write }) => write);
    expect(create).toMatchObject({
      verb: 'create',
      kind: 'bootstrapTemplate',
      body: { metadata: { name: 'workers-bootstrap-v1-35' } },
    });
    const { files } = (
      create as unknown as { body: { spec: { template: { spec: { files: { content: string }[] } } } } }
    ).body.spec.template.spec;
    expect(files[0]).toEqual(psa);
    expect(JSON.parse(files[1]!.content)).toHaveProperty('imagePullCredentialsVerificationPolicy', 'NeverVerify');
    expect(swap).toMatchObject({
      body: {
        spec: {
          template: {
            spec: { version: 'v1.35.6-acp.1', bootstrap: { configRef: { name: 'workers-bootstrap-v1-35' } } },
          },
        },
      },
    });
  });

  it('use a template of the same content that a broken-off write has left, and no other', () => {
    const { steps } = upgradeWorkers.plan(world(set134), toWorkers('v1.35.6-acp.1'));
    const { body } = steps[0]!.write as { body: make.Raw };
    const left = {
      ...body,
      metadata: { ...(body['metadata'] as object), uid: 'KubeadmConfigTemplate/left', resourceVersion: '4' },
    };
    const plan = upgradeWorkers.plan(world([...set134, left]), toWorkers('v1.35.6-acp.1'));
    expect(plan.steps.map(({ id }) => id)).toEqual(['upgrade workers']);
    const other = { ...left, spec: { template: { spec: { files: [psa] } } } };
    expect(upgradeWorkers.refuse(world([...set134, other]), toWorkers('v1.35.6-acp.1'))).toContain(
      'holds something else',
    );
  });

  it.each<[string, make.Raw[], Record<string, string>, string]>([
    [
      'to go ahead of the control plane',
      fleet(),
      { version: 'v1.34.5' },
      'control plane: control-plane is of v1.33.7-2',
    ],
    [
      'while the control plane is on its way',
      changed(fleet('v1.34.5'), 'KubeadmControlPlane', 'control-plane', ['status', 'version'], 'v1.33.7-2'),
      { version: 'v1.34.5' },
      'control plane: control-plane is of v1.33.7-2',
    ],
    [
      'a template of another pool',
      fleet('v1.34.5'),
      { version: 'v1.34.5', infra: 'cp-template' },
      'cp-template points at cp-pool',
    ],
    [
      'a template that is not there',
      fleet('v1.34.5'),
      { version: 'v1.34.5', infra: 'none' },
      'there is no BaremetalMachineTemplate none',
    ],
    ['what is there', fleet(), { version: 'v1.33.7-2' }, 'asks for v1.33.7-2 already'],
    ['the way back', fleet(), { version: 'v1.32.7' }, 'versions are never patched back'],
  ])('refuse %s', (_what, raws, values, why) => {
    expect(upgradeWorkers.refuse(world(raws), ask(upgradeWorkers, [workers], values))).toContain(why);
  });
});

describe('Kube-OVN', () => {
  const network = (raws: make.Raw[], type: string | undefined) =>
    changed(raws, 'BaremetalCluster', 'prod', ['spec', 'networkType'], type);
  const old = changed(fleet(), 'Cluster', 'prod', ['metadata', 'annotations'], {
    'cpaas.io/kube-ovn-version': 'v4.2.24',
  });
  const raws = network(old, 'kube-ovn');
  const to = (revision: string) => ask(kubeOvn, [cluster], { revision });

  /** The world of a cluster that says this of its plugin. */
  const asked = (
    at: make.Raw[],
    phase: string,
    installed: string,
    name = 'acp/chart-cpaas-kube-ovn',
    daemonSets: Workload['daemonSets'] = [],
  ) => {
    const live = { phase: 'live', synced: true } as const;
    const release = projectAppRelease({
      metadata: { name: 'cni-kube-ovn', uid: 'r1' },
      spec: { source: { charts: [{ name, targetRevision: 'v4.3.3' }] } },
      status: {
        phase,
        charts: [{ name, installedRevision: installed }],
        conditions: [make.condition('Sync', 'True'), make.condition('Health', 'True')],
      },
    })!;
    const { index } = make.fleetOf(...at);
    index.setWorkload('prod', {
      cluster: 'prod',
      access: 'open',
      since: 0,
      freshness: { node: live, appRelease: live, daemonSet: live },
      nodes: [],
      releases: [release],
      daemonSets,
    });
    return { ...world(at), fleet: index.snapshot() };
  };

  it('offers the revisions of its own Kubernetes and of where it can go, and says why not the others', () => {
    const choices = kubeOvn.fields[0]!.choices!(world(raws), [cluster]);
    expect(choices.map(({ value, disabled }) => [value, disabled])).toEqual([
      ['v4.2.24', 'asked for already'],
      ['v4.2.26', undefined],
      ['v4.2.33', 'no image of v1.33.7-4 is in the catalog'],
      ['v4.3.3', undefined],
      ['v4.3.5', undefined],
      ['v4.3.11', 'no image of v1.34.5-3 is in the catalog'],
    ]);
    const why = kubeOvn.refuse(world(raws), to(''));
    expect(why).toContain('v4.2.26 (of v4.2.4, for Kubernetes v1.33.7-3), v4.3.3 (of v4.3.0, for Kubernetes v1.34.5)');
    expect(kubeOvn.refuse(world(raws), to('newest'))).toContain('v4.3.5 (of v4.3.1');
  });

  it.each([
    [
      'v4.2.26',
      {},
      /belongs to Kubernetes v1\.33\.7-3, and prod runs v1\.33\.7-2, whose own is v4\.2\.24: right as the first/,
    ],
    ['v4.3.5', {}, /v1\.34\.5-1, and prod runs v1\.33\.7-2.*: right as the first step of that upgrade alone/],
    ['v4.3.5', { towards: 'v1.34.5' }, /right as the first step/],
    ['v4.4.1', {}, /belongs to Kubernetes v1\.35\.6-acp\.1.*no upgrade goes there from v1\.33\.7-2/],
    ['v4.2.15', {}, /belongs to Kubernetes v1\.33\.7-1.*no upgrade goes there/],
    ['v4.9.9', {}, /in no row of it/],
  ])('warns where %s belongs to another version of Kubernetes', (revision, more, says) => {
    const plan = kubeOvn.plan(world(raws), ask(kubeOvn, [cluster], { revision, ...more }));
    expect(warnings(plan)).toEqual([expect.stringMatching(says)]);
  });

  it.each([
    [
      'its own version',
      network(changed(old, 'Cluster', 'prod', ['metadata', 'annotations'], {}), 'kube-ovn'),
      { revision: 'v4.2.24' },
    ],
    ['the version that an upgrade brings next', raws, { revision: 'v4.3.5', towards: 'v1.34.5-1' }],
  ])('does not warn of the revision of %s', (_what, at, values) => {
    expect(warnings(kubeOvn.plan(world(at), ask(kubeOvn, [cluster], values)))).toEqual([]);
  });

  it('judges by rows of the user where there are any', () => {
    const own = {
      ...PUBLISHED[0]!,
      acp: 'v4.2.99',
      kubernetes: 'v1.33.7-2',
      kubeOvn: 'v4.2.77',
      source: 'file' as const,
    };
    const at = { ...world(raws), matrix: [...PUBLISHED, own] };
    expect(warnings(kubeOvn.plan(at, to('v4.2.77')))).toEqual([]);
  });

  it('writes one annotation, and takes it back', () => {
    expect(patchOf(kubeOvn, world(raws), to('v4.3.3'))).toEqual({
      metadata: { annotations: { 'cpaas.io/kube-ovn-version': 'v4.3.3' }, uid: 'Cluster/prod', resourceVersion: '1' },
    });
    const sent = sentOf(to('v4.3.3'), kubeOvn.plan(world(raws), to('v4.3.3')));
    const now = changed(raws, 'Cluster', 'prod', ['metadata', 'annotations', 'cpaas.io/kube-ovn-version'], 'v4.3.3');
    expect(lines(kubeOvn, world(now), sent).slice(-2)).toEqual([
      expect.stringContaining('now AppRelease cni-kube-ovn settled (its AppRelease is not known'),
      'todo DaemonSets not seen',
    ]);
    const held = [projectDaemonSet(rawDaemonSet('kube-ovn-cni', { updatedNumberScheduled: 3 }))!];
    const waiting = asked(now, 'Success', 'v4.3.3', 'acp/chart-cpaas-kube-ovn', held);
    expect(lines(kubeOvn, waiting, sent).slice(-2)).toEqual([
      'done AppRelease cni-kube-ovn settled',
      'now DaemonSets rolled out (kube-ovn-cni 3 of 5 updated)',
    ]);
    expect(kubeOvn.done(waiting, sent).outcome).toBeUndefined();
    expect(kubeOvn.done(asked(now, 'Success', 'v4.3.3'), sent).outcome).toBe('done');
    expect(kubeOvn.done(asked(now, 'Success', 'v4.2.24'), sent).outcome).toBeUndefined();
    expect(kubeOvn.done(asked(now, 'DeployFailed', 'v4.2.24'), sent).outcome).toBe('failed');
    expect(kubeOvn.done(asked(now, 'Success', 'v4.3.3', 'acp/chart-kube-ovn'), sent).outcome).toBe('failed');
    expect(kubeOvn.takeBack?.(world(now), sent)?.values).toEqual({ revision: 'v4.2.24' });
    expect(kubeOvn.takeBack?.(world(raws), sent)).toBeUndefined();
  });

  it.each<[string, make.Raw[], string, string]>([
    ['a network of its own', network(old, 'calico'), 'v4.3.3', 'the provider does not manage it'],
    ['no named network', network(old, undefined), 'v4.3.3', 'is not named'],
    ['what is there', raws, 'v4.2.24', 'asks for v4.2.24 already'],
    ['what is no revision', raws, 'latest', 'is not a revision'],
    [
      'a rollout under way',
      changed(raws, 'Machine', 'c1', ['metadata', 'deletionTimestamp'], make.at(3)),
      'v4.3.3',
      'control-plane replaces machines',
    ],
  ])('refuses %s', (_what, at, revision, why) => {
    expect(kubeOvn.refuse(world(at), to(revision))).toContain(why);
  });
});
