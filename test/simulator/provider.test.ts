import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { keptConfiguration } from '../../src/simulator/controllers/capi/kubeadm-documents.ts';
import { userData } from '../../src/simulator/controllers/capi/user-data.ts';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { checksum, encode, planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { setEndpoint } from '../../src/simulator/controllers/provider/cluster.ts';
import { marks, stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import { outcomeOf } from '../../src/simulator/controllers/provider/plan-writer.ts';
import { fromRegistry, registryAnnotation, registrySecret } from '../../src/simulator/controllers/provider/registry.ts';
import { resolveUserData } from '../../src/simulator/controllers/provider/user-data.ts';
import type { Cluster, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Secret } from '../../src/simulator/controllers/shapes/core.ts';
import type { BaremetalCluster } from '../../src/simulator/controllers/shapes/provider.ts';
import { machineInventoryPool } from '../../src/simulator/world/blueprint.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

describe('user data', () => {
  const providerID = 'baremetal:///inv';
  const criSocket = 'unix:///var/run/containerd/containerd.sock';
  const config = (content: string) =>
    `## template: jinja\n#cloud-config\n\nwrite_files:\n-   path: /run/kubeadm/x.yaml\n    content: |\n${content.replace(/^/gm, '      ')}\nruncmd:\n  - 'kubeadm join'\n`;
  const read = (value: string) => {
    const resolved = parse(resolveUserData(value, 'inv', 'node-1')) as {
      hostname: string;
      fqdn: string;
      runcmd: string[];
      write_files: { content: string }[];
    };
    return { ...resolved, kubeadm: parse(resolved.write_files[0]!.content) as Record<string, unknown> };
  };

  it.each([
    [
      'JSON',
      '{"apiVersion":"kubeadm.k8s.io/v1beta3","kind":"JoinConfiguration","nodeRegistration":{"kubeletExtraArgs":{"v":"2"}}}',
    ],
    [
      'YAML',
      'apiVersion: kubeadm.k8s.io/v1beta3\nkind: JoinConfiguration\nnodeRegistration:\n  kubeletExtraArgs:\n    v: "2"',
    ],
  ])('in %s gets host names, provider-id and criSocket, and keeps the rest', (_, content) => {
    const { hostname, fqdn, runcmd, kubeadm } = read(config(content));
    expect([hostname, fqdn, runcmd]).toEqual(['node-1', 'node-1', ['kubeadm join']]);
    expect(kubeadm).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta3',
      kind: 'JoinConfiguration',
      nodeRegistration: { criSocket, kubeletExtraArgs: { v: '2', 'provider-id': providerID } },
    });
  });

  it.each([
    [
      'JSON',
      '{"apiVersion":"kubeadm.k8s.io/v1beta4","kind":"InitConfiguration","nodeRegistration":{"criSocket":"unix:///x","kubeletExtraArgs":[{"name":"provider-id","value":"mine"},{"name":"v","value":"2"}]}}',
    ],
    [
      'YAML',
      'apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration:\n  criSocket: unix:///x\n  kubeletExtraArgs:\n  - name: provider-id\n    value: mine\n  - name: v\n    value: "2"',
    ],
  ])('in %s keeps a criSocket, and loses a provider-id of its own', (_, content) => {
    expect(read(config(content)).kubeadm['nodeRegistration']).toEqual({
      criSocket: 'unix:///x',
      kubeletExtraArgs: [
        { name: 'v', value: '2' },
        { name: 'provider-id', value: providerID },
      ],
    });
  });

  const join = (version: string, args: Record<string, string>) => {
    const machine: Machine = { ...object('Machine'), spec: { version } };
    const cluster: Cluster = { ...object('Cluster'), spec: { controlPlaneEndpoint: { host: '10.0.0.1', port: 6443 } } };
    const joinConfiguration = { nodeRegistration: { kubeletExtraArgs: args }, discovery: { file: 'yes', tls: '1' } };
    const value = userData({ ...object('KubeadmConfig'), spec: { joinConfiguration } }, machine, cluster);
    return { value, resolved: read(value) };
  };
  const object = (kind: string) => ({ apiVersion: 'cluster.x-k8s.io/v1beta1', kind, metadata: { name: 'x' } });

  it.each([
    ['v1.30.4', 'v1beta3', { v: '2', 'node-labels': 'a=b', 'provider-id': providerID }],
    [
      'v1.31.0',
      'v1beta4',
      [
        { name: 'node-labels', value: 'a=b' },
        { name: 'v', value: '2' },
        { name: 'provider-id', value: providerID },
      ],
    ],
  ])('of Kubernetes %s is kubeadm %s', (kubernetes, version, kubeletExtraArgs) => {
    const { value, resolved } = join(kubernetes, { v: '2', 'node-labels': 'a=b' });
    expect(resolved.kubeadm).toEqual({
      apiVersion: `kubeadm.k8s.io/${version}`,
      kind: 'JoinConfiguration',
      discovery: { file: 'yes', tls: '1' },
      nodeRegistration: {
        taints: [{ effect: 'NoSchedule', key: 'node.cluster.x-k8s.io/uninitialized' }],
        criSocket,
        kubeletExtraArgs,
      },
    });
    expect(value).not.toContain('criSocket');
    // As kubeadm's bootstrap provider has it: the document of a worker is marked, and the command stands as it is.
    expect(value).toMatch(/^ {4}content: \|\n {6}---\n {6}apiVersion: kubeadm/m);
    expect(value).toMatch(/\n {6}\n- {3}path: \/run\/cluster-api\/placeholder\n/);
    expect(value).toMatch(/^runcmd:\n {2}- kubeadm join --config \S+ {2}&& echo success > \S+complete$/m);
  });

  it('without arguments of its own gets a list of them in v1beta4', () => {
    const content = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\ndiscovery: {}';
    expect(read(config(content)).kubeadm['nodeRegistration']).toEqual({
      criSocket,
      kubeletExtraArgs: [{ name: 'provider-id', value: providerID }],
    });
  });

  it('of the first Machine begins with the ClusterConfiguration, filled in from the Cluster', () => {
    const machine: Machine = { ...object('Machine'), spec: { version: 'v1.33.7-2' } };
    const cluster: Cluster = {
      ...object('Cluster'),
      spec: {
        controlPlaneEndpoint: { host: '10.0.0.1', port: 6443 },
        clusterNetwork: { pods: { cidrBlocks: ['10.3.0.0/16'] }, services: { cidrBlocks: ['10.4.0.0/16'] } },
      },
    };
    const clusterConfiguration = { apiServer: { extraArgs: { profiling: 'false' } } };
    const value = userData({ ...object('KubeadmConfig'), spec: { clusterConfiguration } }, machine, cluster);
    const { content } = (parse(value) as { write_files: { content: string }[] }).write_files[0]!;
    const [first, second] = parseAllDocuments(content).map((document) => document.toJS() as object);
    expect(first).toMatchObject({
      kind: 'ClusterConfiguration',
      apiServer: { extraArgs: [{ name: 'profiling', value: 'false' }] },
      clusterName: 'x',
      controlPlaneEndpoint: '10.0.0.1:6443',
      kubernetesVersion: 'v1.33.7-2',
      networking: { podSubnet: '10.3.0.0/16', serviceSubnet: '10.4.0.0/16' },
    });
    expect(second).toMatchObject({ kind: 'InitConfiguration', localAPIEndpoint: {} });
  });

  it.each([
    ['v1.30.4', 'v1beta3', { apiServer: { timeoutForControlPlane: '4m0s' } }],
    [
      'v1.33.7',
      'v1beta4',
      {
        ...{ caCertificateValidityPeriod: '87600h0m0s', certificateValidityPeriod: '8760h0m0s' },
        ...{ encryptionAlgorithm: 'RSA-2048', proxy: {} },
      },
    ],
  ])('is kept in a cluster of %s as %s, with what kubeadm fills in', (kubernetes, version, more) => {
    const machine: Machine = { ...object('Machine'), spec: { version: kubernetes } };
    const cluster: Cluster = { ...object('Cluster'), spec: { controlPlaneEndpoint: { host: '10.0.0.1', port: 6443 } } };
    const clusterConfiguration = { dns: { imageTag: '1.12' }, etcd: { local: { imageTag: 'v3.5' } } };
    expect(parse(keptConfiguration({ clusterConfiguration }, machine, cluster))).toEqual({
      ...{ apiVersion: `kubeadm.k8s.io/${version}`, kind: 'ClusterConfiguration', clusterName: 'x' },
      ...{ apiServer: {}, controllerManager: {}, scheduler: {}, dns: { imageTag: '1.12' } },
      ...{ certificatesDir: '/etc/kubernetes/pki', imageRepository: 'registry.k8s.io', kubernetesVersion: kubernetes },
      ...{ controlPlaneEndpoint: '10.0.0.1:6443', etcd: { local: { dataDir: '/var/lib/etcd', imageTag: 'v3.5' } } },
      networking: { dnsDomain: 'cluster.local', serviceSubnet: '10.96.0.0/12' },
      ...more,
    });
  });

  it.each([
    ['v1beta1', {}],
    ['v1beta2', { caCertificateValidityPeriod: '87600h0m0s' }],
  ] as const)('is rewritten by a control plane that replaces Machines, as Cluster API %s does it', (by, more) => {
    const machine: Machine = { ...object('Machine'), spec: { version: 'v1.33.7' } };
    const clusterConfiguration = { etcd: { local: { imageTag: 'v3.5' } } };
    const kept = parse(keptConfiguration({ clusterConfiguration }, machine, { ...object('Cluster') }, by)) as object;
    expect(kept).toMatchObject({ etcd: { local: { dataDir: '', imageTag: 'v3.5' } }, proxy: {}, ...more });
    const kubeadm = ['caCertificateValidityPeriod', 'certificateValidityPeriod', 'encryptionAlgorithm'];
    expect(Object.keys(kept).filter((key) => kubeadm.includes(key))).toEqual(Object.keys(more));
  });

  it('leaves a ClusterConfiguration beside it alone', () => {
    const both =
      'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.33.7\n---\napiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration';
    const resolved = resolveUserData(config(both), 'inv', 'n');
    expect(resolved.match(/provider-id/g)).toHaveLength(1);
    expect(resolved).toContain('kubernetesVersion: v1.33.7');
  });

  it('without a kubeadm part gets the host names, in place of others', () => {
    expect(resolveUserData('#cloud-config\nhostname: old\nfqdn: old.example\nruncmd: []\n', 'inv', 'new')).toBe(
      '#cloud-config\nhostname: new\nfqdn: new\nruncmd: []\n',
    );
    expect(resolveUserData('', 'inv', 'new')).toContain('hostname: new');
  });
});

describe('an image', () => {
  it.each([
    ['old.example/a/b:1', 'new.example', 'new.example/a/b:1'],
    ['old.example:5000/b@sha256:1', 'new.example:8443/', 'new.example:8443/b@sha256:1'],
    ['localhost/b', 'r', 'r/b'],
    ['a/b:1', 'new.example', 'new.example/a/b:1'],
    ['b:1', 'new.example', 'new.example/b:1'],
  ])('%s from %s', (image, registry, expected) => {
    expect(fromRegistry(image, registry)).toBe(expected);
  });
});

describe('what became of a plan', () => {
  const secret = (data: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'h' },
    data: Object.fromEntries(Object.entries({ plan: '{}', ...data }).map(([key, value]) => [key, encode(value)])),
  });
  const sum = checksum(secret({}));
  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'pending'],
    ['only an older one applied', { 'applied-checksum': 'x' }, 'pending'],
    ['applied', { 'applied-checksum': sum }, 'applied'],
    ['applied, and failed when run again', { 'applied-checksum': sum, 'failed-checksum': sum }, 'applied'],
    ['failed, and tried without end', { 'failed-checksum': sum, 'failure-count': '9' }, 'failed'],
    ['failed, with tries left', { 'failed-checksum': sum, 'failure-count': '1', 'max-failures': '2' }, 'failed'],
    ['failed for good', { 'failed-checksum': sum, 'failure-count': '2', 'max-failures': '2' }, 'given up'],
    ['canceled', { 'plan-state': 'canceled' }, 'given up'],
  ])('%s', (_, data, outcome) => {
    expect(outcomeOf(secret(data), sum)).toBe(outcome);
  });
});

describe('an endpoint', () => {
  const infra = (type?: string): BaremetalCluster => ({
    apiVersion: kinds.BaremetalCluster.apiVersion,
    kind: 'BaremetalCluster',
    metadata: { name: 'c' },
    spec: { controlPlaneLoadBalancer: { host: '10.0.0.1', port: 6443, ...(type ? { type } : {}) } },
  });
  it('is filled in once and then stays', () => {
    const draft = infra();
    setEndpoint(draft, false, '2026-11-21T02:00:00Z');
    expect(draft.spec?.controlPlaneEndpoint).toEqual({ host: '10.0.0.1', port: 6443 });
    expect(draft.status).toMatchObject({ ready: true, conditions: [{ type: 'EndpointReady', status: 'False' }] });
    draft.spec!.controlPlaneLoadBalancer!.host = '10.0.0.2';
    setEndpoint(draft, true, '2026-11-21T02:01:00Z');
    expect(draft.spec?.controlPlaneEndpoint?.host).toBe('10.0.0.1');
    expect(draft.status?.conditions?.[0]?.status).toBe('True');
  });
  it('of an external load balancer speaks of its backends', () => {
    const draft = infra('External');
    setEndpoint(draft, false, '2026-11-21T02:00:00Z');
    expect(draft.status?.conditions?.[0]?.message).toContain('backends');
  });
});

describe('the provider', () => {
  let lab: Lab;
  let broken: string[];
  beforeEach(async () => {
    lab = await openLab({ seed: 'provider' });
    broken = watchInvariants(lab.runtime).broken;
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    expect(broken).toEqual([]);
    await lab.stop();
  });

  const group = 'prod-workers';
  const inventory = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name)!;
  const infras = () => lab.runtime.informer(kinds.BaremetalMachine).list();
  const pool = (name = 'prod-worker-pool') => lab.runtime.informer(kinds.MachineInventoryPool).get(name)!;
  const fresh = () => infras().find(({ status }) => !status?.ready)!;
  const condition = (type: string) => find(fresh().status?.conditions, type);
  const free = () =>
    pool()
      .spec!.machineInventories!.map(({ name }) => name)
      .find((name) => stateOf(inventory(name)) === 'Available')!;

  async function scale(by: number): Promise<void> {
    const deployment = lab.runtime.informer(kinds.MachineDeployment).get(group)!;
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = deployment.spec!.replicas! + by;
    });
  }

  async function setRegistry(address: string | undefined): Promise<void> {
    await lab.client.change(kinds.Cluster, lab.runtime.informer(kinds.Cluster).get('prod')!, (draft) => {
      const annotations = { ...draft.metadata.annotations };
      if (address) annotations[registryAnnotation] = address;
      else delete annotations[registryAnnotation];
      draft.metadata.annotations = annotations;
    });
  }

  const planOf = (host: string) => text(planSecrets(lab.runtime).get(host)!, 'plan');

  it('waits where nobody names a registry, writes no plan, and goes on when somebody does', async () => {
    const host = free();
    const before = planOf(host);
    await setRegistry(undefined);
    await lab.client.remove(kinds.Secret, registrySecret);
    await scale(1);
    await lab.run(5 * minute);
    expect(condition('ImageResolved')).toMatchObject({ status: 'False', reason: 'ImageRegistryMissing' });
    expect(fresh().status?.phase).toBe('Allocated');
    expect(planOf(host)).toBe(before);
    await setRegistry('mirror.example:5000');
    await lab.run(1000);
    expect(planOf(host)).toContain('elemental upgrade --system oci:mirror.example:5000/tkestack/');
    expect(condition('ImageResolved')?.status).toBe('True');
  });

  it('takes the registry of the Secret where the Cluster names none', async () => {
    const host = free();
    await setRegistry(undefined);
    await scale(1);
    await lab.run(minute);
    expect(planOf(host)).toContain('oci:registry.dc1.example/');
  });

  it('keeps the resolved user data beside the original, and the secrets of a node in its plan', async () => {
    const host = free();
    await scale(1);
    await lab.run(minute);
    const bootstrap = (await lab.client.get(kinds.Secret, fresh().metadata.name))!;
    expect(text(bootstrap, 'value')).not.toContain('provider-id');
    const resolved = text(bootstrap, 'resolved-value');
    const cloudConfig = parse(resolved) as { write_files: { path: string; content: string }[]; runcmd: string[] };
    const join = cloudConfig.write_files.find(({ path }) => path.endsWith('kubeadm-join-config.yaml'))!;
    expect(parse(join.content)).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'JoinConfiguration',
      nodeRegistration: { kubeletExtraArgs: [{ name: 'provider-id', value: `baremetal:///${host}` }] },
    });
    const files = (JSON.parse(planOf(host)) as { files: { path: string; content: string }[] }).files;
    const content = (end: string) =>
      Buffer.from(files.find(({ path }) => path.endsWith(end))!.content, 'base64').toString();
    expect(content('user-data.yaml')).toBe(resolved);
    expect(content('user-data.yaml')).toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}/);
    expect(content('kubelet.key')).toContain('PRIVATE KEY');
    expect(text(planSecrets(lab.runtime).get(host)!, 'max-failures')).toBe('3');
  });

  it('tells an agent that knows plan-state that its plan is pending, and no other', async () => {
    const host = free();
    await lab.client.change(kinds.MachineInventory, inventory(host), (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'elemental.cattle.io/os.version': '6.2' };
    });
    const states: string[] = [];
    planSecrets(lab.runtime).onChange((secret) => {
      const state = text(secret, 'plan-state');
      if (secret.metadata.name === host && states.at(-1) !== state) states.push(state);
    });
    await scale(1);
    await lab.until(
      () => fresh() === undefined && stateOf(inventory(host)) === 'Allocated',
      20 * minute,
      'the machine',
    );
    expect(states.slice(-3)).toEqual(['pending', 'in-progress', 'succeeded']);
  });

  it('writes its plan again where somebody has put another in its place', async () => {
    const host = free();
    await scale(1);
    await lab.run(minute);
    const planned = planOf(host);
    await lab.client.remove(kinds.Secret, host);
    await lab.run(minute);
    expect(planOf(host)).toBe(planned);
    await lab.until(() => fresh() === undefined, 20 * minute, 'the machine');
  });

  it('lists a host of two pools with the first, and tells the second', async () => {
    const host = free();
    await lab.client.create(
      kinds.MachineInventoryPool,
      machineInventoryPool('second', 'prod', [{ name: host }, { name: 'nobody' }]),
    );
    await lab.run(1000);
    const { status } = pool('second');
    expect(status).toMatchObject({ total: 2, available: 0, unavailable: 2 });
    const message = find(status?.conditions, 'MembersValid')?.message;
    expect(message).toBe(`inventory ${host} belongs to pool prod-worker-pool; inventory nobody not found`);
    expect(pool().status?.unavailable).toBe(0);
    expect(inventory(host).metadata.annotations?.[marks.pool]).toBe('prod-worker-pool');
  });

  it('says that an endpoint is gone and back', async () => {
    const ready = () =>
      find(lab.runtime.informer(kinds.BaremetalCluster).get('prod')?.status?.conditions, 'EndpointReady');
    lab.faults.cluster('prod', { unreachable: true });
    await lab.run(1000);
    expect(ready()).toMatchObject({ status: 'False' });
    lab.faults.cluster('prod', undefined);
    await lab.run(1000);
    expect(ready()).toMatchObject({ status: 'True' });
    const planes = infras().filter(({ metadata }) => metadata.name.startsWith('prod-control-plane'));
    for (const { status } of planes) lab.faults.host(status!.machineInventoryRef!.name, { off: true });
    await lab.run(2 * minute);
    expect(ready()).toMatchObject({ status: 'False' });
  });

  it('leaves a paused object alone, whatever happens to it', async () => {
    const infra = infras().find(({ metadata }) => metadata.name.startsWith(group))!;
    const host = infra.status!.machineInventoryRef!.name;
    await lab.client.change(kinds.BaremetalMachine, infra, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/paused': '' };
    });
    await lab.client.remove(kinds.BaremetalMachine, infra.metadata.name);
    await lab.run(5 * minute);
    expect(stateOf(inventory(host))).toBe('Allocated');
    const paused = infras().find(({ metadata }) => metadata.name === infra.metadata.name)!;
    expect(paused.metadata.deletionTimestamp).toBeDefined();
    await lab.client.change(kinds.BaremetalMachine, paused, (draft) => {
      delete draft.metadata.annotations!['cluster.x-k8s.io/paused'];
    });
    await lab.until(() => stateOf(inventory(host)) === 'Available', 10 * minute, 'the clean plan');
  });

  it('holds a host whose clean plan fails, with the machine, until it works', async () => {
    const infra = infras().find(({ metadata }) => metadata.name.startsWith(group))!;
    const host = infra.status!.machineInventoryRef!.name;
    lab.faults.plan(host, 'clean', { instruction: 0, output: 'kubelet does not stop\n', times: 2 });
    await lab.client.remove(kinds.Machine, infra.metadata.name);
    await lab.until(() => stateOf(inventory(host)) === 'Unavailable', 10 * minute, 'the failure');
    expect(infras().some(({ metadata }) => metadata.name === infra.metadata.name)).toBe(true);
    expect(pool().status?.unavailable).toBe(1);
    await lab.until(
      () => inventory(host).metadata.annotations?.[marks.machine] === undefined,
      10 * minute,
      'the clean plan',
    );
    expect(stateOf(inventory(host))).toBe('Available');
  });

  it('says so when the inventory of a machine is gone', async () => {
    const infra = infras().find(({ metadata }) => metadata.name.startsWith(group))!;
    await lab.client.remove(kinds.MachineInventory, infra.status!.machineInventoryRef!.name);
    await lab.run(minute);
    const after = lab.runtime.informer(kinds.BaremetalMachine).get(infra.metadata.name)!;
    expect(find(after.status?.conditions, 'InventoryAllocated')).toMatchObject({
      status: 'False',
      reason: 'SimInventoryGone',
    });
    await lab.client.remove(kinds.Machine, infra.metadata.name);
    await lab.until(
      () => !lab.runtime.informer(kinds.BaremetalMachine).get(infra.metadata.name),
      10 * minute,
      'its end',
    );
  });
});
