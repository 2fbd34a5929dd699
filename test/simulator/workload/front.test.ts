/** The APIs of workload clusters as somebody outside meets them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { newRelease, releaseName, setRelease } from '../../../src/simulator/controllers/kubeovn/app-release.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import type { ApplicationPod } from '../../../src/simulator/workload/settings.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const at = '2026-11-01T00:00:00Z';
let now = start;
let faults: Faults;
let workloads: Workloads;

beforeEach(async () => {
  now = start;
  faults = new Faults();
  workloads = new Workloads({ now: () => now, faults });
  workloads.of('prod').load([node('cp-1', true), node('w-1', false)]);
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

const node = (name: string, controlPlane: boolean, ready = true) =>
  nodeNamed(name, { controlPlane, joined: at, ready: ready ? at : 'never' });

interface Thing {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    nodeName?: string;
    renewTime?: string;
    containers?: { image: string }[];
    initContainers?: { image: string }[];
  };
  data?: Record<string, string>;
  status?: {
    conditions?: { type?: string; lastHeartbeatTime?: string }[];
    podIP?: string;
    containerStatuses?: { ready: boolean }[];
    numberReady?: number;
  };
}

async function ask(path: string, cluster = 'prod', token = workloads.access(cluster)?.token) {
  const answer = await fetch(`${workloads.access(cluster)?.url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { code: answer.status, body: (await answer.json()) as { items: Thing[]; gitVersion?: string } };
}
const names = async (path: string) => (await ask(path)).body.items.map(({ metadata }) => metadata.name);
const pods = '/api/v1/namespaces/kube-system/pods';
/** Lets the collector of Pods find those whose Nodes are gone. */
async function collect(): Promise<void> {
  await workloads.idle('prod');
  now += 60_000;
  await workloads.idle('prod');
}

it('serves the Nodes and, as if it ran on them, what every cluster runs', async () => {
  expect(await names('/api/v1/nodes')).toEqual(['cp-1', 'w-1']);
  expect((await ask('/version')).body.gitVersion).toBe('v1.33.7-2');
  const all = await names(pods);
  expect(all).toEqual(expect.arrayContaining(['etcd-cp-1', 'kube-apiserver-cp-1']));
  expect(all).not.toContain('etcd-w-1');
  expect(all.filter((name) => name.startsWith('kube-proxy-'))).toHaveLength(2);
  expect(await names(`${pods}?labelSelector=app%3Dalive`)).toHaveLength(1);
  expect(await names(`${pods}?fieldSelector=spec.nodeName%3Dw-1`)).not.toContain('etcd-cp-1');
  const sets = (await ask('/apis/apps/v1/namespaces/kube-system/daemonsets')).body.items;
  expect(sets.find(({ metadata }) => metadata.name === 'kube-proxy')?.status?.numberReady).toBe(2);
  expect(await names('/api/v1/namespaces/default/serviceaccounts')).toEqual(['default']);
});

it('has what every cluster has whatever runs on it: endpoints, roles, accounts and the authority of its server', async () => {
  workloads.settings = () => ({ tokens: [], ca: 'PEM' });
  for (const namespace of ['default', 'kube-public', 'cpaas-system']) {
    expect(await names(`/api/v1/namespaces/${namespace}/configmaps`)).toContain('kube-root-ca.crt');
    expect(await names(`/api/v1/namespaces/${namespace}/serviceaccounts`)).toContain('default');
  }
  const roots = await ask('/api/v1/namespaces/default/configmaps/kube-root-ca.crt');
  expect(roots.body).toMatchObject({ data: { 'ca.crt': 'PEM' } });
  expect(await names('/api/v1/namespaces/default/services')).toEqual(['kubernetes']);
  expect(await names('/apis/rbac.authorization.k8s.io/v1/clusterroles')).toContain('cluster-admin');
  expect(await names('/apis/scheduling.k8s.io/v1/priorityclasses')).toContain('system-node-critical');
  expect(await names('/apis/storage.k8s.io/v1/storageclasses')).toEqual([]);
  expect(await names('/api/v1/persistentvolumeclaims')).toEqual([]);
});

it('names the addresses of its servers in the order of their texts, whichever Node has which', async () => {
  const planes = ['10.0.0.9', '10.0.0.30', '10.0.0.2'].map((address, at) => {
    const made = nodeNamed(`cp-${at + 1}`, { controlPlane: true });
    return { ...made, status: { ...made.status, addresses: [{ type: 'InternalIP', address }] } };
  });
  workloads.of('ordered').load(planes);
  const read = async (path: string) =>
    (await ask(`${path}/kubernetes`, 'ordered')).body as unknown as {
      subsets: { addresses: { ip: string }[] }[];
      endpoints: { addresses: string[] }[];
    };
  const sorted = ['10.0.0.2', '10.0.0.30', '10.0.0.9'];
  const whole = await read('/api/v1/namespaces/default/endpoints');
  expect(whole.subsets[0]!.addresses.map(({ ip }) => ip)).toEqual(sorted);
  const slice = await read('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
  expect(slice.endpoints.flatMap(({ addresses }) => addresses)).toEqual(sorted);
});

it('runs the images its control plane names, with what kubeadm leaves, tokens while Machines join among it', async () => {
  const settings = {
    version: 'v1.33.7-2',
    coredns: '1.9',
    etcd: 'v3.6',
    repository: 'mirror/k8s',
    pods: '10.9.0.0/16',
  };
  const token = { token: 'abcdef.0123456789abcdef', expires: start + 60_000 };
  const configuration = 'clusterName: prod\n';
  workloads.settings = () => ({ ...settings, configuration, tokens: now < token.expires ? [token] : [] });
  const images = (await ask(pods)).body.items.flatMap(({ spec }) => spec.containers?.[0]?.image ?? []);
  expect(images).toEqual(expect.arrayContaining(['mirror/k8s/etcd:v3.6', 'mirror/k8s/coredns:1.9']));
  const dns = (await ask(`${pods}?labelSelector=k8s-app%3Dkube-dns`)).body.items;
  expect(dns.map(({ status }) => status?.podIP?.startsWith('10.9.'))).toEqual([true, true]);
  expect(new Set(dns.map(({ status }) => status?.podIP)).size).toBe(2);
  const maps = (await ask('/api/v1/namespaces/kube-system/configmaps')).body.items;
  expect(maps.map(({ metadata }) => metadata.name)).toEqual([
    ...['coredns', 'kube-apiserver-legacy-service-account-token-tracking'],
    ...['kube-proxy', 'kubeadm-config', 'kubelet-config'],
  ]);
  const kept = maps.find(({ metadata }) => metadata.name === 'kubeadm-config');
  expect(kept?.data?.['ClusterConfiguration']).toBe(configuration);
  const secrets = '/api/v1/namespaces/kube-system/secrets';
  expect(await names(secrets)).toEqual(['bootstrap-token-abcdef']);
  now += 60_000;
  expect(await names(secrets)).toEqual([]);
});

it('keeps Pods in step with Nodes', async () => {
  const before = await names(pods);
  workloads.of('prod').load([node('w-2', false, false)]);
  await expect.poll(() => names(pods)).toHaveLength(before.length + 1);
  const added = (await ask(`${pods}?fieldSelector=spec.nodeName%3Dw-2`)).body.items;
  expect(added.map(({ metadata }) => metadata.name.slice(0, 10))).toEqual(['kube-proxy']);
  await workloads.of('prod').json({ method: 'DELETE', path: '/api/v1/nodes/w-2' });
  await names(pods);
  await collect();
  await expect.poll(() => names(pods)).toEqual(before);
});

it('tells open watches of Pods about Nodes that come', async () => {
  const { url, token } = workloads.access('prod')!;
  const watch = await fetch(`${url}${pods}?watch=1`, { headers: { authorization: `Bearer ${token}` } });
  const reader = watch.body!.pipeThrough(new TextDecoderStream()).getReader();
  workloads.of('prod').load([node('w-3', false)]);
  let heard = '';
  while (!heard.includes('"nodeName":"w-3"')) heard += (await reader.read()).value ?? '';
  await reader.cancel();
  expect(heard).toContain('"type":"ADDED"');
});

it('renews the Leases of kubelets that are not silent', async () => {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const renewed = async () =>
    (await ask(leases)).body.items.map(({ spec }) => now - Date.parse(spec.renewTime ?? '') < 10_500);
  expect(await renewed()).toEqual([true, true]);
  const silent = node('w-1', false);
  const ready = silent.status!.conditions!.find(({ type }) => type === 'Ready')!;
  Object.assign(ready, { status: 'Unknown', lastTransitionTime: '2026-11-21T02:00:30Z' });
  workloads.of('prod').load([silent]);
  now += 60_000;
  await expect.poll(renewed).toEqual([true, false]);
});

it('lets leaders and kubelets make a Lease anew that somebody takes away, at their next turn', async () => {
  const scheduler = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler';
  const kubelet = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/w-1';
  interface Held {
    metadata: { uid: string; creationTimestamp: string };
    spec: { holderIdentity: string; acquireTime: string; renewTime: string };
  }
  const get = async (path: string) => (await ask(path)).body as unknown as Held;
  const { url, token } = workloads.access('prod')!;
  const remove = (path: string) =>
    fetch(`${url}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  now += 600_000;
  const [led, there] = [await get(scheduler), await get(kubelet)];
  await remove(scheduler);
  await remove(kubelet);
  expect((await ask(kubelet)).code).toBe(404);
  now += 2100;
  const again = await get(scheduler);
  expect(again.metadata.uid).not.toBe(led.metadata.uid);
  expect(Date.parse(again.metadata.creationTimestamp)).toBeGreaterThan(now - 4000);
  expect(again.spec).toMatchObject({ leaseTransitions: 0, holderIdentity: led.spec.holderIdentity });
  expect(now - Date.parse(again.spec.acquireTime)).toBeLessThan(2100);
  now += 8400;
  expect((await get(kubelet)).metadata.uid).not.toBe(there.metadata.uid);
  now += 60_000;
  // From then on it is the same, and renewed.
  const later = await get(scheduler);
  expect(later.metadata.uid).toBe(again.metadata.uid);
  expect(now - Date.parse(later.spec.renewTime)).toBeLessThan(2100);
});

it('makes its own Service and its addresses again, and what extensions trust', async () => {
  const { url, token } = workloads.access('prod')!;
  const paths = ['default/services/kubernetes', 'default/endpoints/kubernetes'].map(
    (path) => `/api/v1/namespaces/${path}`,
  );
  interface Made {
    metadata: { uid: string; creationTimestamp: string };
    spec?: { clusterIP: string };
    subsets?: unknown;
  }
  const get = async (path: string) => (await ask(path)).body as unknown as Made;
  for (const path of paths) {
    const before = await get(path);
    await fetch(`${url}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    expect((await ask(path)).code).toBe(404);
    now += 10_000;
    const after = await get(path);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(now - Date.parse(after.metadata.creationTimestamp)).toBeLessThanOrEqual(11_000);
    expect([after.spec, after.subsets]).toEqual([before.spec, before.subsets]);
    now += 60_000;
    expect((await get(path)).metadata.uid).toBe(after.metadata.uid);
  }
});

it('renews Leases before the eyes of whoever watches them', async () => {
  const { url, token } = workloads.access('prod')!;
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?watch=1&resourceVersion=0';
  await ask('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
  const watch = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const reader = watch.body!.pipeThrough(new TextDecoderStream()).getReader();
  now += 2100;
  let heard = '';
  while (!/"MODIFIED".*"name":"kube-scheduler"/.test(heard)) heard += (await reader.read()).value ?? '';
  await reader.cancel();
});

it('shows heartbeats of kubelets that are not silent, some minutes old at most', async () => {
  const silent = node('w-1', false);
  for (const condition of silent.status!.conditions!) condition.status = 'Unknown';
  workloads.of('prod').load([silent]);
  const ages = async () => {
    const { items } = (await ask('/api/v1/nodes')).body;
    return items.map(({ status }) => now - Date.parse(status?.conditions?.at(-1)?.lastHeartbeatTime ?? ''));
  };
  for (const later of [0, 7, 60]) {
    now += later * 60_000;
    const [alive, dead] = await ages();
    expect(alive).toBeGreaterThanOrEqual(0);
    expect(alive).toBeLessThanOrEqual(301_000);
    expect(dead).toBe(now - Date.parse(at));
  }
});

it('a kubelet that has pulled an image tells all that it has with it, and beats again five minutes later', async () => {
  const beats = async () => {
    const { items } = (await ask('/api/v1/nodes')).body;
    const found = items.find(({ metadata }) => metadata.name === 'w-1')!;
    const own = found.status!.conditions!.filter(({ type }) => type !== 'NetworkUnavailable');
    return [...new Set(own.map(({ lastHeartbeatTime }) => Date.parse(lastHeartbeatTime!)))];
  };
  await beats();
  now += 30_000;
  const status = { containerStatuses: [{ name: 'web', imageID: 'x', ready: true }] };
  const spec = { nodeName: 'w-1', containers: [{ name: 'web', image: 'registry.test/web:9' }] };
  const metadata = { name: 'web', namespace: 'default', uid: 'web', creationTimestamp: at };
  workloads.of('prod').load([{ apiVersion: 'v1', kind: 'Pod', metadata, spec, status } as never]);
  now += 11_000;
  expect(await beats()).toEqual([now]);
  const told = now;
  now += 290_000;
  expect(await beats()).toEqual([told]);
  now += 11_000;
  expect(await beats()).toEqual([told + 300_000]);
});

it('lets nobody in without the token of the cluster', async () => {
  workloads.of('other').load([node('cp-1', true)]);
  expect((await ask('/api/v1/nodes', 'prod', 'guessed')).code).toBe(401);
  expect((await ask('/api/v1/nodes', 'prod', workloads.access('other')?.token)).code).toBe(401);
  expect((await ask('/api/v1/nodes', 'other')).code).toBe(200);
  const { url, token } = workloads.access('prod')!;
  const elsewhere = await fetch(url.replace('/prod', '/%'), { headers: { authorization: `Bearer ${token}` } });
  expect(elsewhere.status).toBe(401);
});

it('lets strangers read what is public, knows accounts by their tokens, and lets nobody grant what he does not have', async () => {
  const { url, token } = workloads.access('prod')!;
  const as = async (bearer: string | undefined, path: string, body?: object, more: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...more,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { code: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  for (const path of ['/version', '/livez', '/readyz', '/api/v1/namespaces/kube-public/configmaps/cluster-info']) {
    expect([path, (await as(undefined, path)).code]).toEqual([path, path.includes('cluster-info') ? 404 : 200]);
  }
  expect(await as(undefined, '/apis')).toMatchObject({
    code: 403,
    body: { message: 'forbidden: User "system:anonymous" cannot get path "/apis"' },
  });
  expect((await as(undefined, '/livez/ping')).code).toBe(403);
  expect((await as(undefined, '/api/v1/nodes')).body.message).toContain('User "system:anonymous" cannot list resource');

  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const binding = (name: string, role: string) => ({
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  });
  const bindings = `${rbac}/namespaces/default/rolebindings`;
  expect((await as(token, bindings, binding('mine', 'admin'))).code).toBe(201);
  const made = await as(token, '/api/v1/namespaces/default/serviceaccounts/default/token', {
    spec: { expirationSeconds: 600 },
  });
  const own: string = made.body.status.token;
  const { status } = (await as(own, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {})).body;
  expect(status.userInfo).toEqual({
    username: 'system:serviceaccount:default:default',
    uid: expect.any(String),
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)] },
  });
  expect((await as(own, '/api/v1/namespaces/default/pods')).code).toBe(200);
  expect((await as(own, '/api/v1/nodes')).code).toBe(403);
  const roles = `${rbac}/namespaces/default/roles`;
  const rule = (resources: string[]) => ({ rules: [{ apiGroups: [''], resources, verbs: ['get', 'list'] }] });
  expect((await as(own, roles, { metadata: { name: 'held' }, ...rule(['pods']) })).code).toBe(201);
  expect(await as(own, roles, { metadata: { name: 'more' }, ...rule(['pods', 'nodes']) })).toMatchObject({
    code: 403,
    body: {
      message: `roles.rbac.authorization.k8s.io "more" is forbidden: user "system:serviceaccount:default:default" (groups=["system:serviceaccounts" "system:serviceaccounts:default" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}`,
    },
  });
  const all = (await as(own, bindings, binding('all', 'cluster-admin'))).body.message;
  expect(all).toContain('{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}');
  expect((await as(own, bindings, binding('none', 'nowhere'))).code).toBe(404);
  const acting = { 'impersonate-user': 'system:serviceaccount:default:default' };
  expect(
    (await as(token, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, acting)).body.status.userInfo,
  ).toEqual({
    username: acting['impersonate-user'],
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  });
  now += 601_000;
  expect((await as(own, '/api/v1/namespaces/default/pods')).code).toBe(401);
});

it('gathers roles by their labels, says what has granted something, and lets tokens end with their accounts', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const see = { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] };
  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
  await write('POST', `${rbac}/clusterroles`, { metadata: { name: 'see', labels }, ...see });
  await write('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'joe' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'joe' }],
  });
  const review = await write('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
    spec: { user: 'joe', resourceAttributes: { verb: 'list', resource: 'nodes' } },
  });
  expect((review as { status: object }).status).toEqual({
    ...{ allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "joe" of ClusterRole "admin" to User "joe"' },
  });
  const space = '/api/v1/namespaces/default';
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const asked = { metadata: { name: 'mine', annotations }, type: 'kubernetes.io/service-account-token' };
  await write('POST', `${space}/secrets`, asked);
  const { data } = (await ask(`${space}/secrets/mine`)).body as unknown as Thing;
  const token = Buffer.from(data?.['token'] ?? '', 'base64').toString();
  expect((await ask('/api/v1/nodes', 'prod', token)).code).toBe(403);
  await write('DELETE', `${space}/serviceaccounts/default`, {});
  expect((await ask(`${space}/secrets/mine`)).code).toBe(404);
  expect((await ask('/api/v1/nodes', 'prod', token)).code).toBe(401);
});

it('does not answer for a cluster that is unreachable or has no control plane that is up', async () => {
  faults.cluster('prod', { unreachable: true });
  await expect(ask('/api/v1/nodes')).rejects.toThrow();
  faults.cluster('prod', undefined);
  expect((await ask('/api/v1/nodes')).code).toBe(200);
  workloads.of('young').load([node('w-1', false)]);
  await expect(ask('/api/v1/nodes', 'young')).rejects.toThrow();
});

it('is empty once it is cleared', async () => {
  await ask('/api/v1/nodes');
  await workloads.clear('prod');
  await expect(ask('/api/v1/nodes')).rejects.toThrow();
  workloads.of('prod').load([node('cp-9', true)]);
  await expect.poll(() => names('/api/v1/nodes')).toEqual(['cp-9']);
});

it('has what runs on a Node taken over by its own controllers before it is drained, where somebody looks', async () => {
  await ask(pods);
  const api = workloads.of('prod');
  const path = '/api/v1/nodes/w-1';
  const contentType = 'application/merge-patch+json';
  await api.json({ method: 'PATCH', path, body: { spec: { unschedulable: true } }, contentType });
  const { items } = await api.json<{ items: { metadata: { name: string; managedFields?: unknown[] } }[] }>({
    path: pods,
  });
  const signed = items.filter(({ metadata }) => metadata.managedFields).map(({ metadata }) => metadata.name);
  expect(signed.length).toBeGreaterThan(0);
  expect(signed.filter((name) => !name.startsWith('coredns-'))).toEqual([]);
});

it('takes a look at all namespaces for a look', async () => {
  await ask('/api/v1/pods');
  const api = workloads.of('prod');
  const contentType = 'application/merge-patch+json';
  await api.json({ method: 'PATCH', path: '/api/v1/nodes/w-1', body: { spec: { unschedulable: true } }, contentType });
  const { items } = await api.json<{ items: { metadata: { managedFields?: unknown[] } }[] }>({ path: pods });
  expect(items.some(({ metadata }) => metadata.managedFields)).toBe(true);
});

it('leaves the mirrors of a Node that is gone to the collector of Pods, its Events for an hour, and the others as they are', async () => {
  workloads.of('prod').load([node('cp-2', true)]);
  const later = node('w-0', false);
  later.metadata.creationTimestamp = '2026-11-21T01:50:00Z';
  workloads.of('prod').load([later]);
  interface Placed extends Thing {
    metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string };
  }
  const all = async () => (await ask(pods)).body.items as Placed[];
  const of = (items: Placed[], node: string) => items.filter(({ spec }) => spec.nodeName === node);
  const before = await all();
  const events = '/api/v1/namespaces/kube-system/events';
  const told = await names(events);
  expect(told.some((name) => name.startsWith('kube-proxy'))).toBe(true);
  for (const name of ['cp-1', 'w-0']) {
    await workloads.of('prod').json({ method: 'DELETE', path: `/api/v1/nodes/${name}` });
  }
  await expect
    .poll(async () => of(await all(), 'cp-1').filter(({ metadata }) => metadata.deletionTimestamp))
    .toHaveLength(4);
  const left = of(await all(), 'cp-1').find(({ metadata }) => metadata.name === 'etcd-cp-1')!;
  expect(left.metadata).toMatchObject({ creationTimestamp: at, deletionTimestamp: '2026-11-21T02:00:30Z' });
  expect(of(await all(), 'w-1').map(({ status }) => status?.podIP)).toEqual(
    of(before, 'w-1').map(({ status }) => status?.podIP),
  );
  await collect();
  await expect.poll(async () => [...of(await all(), 'cp-1'), ...of(await all(), 'w-0')]).toEqual([]);
  expect(await names(events)).toEqual(expect.arrayContaining(told));
  now += 3_600_000;
  expect((await names(events)).filter((name) => told.includes(name))).toEqual([]);
});

it('lets Pods from files and those of users come up step by step on a Node that joins', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x9', node: 'cp-9' }];
  workloads.settings = () => ({ tokens: [], applications });
  await ask('/api/v1/pods');
  const joined = '2026-11-21T02:00:00Z';
  workloads.of('prod').load([nodeNamed('cp-9', { controlPlane: true, joined, ready: 'never' })]);
  const states = async (name: string) => {
    const { items } = (await ask('/api/v1/pods')).body as unknown as {
      items: { metadata: { name: string }; status: { phase: string; containerStatuses: { ready: boolean }[] } }[];
    };
    const found = items.find(({ metadata }) => metadata.name === name)?.status;
    return found && `${found.phase} ${found.containerStatuses[0]?.ready}`;
  };
  const seen = { etcd: new Set<string>(), app: new Set<string>() };
  for (let second = 0; second < 130; second += 1) {
    seen.etcd.add(String(await states('etcd-cp-9')));
    seen.app.add(String(await states('app-x9')));
    now += 1000;
    // Cluster API calls the Machine well when its Node is: what carries it is ready by then.
    if (second === 8) expect([...seen.etcd]).toEqual(['Pending false', 'Running false']);
    if (second === 8)
      workloads.of('prod').load([nodeNamed('cp-9', { controlPlane: true, joined, ready: '2026-11-21T02:00:09Z' })]);
    if (second === 10) expect(await states('etcd-cp-9')).toBe('Running true');
  }
  expect([...seen.etcd]).toEqual(['Pending false', 'Running false', 'Running true']);
  expect([...seen.app]).toEqual(['undefined', 'Pending false', 'Running true']);
  const { items } = (await ask('/api/v1/namespaces/sim-workload/events')).body as unknown as {
    items: { reason: string; involvedObject: { name: string } }[];
  };
  const own = items.filter(({ involvedObject }) => involvedObject.name === 'app-x9').map(({ reason }) => reason);
  expect(own.sort()).toEqual(['Created', 'Pulled', 'Pulling', 'Scheduled', 'Started']);
});

it('calls Pods of a Node that is silent not ready, and says of their containers what was heard last', async () => {
  const silent = node('cp-3', true);
  const since = '2026-11-21T01:58:00Z';
  Object.assign(silent.status!.conditions!.find(({ type }) => type === 'Ready')!, {
    ...{ status: 'Unknown', lastTransitionTime: since },
  });
  workloads.of('prod').load([silent]);
  const { items } = (await ask(`${pods}?fieldSelector=spec.nodeName%3Dcp-3`)).body as unknown as {
    items: {
      metadata: { name: string };
      status: {
        containerStatuses: { ready: boolean }[];
        conditions: { type: string; status: string; lastTransitionTime: string }[];
      };
    }[];
  };
  expect(items.length).toBeGreaterThan(3);
  for (const { status } of items) {
    const of = (type: string) => status.conditions.find((one) => one.type === type);
    expect(status.containerStatuses[0]?.ready).toBe(true);
    expect(of('ContainersReady')?.status).toBe('True');
    expect(of('Ready')).toMatchObject({ status: 'False', lastTransitionTime: since });
  }
  const events = (await ask('/api/v1/namespaces/kube-system/events?fieldSelector=reason%3DNodeNotReady')).body.items;
  expect(events).toHaveLength(items.length);
  expect(events[0]).toMatchObject({ type: 'Warning', source: { component: 'node-controller' } });
});

it('has on each Node what users run, until a drain has waited for its end', async () => {
  const applications: ApplicationPod[] = [
    { namespace: 'sim-workload', name: 'app-x1', node: 'w-1' },
    { namespace: 'sim-workload', name: 'app-x2', node: 'cp-1' },
  ];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  const [worker, plane] = (await ask(path)).body.items;
  expect(worker?.metadata).not.toHaveProperty('deletionTimestamp');
  // Who drains by hand is not told that nothing would bring it back.
  expect(worker).toMatchObject({
    metadata: { name: 'app-x1', ownerReferences: [{ controller: true, kind: 'SimApplication' }] },
    spec: { nodeName: 'w-1' },
    status: { phase: 'Running', podIP: expect.stringMatching(/^10\.3\./) },
  });
  // Where a control plane is, only what tolerates that.
  expect(plane?.spec).toMatchObject({
    tolerations: expect.arrayContaining([
      expect.objectContaining({ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }),
    ]),
  });
  applications[0]!.since = at;
  const [going] = (await ask(path)).body.items;
  expect(going?.metadata).toMatchObject({ name: 'app-x1', deletionTimestamp: '2026-11-01T00:00:30Z' });
  applications[0]!.since = '2026-11-21T01:59:59Z';
  const { items } = (await ask('/api/v1/namespaces/sim-workload/events')).body as unknown as { items: object[] };
  expect(items).toMatchObject([
    { reason: 'Killing', message: 'Stopping container app', involvedObject: { name: 'app-x1' } },
  ]);
  applications.shift();
  expect(await names(path)).toEqual(['app-x2']);
});

it('has what users run ended when its drain is done, whoever watches and kubelets or not', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  await names(path);
  const cordon = { spec: { unschedulable: true } };
  const contentType = 'application/merge-patch+json';
  await workloads.of('prod').json({ method: 'PATCH', path: '/api/v1/nodes/w-1', body: cordon, contentType });
  applications[0]!.since = '2026-11-21T01:59:59Z';
  expect(await names(path)).toEqual(['app-x1']);
  applications.shift();
  expect(await names(path)).toEqual([]);
});

it('ends what was deleted on a host that serves again before the collector of Pods has come by', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  await names(path);
  applications[0]!.since = '2026-11-21T01:59:59Z';
  expect(await names(path)).toEqual(['app-x1']);
  await workloads.of('prod').json({ method: 'DELETE', path: '/api/v1/nodes/w-1' });
  applications.shift();
  expect(await names(path)).toEqual(['app-x1']);
  now += 20_000;
  const again = nodeNamed('w-1', { joined: '2026-11-21T02:00:15Z', uid: 'another' });
  workloads.of('prod').load([again]);
  await expect.poll(() => names(path)).toEqual([]);
});

it('does not bring back what was evicted from a Node by hand', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  expect(await names(path)).toEqual(['app-x1']);
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'app-x1', namespace: 'sim-workload' },
  };
  await write('POST', `${path}/app-x1/eviction`, eviction);
  // Its containers come to their end first.
  expect(await names(path)).toEqual(['app-x1']);
  await settled(40);
  const { items } = (await ask('/api/v1/namespaces/sim-workload/events')).body as unknown as { items: object[] };
  expect(items).toMatchObject([{ reason: 'Killing', message: 'Stopping container app' }]);
  expect(await names(path)).toEqual([]);
  await ask('/api/v1/nodes');
  expect(await names(path)).toEqual([]);
});

/** Lets the kubelet of a Node fall silent at a time, as its cluster calls that. */
function silence(name: string, since: string): void {
  const silent = node(name, false);
  Object.assign(silent.status!.conditions!.find(({ type }) => type === 'Ready')!, {
    ...{ status: 'Unknown', lastTransitionTime: since },
  });
  workloads.of('prod').load([silent]);
}

it('drives from a Node that is silent for long what users run, and has it again once that Node is back', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  const one = async () => (await ask(path)).body.items[0] as unknown as { metadata: Record<string, string> };
  const before = (await one()).metadata;
  silence('w-1', '2026-11-21T01:56:00Z');
  expect((await one()).metadata).not.toHaveProperty('deletionTimestamp');
  await settled(70);
  // Nobody hears of its end.
  await settled(60);
  expect((await one()).metadata).toMatchObject({ uid: before['uid'], deletionTimestamp: '2026-11-21T02:01:30Z' });
  const { items } = (await ask('/api/v1/namespaces/sim-workload/events')).body as unknown as { items: object[] };
  expect(items).toContainEqual(
    expect.objectContaining({
      ...{ reason: 'TaintManagerEviction', message: 'Marking for deletion Pod sim-workload/app-x1' },
    }),
  );
  workloads.of('prod').load([node('w-1', false)]);
  await names(path);
  await settled(40);
  const after = await one();
  expect(after.metadata).not.toHaveProperty('deletionTimestamp');
  expect(after.metadata['uid']).not.toBe(before['uid']);
  expect(Date.parse(after.metadata['creationTimestamp']!)).toBeGreaterThan(start);
  expect(after).toMatchObject({ status: { phase: 'Running', startTime: after.metadata['creationTimestamp'] } });
});

it('drives away at once what users run and what minds a taint, and has it again once that is gone', async () => {
  const applications: ApplicationPod[] = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads.settings = () => ({ tokens: [], applications });
  const path = '/api/v1/namespaces/sim-workload/pods';
  const [before] = (await ask(path)).body.items as unknown as { metadata: Record<string, string> }[];
  const taint = (effect: string) => ({ spec: { taints: [{ key: 'a', value: 'b', effect }] } });
  await write('PATCH', '/api/v1/nodes/w-1', taint('NoSchedule'));
  await settled(5);
  expect((await ask(path)).body.items[0]?.metadata).not.toHaveProperty('deletionTimestamp');
  await write('PATCH', '/api/v1/nodes/w-1', taint('NoExecute'));
  await settled(60);
  expect(await names(path)).toEqual([]);
  const { items } = (await ask('/api/v1/namespaces/sim-workload/events')).body as unknown as { items: object[] };
  expect(items).toContainEqual(
    expect.objectContaining({
      ...{ reason: 'TaintManagerEviction', message: 'Marking for deletion Pod sim-workload/app-x1' },
    }),
  );
  const gone = now;
  await write('PATCH', '/api/v1/nodes/w-1', { spec: { taints: null } });
  await settled(3);
  const [after] = (await ask(path)).body.items as unknown as { metadata: Record<string, string> }[];
  expect(after!.metadata['uid']).not.toBe(before!.metadata['uid']);
  expect(Date.parse(after!.metadata['creationTimestamp']!)).toBeGreaterThanOrEqual(gone);
  expect(after).toMatchObject({ metadata: { name: 'app-x1' }, status: { phase: 'Running' } });
});

it('drives Pods from a Node that is silent for long though nobody has written anything', async () => {
  workloads.of('prod').load([node('cp-2', true), node('cp-3', true)]);
  const dns = async () => {
    const { items } = (await ask(`${pods}?labelSelector=k8s-app%3Dkube-dns`)).body;
    return items as unknown as { metadata: { name: string; deletionTimestamp?: string }; spec: { nodeName: string } }[];
  };
  const host = (await dns())[0]!.spec.nodeName;
  const silent = node(host, true);
  Object.assign(silent.status!.conditions!.find(({ type }) => type === 'Ready')!, {
    ...{ status: 'Unknown', lastTransitionTime: '2026-11-21T01:54:00Z' },
  });
  workloads.of('prod').load([silent]);
  await names('/api/v1/nodes');
  await settled(10);
  const all = await dns();
  expect(all.filter(({ metadata }) => metadata.deletionTimestamp).map(({ spec }) => spec.nodeName)).toEqual([host]);
  expect(all.filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(2);
});

it('takes with a cluster that goes what somebody made in it, wherever that is', async () => {
  const made = (name: string, path: string, body: object) =>
    workloads.of('prod').json({ method: 'POST', path, body: { ...body, metadata: { name } } });
  await made('shop', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace' });
  await made('default', '/api/v1/namespaces/shop/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount' });
  const containers = [{ name: 'web', image: 'registry.test/web:1' }];
  await made('web', '/api/v1/namespaces/shop/pods', { apiVersion: 'v1', kind: 'Pod', spec: { containers } });
  await workloads.clear('prod');
  const left = await workloads.of('prod').json<{ items: Thing[] }>({ path: '/api/v1/namespaces' });
  expect(left.items.map(({ metadata }) => metadata.name)).not.toContain('shop');
  expect((await workloads.of('prod').json<{ items: Thing[] }>({ path: '/api/v1/pods' })).items).toEqual([]);
});

/** Asks with a body, and lets Kubernetes' own controllers come to rest. */
async function write(method: string, path: string, body?: object) {
  const { url, token } = workloads.access('prod')!;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as unknown;
}
const settled = async (seconds: number) => {
  for (let at = 0; at < seconds; at += 1) {
    now += 1000;
    await workloads.idle('prod');
  }
};
const system = '/apis/apps/v1/namespaces/kube-system';

it('hands over what every cluster runs as it is: a write elsewhere touches none of it', async () => {
  const state = async () => {
    const kinds = [`${system}/deployments`, `${system}/replicasets`, `${system}/daemonsets`, pods];
    const all = await Promise.all(kinds.map(async (path) => (await ask(path)).body.items));
    return JSON.stringify(all);
  };
  const before = await state();
  await write('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
  await settled(3);
  expect(await state()).toBe(before);
});

it('rolls what every cluster runs, replaces its Pods, and makes the mirror of a file again', async () => {
  const dns = async () => (await names(pods)).filter((name) => name.startsWith('coredns'));
  const before = await dns();
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T02:00:00Z' };
  await write('PATCH', `${system}/deployments/coredns`, { spec: { template: { metadata: { annotations } } } });
  await settled(40);
  const after = await dns();
  expect(after).toHaveLength(2);
  for (const name of before) expect(after).not.toContain(name);
  expect((await ask(`${system}/replicasets`)).body.items.map(({ status }) => status)).toHaveLength(2);
  await write('DELETE', `${pods}/${after[0]}`);
  const [etcd = ''] = (await names(pods)).filter((name) => name.startsWith('etcd'));
  await write('DELETE', `${pods}/${etcd}`);
  await settled(40);
  expect(await dns()).toHaveLength(2);
  expect(await dns()).not.toContain(after[0]);
  expect(await names(pods)).toContain(etcd);
  const [slice] = (await ask('/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices')).body
    .items as unknown as {
    endpoints: { targetRef: { name: string } }[];
  }[];
  expect(slice?.endpoints.map(({ targetRef }) => targetRef.name).sort()).toEqual(await dns());
});

it('replaces what a chart has changed by its controllers where Pods are played, whether or not somebody has looked before', async () => {
  await workloads.close();
  workloads = new Workloads({ now: () => now, faults, follows: () => true });
  workloads.of('prod').load([node('cp-1', true), node('w-1', false)]);
  await workloads.serve({ tls: false });
  const charts = (targetRevision: string) => [{ name: 'acp/chart-cpaas-kube-ovn', targetRevision }];
  const release = newRelease(releaseName, { source: { charts: charts('v4.2.24') } });
  setRelease(release, 'Success', at);
  const api = workloads.of('prod');
  api.load([release, node('cp-2', true), node('cp-3', true)]);
  const path = `/apis/operator.alauda.io/v1alpha1/namespaces/cpaas-system/appreleases/${releaseName}`;
  const patch = (suffix: string, body: object) =>
    api.json({ method: 'PATCH', path: `${path}${suffix}`, body, contentType: 'application/merge-patch+json' });
  await patch('', { spec: { source: { charts: charts('v4.3.3') } } });
  const ofChart = (kind: string) => ask(`${system}/${kind}?labelSelector=component%3Dnetwork`);
  const podsOfChart = async () => (await ask(`${pods}?labelSelector=component%3Dnetwork`)).body.items;
  const before = await podsOfChart();
  // What somebody has scaled is scaled back: the chart says how many.
  const central = { path: '/apis/apps/v1/namespaces/kube-system/deployments/ovn-central' };
  await api.json({
    ...{ ...central, method: 'PATCH', body: { spec: { replicas: 1 } } },
    contentType: 'application/merge-patch+json',
  });
  setRelease(release, 'HealthChecking', '2026-11-21T02:00:00Z');
  const installed = { 'acp/chart-cpaas-kube-ovn': { installedRevision: 'v4.3.3', phase: 'HealthChecking' } };
  await patch('/status', { status: { charts: installed } });
  await settled(300);
  const after = await podsOfChart();
  expect(after).toHaveLength(before.length);
  expect(await api.json(central)).toMatchObject({ spec: { replicas: 3 } });
  expect(before.every(({ spec }) => spec.containers?.[0]?.image.endsWith(':v4.2.24'))).toBe(true);
  const images = after.flatMap(({ spec }) => [...(spec.containers ?? []), ...(spec.initContainers ?? [])]);
  expect(images.filter(({ image }) => !image.endsWith(':v4.3.3'))).toEqual([]);
  const old = before.map(({ metadata }) => metadata.name);
  expect(after.filter(({ metadata }) => old.includes(metadata.name))).toEqual([]);
  expect((await ofChart('replicasets')).body.items).toHaveLength(6);
  expect((await ofChart('controllerrevisions')).body.items).toHaveLength(6);
});

it('has what a chart has changed at once where nobody has looked at Pods and none is played; who asks for the daemons alone has not', async () => {
  const charts = (targetRevision: string) => [{ name: 'acp/chart-cpaas-kube-ovn', targetRevision }];
  const release = newRelease(releaseName, { source: { charts: charts('v4.2.24') } });
  setRelease(release, 'Success', at);
  const api = workloads.of('prod');
  api.load([release]);
  const daemons = `${system}/daemonsets`;
  const cni = async () =>
    (await ask(daemons)).body.items.find(({ metadata }) => metadata.name === 'kube-ovn-cni') as unknown as {
      metadata: { generation: number };
      spec: { template: { spec: { containers: { image: string }[] } } };
      status: Record<string, number>;
    };
  const before = await cni();
  const path = `/apis/operator.alauda.io/v1alpha1/namespaces/cpaas-system/appreleases/${releaseName}`;
  const patch = (suffix: string, body: object) =>
    api.json({ method: 'PATCH', path: `${path}${suffix}`, body, contentType: 'application/merge-patch+json' });
  await patch('', { spec: { source: { charts: charts('v4.3.3') } } });
  const installed = { 'acp/chart-cpaas-kube-ovn': { installedRevision: 'v4.3.3', phase: 'HealthChecking' } };
  await patch('/status', { status: { charts: installed } });
  expect(await workloads.isPlayed('prod')).toBe(false);
  const after = await cni();
  expect(after.spec.template.spec.containers[0]?.image).toMatch(/:v4\.3\.3$/);
  expect(before.spec.template.spec.containers[0]?.image).toMatch(/:v4\.2\.24$/);
  expect(after.status).toMatchObject({
    ...{ observedGeneration: after.metadata.generation, desiredNumberScheduled: 2 },
    ...{ updatedNumberScheduled: 2, numberAvailable: 2 },
  });
  await ask(pods);
  await patch('', { spec: { source: { charts: charts('v4.3.11') } } });
  expect(await workloads.isPlayed('prod')).toBe(true);
});

it('runs the control plane by the manifests of kubeadm, with the flags that are asked for', async () => {
  const extraArgs = { apiServer: { profiling: 'false' } };
  workloads.settings = () => ({
    tokens: [],
    name: 'prod',
    pods: '10.100.0.0/16',
    services: '10.150.0.0/16',
    extraArgs,
  });
  const all = (await ask(pods)).body.items as unknown as {
    metadata: { name: string };
    spec: { containers: { command?: string[] }[]; volumes?: { name: string }[] };
  }[];
  const commandOf = (name: string) => all.find(({ metadata }) => metadata.name === name)?.spec.containers[0]?.command;
  expect(commandOf('kube-apiserver-cp-1')).toEqual(
    expect.arrayContaining(['kube-apiserver', '--profiling=false', '--service-cluster-ip-range=10.150.0.0/16']),
  );
  expect(commandOf('kube-controller-manager-cp-1')).toContain('--cluster-cidr=10.100.0.0/16');
  expect(commandOf('etcd-cp-1')).toContain('--name=cp-1');
  for (const { metadata, spec } of all) {
    if (/^(kube-(api|contr|sched)|etcd)/.test(metadata.name)) expect(spec.volumes?.length).toBeGreaterThan(0);
  }
  await write('POST', '/api/v1/namespaces/default/services', {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  });
  const services = (await ask('/api/v1/services')).body.items as unknown as { spec: { clusterIP: string } }[];
  for (const { spec } of services) expect(spec.clusterIP).toMatch(/^10\.150\./);
});

it('is told from the others by the token alone, where the path of its server is left out', async () => {
  const { origin } = new URL(workloads.access('prod')!.url);
  const headers = { authorization: `Bearer ${workloads.access('prod')!.token}` };
  expect(await (await fetch(`${origin}/version`, { headers })).json()).toMatchObject({ gitVersion: 'v1.33.7-2' });
  expect((await fetch(`${origin}/version`, { headers: { authorization: 'Bearer nobody' } })).status).toBe(401);
});

it('outlives its first Nodes, and gives the Pods of a host that serves again other names', async () => {
  interface Born extends Thing {
    metadata: { name: string; uid: string; creationTimestamp: string };
  }
  const service = async () =>
    (await ask('/api/v1/namespaces/default/services')).body.items.map((one) => (one as Born).metadata);
  const before = { services: await service(), pods: await names(pods) };
  const api = workloads.of('prod');
  const later = (name: string, controlPlane: boolean) => {
    const again = node(name, controlPlane);
    again.metadata = { ...again.metadata, uid: `again-${name}`, creationTimestamp: '2026-11-21T02:00:00Z' };
    api.load([again]);
  };
  later('cp-2', true);
  for (const name of ['cp-1', 'w-1']) await api.json({ method: 'DELETE', path: `/api/v1/nodes/${name}` });
  const proxies = async () => (await names(pods)).filter((name) => name.startsWith('kube-proxy-'));
  await expect.poll(proxies).toHaveLength(3);
  // A host that serves again knows nothing of what ran there before.
  later('w-1', false);
  const isOld = (name: string) => before.pods.includes(name);
  await expect.poll(async () => (await proxies()).filter(isOld)).toHaveLength(1);
  await collect();
  await expect.poll(proxies).toHaveLength(2);
  expect((await proxies()).filter((name) => before.pods.includes(name))).toEqual([]);
  expect(await service()).toEqual(before.services);
});

it('tells which images a Node has, and comes up step by step', async () => {
  const { items } = (await ask('/api/v1/nodes')).body as unknown as { items: Node[] };
  const images = items.find(({ metadata }) => metadata.name === 'cp-1')!.status!.images!;
  expect(images.find(({ names }) => /\/etcd:/.test(names[1] ?? ''))?.names[0]).toMatch(/\/etcd@sha256:[0-9a-f]{64}$/);
  const etcd = images.find(({ names }) => /\/etcd:/.test(names[1] ?? ''))!;
  expect(etcd.sizeBytes / 57_700_000).toBeCloseTo(1, 1);
  const sizes = images.map(({ sizeBytes }) => sizeBytes);
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));

  const all = (await ask(pods)).body.items as unknown as {
    metadata: { name: string };
    status: { conditions: { type: string; lastTransitionTime: string }[] };
  }[];
  const at = (type: string) =>
    all.find(({ metadata }) => metadata.name === 'etcd-cp-1')!.status.conditions.find((one) => one.type === type)!
      .lastTransitionTime;
  expect(at('Initialized') <= at('PodReadyToStartContainers')).toBe(true);
  expect(at('PodReadyToStartContainers') < at('ContainersReady')).toBe(true);
  expect(at('Ready')).toBe(at('ContainersReady'));
});

it('runs on each host of its control plane the version that the host was made with, and says who leads', async () => {
  const newer = node('cp-2', true);
  newer.status!.nodeInfo!.kubeletVersion = 'v1.33.7-3';
  workloads.of('prod').load([newer]);
  const imageOf = async (name: string) => {
    const { items } = (await ask(pods)).body;
    return items.find(({ metadata }) => metadata.name === name)?.spec.containers?.[0]?.image ?? '';
  };
  await expect.poll(() => imageOf('kube-apiserver-cp-2')).toMatch(/:v1\.33\.7-3$/);
  expect(await imageOf('kube-apiserver-cp-1')).toMatch(/:v1\.33\.7-2$/);
  const leases = await names('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
  expect(leases).toEqual(expect.arrayContaining(['kube-controller-manager', 'kube-scheduler']));
  expect(leases.filter((name) => /^apiserver-[a-z2-7]{26}$/.test(name))).toHaveLength(2);
});

it('counts what is wanted of Pods where a server of 1.33 has made them', async () => {
  const counted = async (cluster: string) => {
    const { items } = (await ask(pods, cluster)).body as {
      items: { metadata: { name: string; generation?: number } }[];
    };
    return items.map(({ metadata: { name, generation } }) => [name, generation] as const);
  };
  const all = await counted('prod');
  expect(all).toContainEqual(['etcd-cp-1', 1]);
  expect(all.filter(([, generation]) => generation !== 1)).toEqual([]);

  const older = node('cp-1', true);
  older.status!.nodeInfo!.kubeletVersion = 'v1.32.11-2';
  const cluster = workloads.of('later');
  cluster.load([older]);
  const before = await counted('later');
  expect(before).toContainEqual(['etcd-cp-1', undefined]);
  expect(before.filter(([, generation]) => generation !== undefined)).toEqual([]);

  // A roll brings a Node of the next version.
  now += 60_000;
  const newer = node('cp-2', true);
  newer.metadata.creationTimestamp = new Date(now).toISOString().replace('.000', '');
  cluster.load([newer]);
  await expect.poll(() => counted('later')).toContainEqual(['etcd-cp-2', 1]);
  expect(await counted('later')).toContainEqual(['etcd-cp-1', undefined]);
});

it('has what Kube-OVN keeps, once somebody asks: subnets, addresses of Pods and Nodes, and notes on both', async () => {
  workloads.settings = () => ({ tokens: [], pods: '10.9.0.0/16', join: '100.66.0.0/16' });
  const charts = [{ name: 'acp/chart-cpaas-kube-ovn', targetRevision: 'v4.2.24' }];
  const release = newRelease(releaseName, { source: { charts } });
  setRelease(release, 'Success', at);
  workloads.of('prod').load([release]);
  const ovn = '/apis/kubeovn.io/v1';
  const [dns] = (await ask(`${pods}?labelSelector=k8s-app%3Dkube-dns`)).body.items;
  const address = dns?.status?.podIP;
  expect(dns?.metadata.annotations).toMatchObject({
    'ovn.kubernetes.io/ip_address': address,
    'ovn.kubernetes.io/logical_switch': 'ovn-default',
    'ovn.kubernetes.io/gateway': '10.9.0.1',
  });
  const nodes = (await ask('/api/v1/nodes')).body.items;
  expect(nodes.map(({ metadata }) => metadata.annotations?.['ovn.kubernetes.io/ip_address'])).toEqual([
    '100.66.0.2',
    '100.66.0.3',
  ]);
  expect(nodes.map(({ status }) => status?.conditions?.[0])).toMatchObject([
    { type: 'NetworkUnavailable', status: 'False', message: 'ping check to gateway ip 100.66.0.1 succeeded' },
    { type: 'NetworkUnavailable', status: 'False', reason: 'JoinSubnetGatewayReachable', lastHeartbeatTime: at },
  ]);
  const ips = await names(`${ovn}/ips`);
  expect(ips).toEqual(expect.arrayContaining([`${dns?.metadata.name}.kube-system`, 'node-cp-1', 'node-w-1']));
  const [join, own] = (await ask(`${ovn}/subnets`)).body.items as unknown as {
    spec: { cidrBlock: string };
    status: { v4usingIPs: number; v4availableIPs: number };
  }[];
  expect(join).toMatchObject({ spec: { cidrBlock: '100.66.0.0/16' }, status: { v4usingIPs: 2 } });
  expect(own?.status).toMatchObject({ v4usingIPs: ips.length - 2, v4availableIPs: 65_533 - (ips.length - 2) });
  const subnet = { apiVersion: 'kubeovn.io/v1', kind: 'Subnet', metadata: { name: 'mine' } };
  const body = { ...subnet, spec: { cidrBlock: '10.7.0.0/24', natOutgoing: true, unheard: 'of' } };
  await workloads.of('prod').json({ method: 'POST', path: `${ovn}/subnets`, body });
  expect((await ask(`${ovn}/subnets/mine`)).body).toMatchObject({
    spec: { gateway: '10.7.0.1', vpc: 'ovn-cluster', natOutgoing: true },
    status: { v4usingIPs: 0, v4availableIPs: 253 },
  });
  expect((await ask(`${ovn}/subnets/mine`)).body).not.toHaveProperty('spec.unheard');
  expect(await names('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).toContain('subnets.kubeovn.io');
  expect(await names('/apis/rbac.authorization.k8s.io/v1/clusterroles')).toContain('system:ovn-ovs');
  expect(await names('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas')).toContain('exempt');
  expect(await names('/apis/storage.k8s.io/v1/csinodes')).toEqual(['cp-1', 'w-1']);
  expect(await names('/apis/networking.k8s.io/v1/servicecidrs')).toEqual(['kubernetes']);
  expect(await names('/apis/networking.k8s.io/v1/ipaddresses')).toContain('10.96.0.1');
  // Dynamic resources came with 1.34.
  const claims = { path: '/apis/resource.k8s.io/v1/resourceclaims' };
  await expect(workloads.of('prod').json(claims)).rejects.toMatchObject({ code: 404 });
  workloads
    .of('prod')
    .sees([{ ...node('cp-1', true), status: { nodeInfo: { kubeletVersion: 'v1.34.5-1' } } } as never]);
  expect(await workloads.of('prod').json(claims)).toMatchObject({ items: [] });
});
