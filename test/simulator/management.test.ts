/** The management cluster itself, as an operator finds it who looks beyond the fleet. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';
import { refused } from '../contract/client.ts';

const clock = new ManualClock(Date.UTC(2026, 2, 1, 12));
const errors: unknown[] = [];
const onError = (error: unknown) => errors.push(error);
let datacenter: Datacenter;
beforeAll(async () => {
  datacenter = await startDatacenter({ hosts: 6, clock, traffic: false, tls: true, onError });
});
afterAll(() => datacenter.stop());

interface Item {
  metadata: {
    name: string;
    uid?: string;
    annotations?: Record<string, string>;
    creationTimestamp: string;
    resourceVersion: string;
  };
  spec: { renewTime?: string; group?: string; versions?: { schema: { openAPIV3Schema: { properties: object } } }[] };
  status: { conditions: { type: string; status: string; lastHeartbeatTime: string }[]; readyReplicas?: number };
  webhooks?: { name: string }[];
}
const list = async (path: string) => (await datacenter.transport.json<{ items: Item[] }>({ path })).items;
const names = (items: readonly Item[]) => items.map(({ metadata }) => metadata.name);

it('has Nodes that are ready and Leases that are renewed, when somebody looks', async () => {
  const leases = () => list('/apis/coordination.k8s.io/v1/leases');
  const renewed = async () => (await leases()).map(({ spec }) => spec.renewTime);
  const ready = async () =>
    (await list('/api/v1/nodes')).map(({ status }) => status.conditions.find(({ type }) => type === 'Ready'));
  expect(await ready()).toHaveLength(3);
  const before = await renewed();
  expect(before.length).toBeGreaterThan(3);
  const end = clock.now() + 360_000;
  clock.after(360_000, () => {});
  while (clock.step(end)) await new Promise((resolve) => setImmediate(resolve));
  const { revision } = datacenter.api;
  for (const condition of await ready()) {
    expect(condition).toMatchObject({ status: 'True' });
    // A kubelet that has nothing new to tell tells so every five minutes.
    expect(clock.now() - Date.parse(condition!.lastHeartbeatTime)).toBeLessThan(300_000);
  }
  // Leaders renew theirs every two seconds, kubelets and servers every ten, to the microsecond.
  for (const { metadata, spec } of await leases()) {
    const age = clock.now() - Date.parse(spec.renewTime!);
    expect(age).toBeLessThan('leaseTransitions' in spec && metadata.name !== 'kube-ovn-controller' ? 2100 : 10_500);
    expect(spec.renewTime).toMatch(/\.\d{6}Z$/);
  }
  // Nobody looked meanwhile: they are written now.
  expect(datacenter.api.revision).toBeGreaterThanOrEqual(revision + 3 + before.length);
  // Whoever looks again at once finds them as they were.
  const versions = async () =>
    (await list('/apis/coordination.k8s.io/v1/leases')).map(({ metadata }) => metadata.resourceVersion);
  expect(await versions()).toEqual(await versions());
});

it('makes its own Service and its addresses again that somebody takes away, as others', async () => {
  const get = (path: string) => datacenter.transport.json<Item>({ path });
  for (const plural of ['services', 'endpoints']) {
    const path = `/api/v1/namespaces/default/${plural}/kubernetes`;
    const before = await get(path);
    await datacenter.transport.json({ method: 'DELETE', path });
    const end = clock.now() + 10_000;
    clock.after(10_000, () => {});
    while (clock.step(end)) await new Promise((resolve) => setImmediate(resolve));
    const after = await get(path);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(after.spec).toEqual(before.spec);
  }
});

it('says of addresses when they last changed, and of the ones of its own servers nothing', async () => {
  const trigger = 'endpoints.kubernetes.io/last-change-trigger-time';
  for (const group of ['/api/v1/endpoints', '/apis/discovery.k8s.io/v1/endpointslices']) {
    const found = await list(group);
    expect(found.length).toBeGreaterThan(2);
    for (const { metadata } of found) {
      const time = metadata.annotations?.[trigger];
      if (metadata.name === 'kubernetes') expect(time).toBeUndefined();
      else expect(Date.parse(time!)).toBeGreaterThanOrEqual(Date.parse(metadata.creationTimestamp));
      // Its Kubernetes is older than 1.33.
      expect(metadata).not.toHaveProperty(['labels', 'endpoints.kubernetes.io/managed-by']);
    }
  }
});

it('runs the controllers, behind the webhooks that are asked', async () => {
  const deployments = await list('/apis/apps/v1/namespaces/cpaas-system/deployments');
  expect(names(deployments)).toContain('cluster-api-provider-baremetal-manager');
  for (const { status, spec } of deployments) {
    expect(status.readyReplicas).toBe(1);
    const { template } = spec as { template?: { spec: { serviceAccountName: string } } };
    expect(template?.spec).toMatchObject({ serviceAccount: template?.spec.serviceAccountName });
  }
  const pods = await list('/api/v1/namespaces/cpaas-system/pods');
  expect(names(pods).some((name) => name.startsWith('cluster-api-provider-baremetal-manager-'))).toBe(true);
  const validating = await list('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations');
  const provider = validating.find(
    ({ metadata }) => metadata.name === 'cluster-api-provider-baremetal-validating-webhook-configuration',
  );
  expect(provider?.webhooks?.length).toBeGreaterThan(0);
  const mutating = await list('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
  expect(names(mutating)).toEqual([
    ...['capi-kubeadm-bootstrap', 'capi-kubeadm-control-plane', 'capi', 'cluster-api-provider-baremetal'].map(
      (owner) => `${owner}-mutating-webhook-configuration`,
    ),
  ]);
  const hooks = [...mutating, ...validating].flatMap(({ webhooks = [] }) => webhooks.map(({ name }) => name));
  expect(hooks).toContain('validation.clusterresourceset.addons.cluster.x-k8s.io');
  expect(new Set(hooks).size).toBe(hooks.length);
  expect(names(await list('/apis/storage.k8s.io/v1/csinodes'))).toEqual(['global-1', 'global-2', 'global-3']);
});

it('tells the definitions it serves by, older than what was made of them, and keeps them as they are', async () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const definitions = await list(path);
  const pools = definitions.find(
    ({ metadata }) => metadata.name === 'machineinventorypools.infrastructure.cluster.x-k8s.io',
  );
  expect(pools?.spec.versions?.[0]?.schema.openAPIV3Schema.properties).toHaveProperty('spec');
  const [oldest] = (await list('/apis/cluster.x-k8s.io/v1beta1/clusters'))
    .map(({ metadata }) => metadata.creationTimestamp)
    .sort();
  const namespaces = await list('/api/v1/namespaces');
  for (const { metadata } of [...definitions, ...namespaces]) {
    if (metadata.name === 'metaldeck-simulator') continue;
    expect(metadata.creationTimestamp < (oldest ?? '')).toBe(true);
  }
  const transport = apiTransport(datacenter.api, { user: { name: 'somebody', groups: ['system:masters'] } });
  const one = `${path}/machineinventorypools.infrastructure.cluster.x-k8s.io`;
  await refused(transport.json({ method: 'DELETE', path: one }), 403, 'Forbidden');
  expect(errors).toEqual([]);
});

it('has what every server has: its metrics, its parts, its groups, revisions of what was rolled out', async () => {
  const { api } = datacenter;
  const ask = (path: string) =>
    api.handle({
      ...{ method: 'GET', path, query: new URLSearchParams(), accept: '', contentType: '', body: '' },
      user: { name: 'somebody', groups: ['system:masters'] },
    });
  const { body } = await ask('/metrics');
  expect(body).toContain('apiserver_storage_objects{resource="nodes"} 3\n');
  expect(body).toMatch(
    /\napiserver_request_total\{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="cluster",subresource="",verb="LIST",version="v1"\} [1-9]/,
  );
  const { body: health } = await ask('/metrics/slis');
  expect(health).toContain('kubernetes_healthcheck{name="etcd",type="readyz"} 1\n');
  for (const line of `${String(body)}${String(health)}`.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [0-9.e+]+)$/);
  }
  // Of months there are more requests than those of this test, and of each kind as many as took their time.
  const figure = (start: string) =>
    Number(
      String(body)
        .split('\n')
        .find((line) => line.startsWith(start))
        ?.split(' ')[1],
    );
  const renewals =
    'component="apiserver",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"';
  expect(figure(`apiserver_request_total{code="200",${renewals}}`)).toBeGreaterThan(100_000);
  expect(figure(`apiserver_request_duration_seconds_count{${renewals}}`)).toBe(
    figure(`apiserver_request_duration_seconds_bucket{${renewals},le="60"}`),
  );
  expect(names(await list('/api/v1/componentstatuses'))).toEqual(['controller-manager', 'etcd-0', 'scheduler']);
  const services = names(await list('/apis/apiregistration.k8s.io/v1/apiservices'));
  expect(services).toEqual(expect.arrayContaining(['v1.', 'v1.apps', 'v1beta1.cluster.x-k8s.io']));
  expect(await list('/apis/cluster.x-k8s.io/v1beta1/clusterclasses')).toEqual([]);
  for (const { metadata } of await list('/apis/apps/v1/namespaces/cpaas-system/replicasets')) {
    expect(metadata).toMatchObject({ annotations: { 'deployment.kubernetes.io/revision': '1' } });
  }
});

const logOf = async (manager: string) => {
  const pods = await list('/api/v1/namespaces/cpaas-system/pods');
  const name = names(pods).find((one) => one.startsWith(`${manager}-`));
  const { body } = await datacenter.api.handle({
    ...{ method: 'GET', path: `/api/v1/namespaces/cpaas-system/pods/${name}/log`, query: new URLSearchParams() },
    ...{ accept: '', contentType: '', body: '', user: { name: 'somebody', groups: ['system:masters'] } },
  });
  return String(body).trimEnd().split('\n');
};

it('has managers that tell how they began: their webhooks, their election, their controllers', async () => {
  const lines = await logOf('capi-controller-manager');
  const at = (words: string) => lines.findIndex((line) => line.includes(words));
  const order = ['Registering webhook', 'Serving webhook server', 'attempting to acquire leader lease cpaas-system/'];
  const then = ['controller-leader-election-capi', '"Starting Controller" controller="machine"', '"Starting workers"'];
  const places = [...order, ...then].map(at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  const paths = lines.flatMap((line) => /"Registering webhook".* path="\/([^"]+)"/.exec(line)?.[1] ?? []);
  // Kind by kind: what changes it right before what judges it.
  const turns = paths.map((path) => /[^-]*$/.exec(path)![0]);
  expect(turns.filter((turn, index) => turn !== turns[index - 1])).toHaveLength(new Set(turns).size);
  expect(paths.filter((path) => path.endsWith('-machineset')).map((path) => path.split('-')[0])).toEqual([
    ...['mutate', 'validate'],
  ]);
  expect(turns.indexOf('cluster')).toBeLessThan(turns.indexOf('machine'));
});

it('has managers that take as long for each step as it happens', async () => {
  const micros = (line = '') => {
    const [, minute, second] = /^I\d{4} \d\d:(\d\d):([\d.]+)/.exec(line) ?? [];
    return Math.round((Number(minute) * 60 + Number(second)) * 1e6);
  };
  const names = ['capi-controller-manager', 'capi-kubeadm-bootstrap-controller-manager'];
  const both = await Promise.all(names.map(logOf));
  const between = (from: string, to: string) =>
    both.map((lines) => {
      const [a, b] = [from, to].map((words) => micros(lines.find((line) => line.includes(words))));
      return Math.round((b! - a!) / 1000);
    });
  for (const words of ['attempting to acquire', '"Serving metrics server"']) {
    const [one, other] = between('"Starting manager"', words);
    expect(one).not.toBe(other);
  }
  const starts = both[0]!.filter((line) => line.includes('"Starting workers"')).map(micros);
  const gaps = starts.slice(1).map((at, index) => Math.round((at - starts[index]!) / 1000));
  expect(new Set(gaps).size).toBeGreaterThan(3);
});

it('makes tokens of accounts, whose bearers find their way about and may do nothing', async () => {
  const { api, transport } = datacenter;
  const path = '/api/v1/namespaces/cpaas-system/serviceaccounts';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const made = await transport.json<{ status: { token: string; expirationTimestamp: string } }>({
    ...{ method: 'POST', path: `${path}/default/token`, body },
  });
  expect(Date.parse(made.status.expirationTimestamp) - clock.now()).toBeLessThanOrEqual(600_000);
  const user = api.userOf(made.status.token);
  expect(user?.name).toBe('system:serviceaccount:cpaas-system:default');
  const bearer = apiTransport(api, { user: user! });
  await refused(bearer.json({ path: '/api/v1/namespaces/cpaas-system/pods' }), 403, 'Forbidden');
  expect(await bearer.json({ path: '/version' })).toMatchObject({ major: '1' });
  const short = { ...body, spec: { expirationSeconds: 1 } };
  await refused(transport.json({ method: 'POST', path: `${path}/default/token`, body: short }), 422, 'Invalid');
  await refused(transport.json({ method: 'POST', path: `${path}/nobody/token`, body }), 404, 'NotFound');
});

it('gives Secrets the tokens of accounts, whose bearers may what the account may', async () => {
  const { api, transport } = datacenter;
  const path = '/api/v1/namespaces/cpaas-system/secrets';
  const body = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
    metadata: { name: 'mine', annotations: { 'kubernetes.io/service-account.name': 'default' } },
  };
  await transport.json({ method: 'POST', path, body });
  const names = ['mine', 'prod-registration-token'];
  for (const name of names) {
    const { metadata, data } = await transport.json<Item & { data: Record<string, string> }>({
      path: `${path}/${name}`,
    });
    const account = metadata.annotations?.['kubernetes.io/service-account.name'] ?? '';
    const accounts = '/api/v1/namespaces/cpaas-system/serviceaccounts';
    const { uid } = (await transport.json<Item>({ path: `${accounts}/${account}` })).metadata;
    expect(metadata.annotations?.['kubernetes.io/service-account.uid']).toBe(uid);
    const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
    expect(text('ca.crt')).toContain('BEGIN CERTIFICATE');
    expect(text('namespace')).toBe('cpaas-system');
    const [, claims = ''] = text('token').split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      'kubernetes.io/serviceaccount/secret.name': name,
      sub: `system:serviceaccount:cpaas-system:${account}`,
    });
    expect(api.userOf(text('token'))?.name).toBe(`system:serviceaccount:cpaas-system:${account}`);
  }
});

it('lets each controller do what it does, and no more', async () => {
  const may = async (account: string, verb: string, group: string, resource: string) => {
    const spec = {
      user: `system:serviceaccount:cpaas-system:${account}`,
      resourceAttributes: { verb, group, resource, namespace: 'cpaas-system' },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const { status } = await datacenter.transport.json<{ status: { allowed: boolean } }>({
      method: 'POST',
      path,
      body,
    });
    return status.allowed;
  };
  expect(await may('capi-manager', 'patch', 'cluster.x-k8s.io', 'machines')).toBe(true);
  expect(await may('capi-manager', 'delete', 'infrastructure.cluster.x-k8s.io', 'baremetalmachines')).toBe(true);
  expect(await may('capi-manager', 'delete', 'elemental.cattle.io', 'machineinventories')).toBe(false);
  expect(
    await may('cluster-api-provider-baremetal-manager', 'patch', 'elemental.cattle.io', 'machineinventories'),
  ).toBe(true);
  expect(
    await may('cluster-api-provider-baremetal-manager', 'delete', 'elemental.cattle.io', 'machineinventories'),
  ).toBe(false);
  expect(await may('elemental-operator', 'create', '', 'serviceaccounts')).toBe(true);
  expect(await may('capi-kubeadm-control-plane-manager', 'create', '', 'secrets')).toBe(true);
});

it('tells one story of who leads its control plane: Leases, logs, restarts and what a scheduler has told', async () => {
  const { json } = datacenter.transport;
  const log = async (pod: string, previous: boolean) => {
    const path = `/api/v1/namespaces/kube-system/pods/${pod}/log`;
    const query = new URLSearchParams({ previous: String(previous) });
    const user = { name: 'somebody', groups: ['system:masters'] };
    const asked = { method: 'GET', path, query, accept: '', contentType: '', body: '', user };
    return String((await datacenter.api.handle(asked)).body);
  };
  for (const program of ['kube-scheduler', 'kube-controller-manager']) {
    const { spec } = await json<{
      spec: { holderIdentity: string; acquireTime: string; leaseTransitions: number };
    }>({ path: `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${program}` });
    let restarts = 0;
    for (const host of ['global-1', 'global-2', 'global-3']) {
      const pod = await json<{ status: { containerStatuses: { restartCount: number }[] } }>({
        path: `/api/v1/namespaces/kube-system/pods/${program}-${host}`,
      });
      const [{ restartCount }] = pod.status.containerStatuses as [{ restartCount: number }];
      restarts += restartCount;
      const text = await log(`${program}-${host}`, false);
      const acquired = /(\d\d:\d\d:\d\d\.\d{3})\d{3} .*successfully acquired/.exec(text);
      const leads = spec.holderIdentity.startsWith(`${host}_`);
      // A long log is turned over.
      if (!leads || text.includes('attempting to acquire'))
        expect(acquired?.[1], `${program}-${host}`).toBe(leads ? spec.acquireTime.slice(11, 23) : undefined);
      if (restartCount > 0) expect(await log(`${program}-${host}`, true)).toMatch(/eaderelection lost/);
    }
    expect(spec.leaseTransitions).toBe(restarts);
    expect(restarts).toBeGreaterThan(2);
    if (program !== 'kube-scheduler') continue;
    const events = await json<{ items: { reason: string; reportingInstance: string }[] }>({ path: '/api/v1/events' });
    const hosts = events.items.flatMap(({ reason, reportingInstance }) =>
      reason === 'Scheduled' ? [reportingInstance] : [],
    );
    expect(hosts.length).toBeGreaterThan(0);
    expect(new Set(hosts)).toEqual(new Set([`default-scheduler-${spec.holderIdentity.replace(/_.*/, '')}`]));
  }
});

it('leaves on a Node what somebody writes there, and lets one go that is deleted', async () => {
  const { transport } = datacenter;
  const node = (name: string) => ({ path: `/api/v1/nodes/${name}` });
  const contentType = 'application/merge-patch+json';
  await transport.json({
    ...node('global-1'),
    method: 'PATCH',
    contentType,
    body: { metadata: { labels: { a: 'b' } } },
  });
  await transport.json({ ...node('global-2'), method: 'PATCH', contentType, body: { spec: { unschedulable: true } } });
  await transport.json({ ...node('global-3'), method: 'DELETE' });
  const end = clock.now() + 400_000;
  clock.after(400_000, () => {});
  while (clock.step(end));
  const nodes = (await list('/api/v1/nodes')) as (Item & { spec: { unschedulable?: boolean } })[];
  expect(names(nodes)).toEqual(['global-1', 'global-2']);
  expect(nodes[0]!.metadata).toMatchObject({ labels: { a: 'b' } });
  expect(nodes[1]!.spec.unschedulable).toBe(true);
  const beats = nodes.flatMap(({ status }) =>
    status.conditions
      .filter(({ type }) => type !== 'NetworkUnavailable')
      .map(({ lastHeartbeatTime }) => lastHeartbeatTime),
  );
  for (const at of beats) expect(clock.now() - Date.parse(at)).toBeLessThan(310_000);
});
