/** What Cluster API's webhooks fill in and refuse, asked through the API as any client asks. */

import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import type { ClusterApiVersion } from '../../src/simulator/controllers/kinds.ts';
import { webhooks } from '../../src/simulator/webhooks/index.ts';

type Json = Record<string, unknown>;

let transport: Transport;
afterEach(() => transport.close());

function open(clusterApi: ClusterApiVersion = 'v1beta1'): void {
  const api = createApi({ clusterApi, admission: webhooks(clusterApi), namespaces: ['cpaas-system'] });
  transport = apiTransport(api, { user: { name: 'operator', groups: ['system:masters'] } });
}

const pathOf = (group: string, plural: string, name = '', version = 'v1beta1') =>
  `/apis/${group}/${version}/namespaces/cpaas-system/${plural}${name && `/${name}`}`;

const core = 'cluster.x-k8s.io';
const plane = 'controlplane.cluster.x-k8s.io';
const bootstrap = 'bootstrap.cluster.x-k8s.io';
const infra = 'infrastructure.cluster.x-k8s.io';

const create = (group: string, plural: string, kind: string, rest: Json, version = 'v1beta1') =>
  transport.json<Json & { metadata: Json; spec: Json }>({
    method: 'POST',
    path: pathOf(group, plural, '', version),
    body: { apiVersion: `${group}/${version}`, kind, metadata: { name: 'a' }, ...rest },
  });

const patch = (group: string, plural: string, body: Json, suffix = '') =>
  transport.json<Json & { metadata: Json; spec: Json }>({
    method: 'PATCH',
    path: pathOf(group, plural, 'a') + suffix,
    contentType: 'application/merge-patch+json',
    body,
  });

/** What a refused write is told, after the webhook's name and the object's. */
async function refusal(write: Promise<unknown>): Promise<string> {
  const message = await write.then(
    () => 'was let through',
    (error: Error) => error.message,
  );
  return message.replace(/^admission webhook "[^"]+" denied the request: (\S+ "a" is invalid: )?/, '');
}

const bootstrapRef = { apiVersion: `${bootstrap}/v1beta1`, kind: 'KubeadmConfigTemplate', name: 'boot' };
const infraRef = { apiVersion: `${infra}/v1beta1`, kind: 'BaremetalMachineTemplate', name: 'metal' };

const deploymentSpec = (more: Json = {}): Json => ({
  clusterName: 'prod',
  selector: {},
  template: {
    spec: {
      clusterName: 'prod',
      version: 'v1.33.7-2',
      bootstrap: { configRef: bootstrapRef },
      infrastructureRef: infraRef,
    },
  },
  ...more,
});

const planeSpec = (more: Json = {}, dns = '1.12.4-v4.2.7'): Json => ({
  replicas: 3,
  version: 'v1.33.7-2',
  rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
  machineTemplate: { infrastructureRef: infraRef },
  kubeadmConfigSpec: { clusterConfiguration: { dns: { imageTag: dns }, clusterName: 'x' } },
  ...more,
});

describe('a KubeadmControlPlane', () => {
  const make = (more?: Json, dns?: string) =>
    create(plane, 'kubeadmcontrolplanes', 'KubeadmControlPlane', { spec: planeSpec(more, dns) });
  const edit = (spec: Json) => refusal(patch(plane, 'kubeadmcontrolplanes', { spec }));

  it('is completed', async () => {
    open();
    const { spec } = await make({ version: '1.33.7-2', replicas: undefined, rolloutStrategy: undefined });
    expect(spec).toMatchObject({
      replicas: 1,
      version: 'v1.33.7-2',
      rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      machineTemplate: { infrastructureRef: { namespace: 'cpaas-system' } },
      kubeadmConfigSpec: { format: 'cloud-config' },
    });
  });

  it('pulls images that are not there where it says how Machines begin and join, in v1beta1', async () => {
    open();
    const kubeletExtraArgs = { 'node-labels': 'a=b' };
    const { spec } = await make({
      kubeadmConfigSpec: { initConfiguration: { nodeRegistration: { kubeletExtraArgs } }, joinConfiguration: {} },
    });
    expect(spec['kubeadmConfigSpec']).toMatchObject({
      initConfiguration: { nodeRegistration: { imagePullPolicy: 'IfNotPresent', kubeletExtraArgs } },
      joinConfiguration: { nodeRegistration: { imagePullPolicy: 'IfNotPresent' } },
    });
    const nodeRegistration = { imagePullPolicy: 'Always' };
    const edited = await patch(plane, 'kubeadmcontrolplanes', {
      spec: { kubeadmConfigSpec: { joinConfiguration: { nodeRegistration } } },
    });
    expect(edited.spec['kubeadmConfigSpec']).toMatchObject({ joinConfiguration: { nodeRegistration } });
  });

  it('needs an odd number of replicas, and three where it scales in', async () => {
    open();
    await make();
    expect(await edit({ replicas: 4 })).toBe('spec.replicas: Forbidden: cannot be an even number when etcd is stacked');
    expect(await edit({ replicas: 0 })).toContain('spec.replicas: Forbidden: cannot be less than or equal to 0');
    expect(await edit({ replicas: 1 })).toMatch(/^spec\.rolloutStrategy\.rollingUpdate: Required value: when Kubeadm/);
    expect(await edit({ rolloutStrategy: { rollingUpdate: { maxSurge: 2 } } })).toBe(
      'spec.rolloutStrategy.rollingUpdate.maxSurge: Required value: value must be 1 or 0',
    );
    expect(await refusal(patch(plane, 'kubeadmcontrolplanes', { spec: { replicas: 4 } }, '/scale'))).toBe(
      'replicas cannot be an even number when using managed etcd',
    );
    expect(await edit({ replicas: 5 })).toBe('was let through');
  });

  it('may have an even number where etcd is external', async () => {
    open();
    const external = { endpoints: ['https://10.0.0.9:2379'], caFile: 'a', certFile: 'b', keyFile: 'c' };
    const made = make({ replicas: 4, kubeadmConfigSpec: { clusterConfiguration: { etcd: { external } } } });
    expect(await refusal(made)).toBe('was let through');
  });

  it('goes up one minor version at a time, and down as it likes', async () => {
    open();
    await make();
    expect(await edit({ version: 'v1.35.6-acp.1' })).toBe(
      'spec.version: Forbidden: cannot update Kubernetes version from v1.33.7-2 to v1.35.6-acp.1',
    );
    expect(await edit({ version: 'latest' })).toContain('must be a valid semantic version');
    expect(await edit({ version: 'v1.34.5' })).toBe('was let through');
    expect(await edit({ version: 'v1.33.7-2' })).toBe('was let through');
  });

  it('migrates CoreDNS upwards only, unless told to skip', async () => {
    open();
    await make({}, '1.14.3-v4.2.11');
    const dns = (imageTag: string) => ({ kubeadmConfigSpec: { clusterConfiguration: { dns: { imageTag } } } });
    expect(await edit(dns('1.14.2-v4.3.4'))).toMatch(
      /^spec\.kubeadmConfigSpec\.clusterConfiguration\.dns\.imageTag: Invalid value: "1\.14\.2-v4\.3\.4": cannot migrate CoreDNS up to '1\.14\.2' from '1\.14\.3'/,
    );
    expect(await edit(dns('1.14.3-v4.4.6'))).toBe('was let through');
    const annotations = { 'controlplane.cluster.x-k8s.io/skip-coredns': '' };
    const skipping = { metadata: { annotations }, spec: dns('1.14.2-v4.3.4') };
    expect(await refusal(patch(plane, 'kubeadmcontrolplanes', skipping))).toBe('was let through');
  });

  it('keeps what is not on the list', async () => {
    open();
    await make();
    const cluster = { kubeadmConfigSpec: { clusterConfiguration: { clusterName: 'y' } } };
    expect(await edit(cluster)).toBe(
      'spec.kubeadmConfigSpec.clusterConfiguration.clusterName: Forbidden: cannot be modified',
    );
    expect(await edit({ machineTemplate: { metadata: { annotations: { 'a/b/c': 'x' } } } })).toMatch(
      /^spec\.machineTemplate\.metadata\.annotations: Invalid value: "a\/b\/c": a qualified name must consist of/,
    );
    const fine = {
      rolloutAfter: '2026-11-21T02:00:00Z',
      machineTemplate: { nodeDrainTimeout: '10m', infrastructureRef: { name: 'other' } },
      kubeadmConfigSpec: { files: [{ path: '/a', content: 'b' }], preKubeadmCommands: ['true'] },
    };
    expect(await edit(fine)).toBe('was let through');
  });
});

describe('a MachineDeployment', () => {
  const make = (more?: Json, metadata: Json = {}) =>
    create(core, 'machinedeployments', 'MachineDeployment', {
      metadata: { name: 'a', ...metadata },
      spec: deploymentSpec(more),
    });

  it('is completed: labels, selector, strategy, replicas, version', async () => {
    open();
    const { metadata, spec } = await make();
    const own = { 'cluster.x-k8s.io/cluster-name': 'prod', 'cluster.x-k8s.io/deployment-name': 'a' };
    expect(metadata['labels']).toEqual({ 'cluster.x-k8s.io/cluster-name': 'prod' });
    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 1,
      selector: { matchLabels: own },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels: own }, spec: { infrastructureRef: { namespace: 'cpaas-system' } } },
    });
  });

  it('begins with the autoscaler’s least, and keeps within its limits', async () => {
    open();
    const annotations = {
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '3',
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '6',
    };
    expect((await make({}, { annotations })).spec['replicas']).toBe(3);
    expect((await patch(core, 'machinedeployments', { spec: { replicas: 9 } })).spec['replicas']).toBe(9);
    expect((await patch(core, 'machinedeployments', { spec: { replicas: null } })).spec['replicas']).toBe(6);
  });

  it('must select its own template, in a version, of the one cluster', async () => {
    open();
    expect(await refusal(make({ selector: { matchLabels: { pool: 'x' } } }))).toMatch(
      /^spec\.template\.metadata\.labels: Forbidden: must match spec\.selector "cluster\.x-k8s\.io\/cluster-name=prod,.*pool=x"$/,
    );
    await make();
    const edit = (spec: Json) => refusal(patch(core, 'machinedeployments', { spec }));
    expect(await edit({ clusterName: 'other' })).toBe('spec.clusterName: Forbidden: field is immutable');
    expect(await edit({ template: { spec: { version: 'v1.34' } } })).toBe(
      'spec.template.spec.version: Invalid value: "v1.34": must be a valid semantic version',
    );
    expect(await edit({ template: { metadata: { labels: { rack: 'row 7' } } } })).toMatch(
      /^spec\.template\.metadata\.labels: Invalid value: "row 7": a valid label must be an empty string or consist of/,
    );
    expect(await edit({ strategy: { rollingUpdate: { maxSurge: 'many' } } })).toMatch(
      /maxSurge: Invalid value: "many"/,
    );
    expect(await edit({ replicas: 4 })).toBe('was let through');
  });
});

describe('a Cluster', () => {
  const make = (spec: Json, version = 'v1beta1') => create(core, 'clusters', 'Cluster', { spec }, version);
  const network = (pods: string[], services: string[]): Json => ({
    clusterNetwork: { pods: { cidrBlocks: pods }, services: { cidrBlocks: services } },
  });

  it.each(['v1beta1', 'v1beta2'] as const)('has networks that Go can read, as %s', async (version) => {
    open(version);
    const told = (field: string, block: string) =>
      `spec.clusterNetwork.${field}: Invalid value: "${block}": invalid CIDR address: ${block}`;
    const bad = network(['10.3.0.0/16', '300.0.0.0/8'], ['10.4.0.0/33']);
    const [pods, services] = [told('pods.cidrBlocks[1]', '300.0.0.0/8'), told('services.cidrBlocks[0]', '10.4.0.0/33')];
    expect(await refusal(make(bad, version))).toBe(`[${pods}, ${services}]`);
    for (const block of ['10.3.0.0', '10.03.0.0/16', 'fd00::/129', 'fe80::1%eth0/64', '10.3.0.0/16/8', '10.3.0.0/-1']) {
      expect(await refusal(make(network([block], ['10.4.0.0/16']), version))).toBe(told('pods.cidrBlocks[0]', block));
    }
    expect(await refusal(make(network(['10.3.0.0/16', 'fd00::/64'], ['10.4.0.0/16']), version))).toBe(
      'was let through',
    );
  });

  it('is not changed to networks that Go cannot read, and keeps what it has of its parts', async () => {
    open();
    const reference = { apiVersion: `${infra}/v1beta1`, kind: 'BaremetalCluster', name: 'a' };
    await make({ ...network(['10.3.0.0/16'], ['10.4.0.0/16']), infrastructureRef: reference });
    const change = (spec: Json) => refusal(patch(core, 'clusters', { spec }));
    expect(await change({ clusterNetwork: { pods: { cidrBlocks: ['300.0.0.0/8'] } } })).toBe(
      'spec.clusterNetwork.pods.cidrBlocks[0]: Invalid value: "300.0.0.0/8": invalid CIDR address: 300.0.0.0/8',
    );
    expect(await change({ infrastructureRef: null })).toBe('spec.infrastructureRef: Forbidden: cannot be removed');
  });
});

describe('Machines and the rest', () => {
  it('a Machine needs bootstrap data to come, keeps its cluster, stays in its namespace', async () => {
    open();
    const spec = { clusterName: 'prod', bootstrap: {}, infrastructureRef: { ...infraRef, kind: 'BaremetalMachine' } };
    expect(await refusal(create(core, 'machines', 'Machine', { spec }))).toMatch(
      /^spec\.bootstrap\.data: Required value/,
    );
    const away = { ...spec, bootstrap: { configRef: { ...bootstrapRef, namespace: 'default' } } };
    expect(await refusal(create(core, 'machines', 'Machine', { spec: away }))).toBe(
      'spec.bootstrap.configRef.namespace: Invalid value: "default": must match metadata.namespace',
    );
    const made = await create(core, 'machines', 'Machine', {
      spec: { ...spec, bootstrap: { dataSecretName: 'x' }, version: '1.33.7' },
    });
    expect(made.spec).toMatchObject({ version: 'v1.33.7', nodeDeletionTimeout: '10s' });
    expect(await refusal(patch(core, 'machines', { spec: { clusterName: 'b' } }))).toMatch(/field is immutable/);
  });

  it('a MachineHealthCheck selects, waits half a minute at least and counts or shares', async () => {
    open();
    const make = (spec: Json) =>
      refusal(create(core, 'machinehealthchecks', 'MachineHealthCheck', { spec: { clusterName: 'prod', ...spec } }));
    const selector = { matchLabels: { a: 'b' } };
    expect(await make({ selector: {} })).toBe('spec.selector: Required value: selector must not be empty');
    expect(await make({ selector, nodeStartupTimeout: '20s' })).toBe(
      'spec.nodeStartupTimeout: Invalid value: "20s": must be at least 30s',
    );
    expect(await make({ selector, maxUnhealthy: 'half' })).toMatch(
      /^spec\.maxUnhealthy: Invalid value: "half": must be/,
    );
    expect(await make({ selector, maxUnhealthy: '40%' })).toBe('was let through');
  });

  it('a Cluster stays in its namespace, without topology', async () => {
    open();
    const spec = { infrastructureRef: { ...infraRef, kind: 'BaremetalCluster', namespace: 'default' } };
    expect(await refusal(create(core, 'clusters', 'Cluster', { spec }))).toMatch(/must match metadata\.namespace/);
    const topology = { class: 'x', version: 'v1.33.7' };
    expect(await refusal(create(core, 'clusters', 'Cluster', { spec: { topology } }))).toMatch(
      /^spec\.topology: Forbidden/,
    );
  });

  it('a file of a KubeadmConfigTemplate has one source and one path', async () => {
    open();
    const from = { secret: { name: 's', key: 'k' } };
    const files = [{ path: '/a', content: 'x', contentFrom: from }, { path: '/a' }];
    const said = await refusal(
      create(bootstrap, 'kubeadmconfigtemplates', 'KubeadmConfigTemplate', { spec: { template: { spec: { files } } } }),
    );
    expect(said).toMatch(/cannot specify both content and contentFrom.*must be unique among all files/);
  });

  it.each([
    [
      'v1beta1',
      { format: 'cloud-config', joinConfiguration: { nodeRegistration: { imagePullPolicy: 'IfNotPresent' } } },
    ],
    ['v1beta2', { joinConfiguration: { skipPhases: ['preflight'] } }],
  ] as const)('a KubeadmConfigTemplate is completed in v1beta1 only: %s', async (version, completed) => {
    open(version);
    const template = { spec: { joinConfiguration: { skipPhases: ['preflight'] } } };
    const rest = { spec: { template } };
    const { spec } = await create(bootstrap, 'kubeadmconfigtemplates', 'KubeadmConfigTemplate', rest, version);
    const { spec: made } = spec['template'] as { spec: Json };
    if (version === 'v1beta2') expect(made).toEqual(completed);
    else expect(made).toMatchObject(completed);
  });

  it('a BaremetalMachineTemplate is never edited in place', async () => {
    open();
    const spec = (name: string) => ({ template: { spec: { machineInventoryPoolRef: { name } } } });
    await create(infra, 'baremetalmachinetemplates', 'BaremetalMachineTemplate', { spec: spec('one') });
    const edited = patch(infra, 'baremetalmachinetemplates', { spec: spec('two') });
    expect(await refusal(edited)).toMatch(/^spec\.template\.spec: Forbidden: .* immutable/);
  });

  it('v1beta2 names fields as v1beta2 does', async () => {
    open('v1beta2');
    const reference = { apiGroup: infra, kind: 'BaremetalMachineTemplate', name: 'metal' };
    const spec = {
      replicas: 1,
      version: 'v1.34.5',
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } } },
      machineTemplate: { spec: { infrastructureRef: reference } },
    };
    const made = create(plane, 'kubeadmcontrolplanes', 'KubeadmControlPlane', { spec }, 'v1beta2');
    expect(await refusal(made)).toMatch(/^spec\.rollout\.strategy\.rollingUpdate: Required value: when/);
    const five = await create(
      plane,
      'kubeadmcontrolplanes',
      'KubeadmControlPlane',
      { spec: { ...spec, replicas: 5 } },
      'v1beta2',
    );
    expect(five.spec).toEqual({ ...spec, replicas: 5 });
  });
});
