/** What is made in the management cluster runs there, beside the platform that somebody may restart. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { webhooks } from '../../src/simulator/webhooks/index.ts';
import { ManagementCluster, managementResources } from '../../src/simulator/world/management/index.ts';
import { called } from '../../src/simulator/world/management/webhook-calls.ts';
import { ManagementWork } from '../../src/simulator/world/management/work.ts';
import { ownershipOf } from '../../src/simulator/world/ownership.ts';

const start = Date.UTC(2026, 2, 1, 12);
let now: number;
let api: ReturnType<typeof createApi>;
let work: ManagementWork;
let errors: unknown[];
/** What was told of the platform's programs. */
let works: Map<string, boolean>;

beforeEach(() => {
  now = start;
  errors = [];
  api = createApi({
    ...{
      now: () => now,
      namespacesSince: start - 86_400_000,
      resources: managementResources('v1beta1'),
      ownership: ownershipOf(),
    },
    admission: called(webhooks(), {
      resources: managementResources('v1beta1'),
      answers: (owner) => management.answers(owner),
      addressOf: (service) => management.addressOf(service),
    }),
    beforeRead: (plural) => management.refresh(plural),
  });
  works = new Map();
  const management: ManagementCluster = new ManagementCluster({
    ...{ api, seed: '1', now: () => now, since: start - 86_400_000, admission: [] },
    onWork: ({ name }, runs) => works.set(name, runs),
  });
  management.serves('authority');
  work = new ManagementWork({ api, management, seed: '1', now: () => now, onError: (error) => errors.push(error) });
});
afterEach(() => {
  work.stop();
  expect(errors).toEqual([]);
});

interface Item {
  metadata: { name: string; uid: string };
  spec: { nodeName?: string; holderIdentity?: string; renewTime?: string; leaseTransitions?: number };
  subsets?: { addresses: { targetRef: { name: string } }[]; ports: { port: number }[] }[];
  status?: { phase?: string };
}
async function ask<T = { items: Item[] }>(method: string, path: string, body?: object, refused?: number): Promise<T> {
  const answer = await work.served.handle({
    ...{ method, path, query: new URLSearchParams(), accept: 'application/json', user: { name: 'somebody' } },
    contentType: method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
    body: body ? JSON.stringify(body) : '',
  });
  if (refused) expect(answer.status).toBe(refused);
  else expect(answer.status).toBeLessThan(300);
  if (typeof answer.body === 'string') return JSON.parse(answer.body) as T;
  const pieces: string[] = [];
  for await (const piece of answer.body as AsyncIterable<string>) pieces.push(piece);
  return JSON.parse(pieces.join('')) as T;
}
const list = async (path: string) => (await ask('GET', path)).items;
async function pass(seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 1) {
    now += 1000;
    await work.idle();
  }
}
const home = '/api/v1/namespaces/cpaas-system/pods';
const system = '/apis/apps/v1/namespaces/cpaas-system';

it('runs a Deployment, and a new Namespace has its account and the authority', async () => {
  const before = await list(home);
  await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
  const spec = { containers: [{ name: 'web', image: 'registry.test/web:1' }] };
  await ask('POST', '/apis/apps/v1/namespaces/demo/deployments', {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec },
    },
  });
  await pass(6);
  const made = await list('/api/v1/namespaces/demo/pods');
  expect(made.map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
  for (const pod of made) expect(pod.spec.nodeName).toMatch(/^global-\d$/);
  const names = async (plural: string) =>
    (await list(`/api/v1/namespaces/demo/${plural}`)).map(({ metadata }) => metadata.name);
  expect(await names('serviceaccounts')).toContain('default');
  expect(await names('configmaps')).toContain('kube-root-ca.crt');
  // The platform goes on as it is.
  expect(await list(home)).toEqual(before);
});

it('restarts a controller, whose next Pod leads, and leaves the builder of an image alone', async () => {
  const reference = {
    apiVersion: 'elemental.cattle.io/v1beta1',
    kind: 'SeedImage',
    name: 'iso',
    uid: 'u',
    controller: true,
  };
  await ask('POST', home, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'iso', ownerReferences: [reference] } },
    spec: { containers: [{ name: 'serve', image: 'registry.test/iso:1' }] },
  });
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-03-01T12:00:00Z' };
  const of = async () =>
    (await list(home)).flatMap(({ metadata: { name } }) => (name.startsWith('elemental-operator-') ? [name] : []));
  const before = await of();
  await ask('PATCH', `${system}/deployments/elemental-operator`, {
    spec: { template: { metadata: { annotations } } },
  });
  await pass(30);
  const after = await of();
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  const leases = await list('/apis/coordination.k8s.io/v1/namespaces/cpaas-system/leases');
  const lease = leases.find(({ metadata }) => metadata.name === 'elemental-operator-leader-election');
  expect(lease?.spec.holderIdentity).toContain(after[0]);
  const builder = (await list(home)).find(({ metadata }) => metadata.name === 'iso');
  expect(builder?.spec.nodeName).toBeUndefined();
  expect(builder?.status?.phase).toBe('Pending');
});

const capi = 'capi-controller-manager';
const leaseOf = async () =>
  (
    await ask<Item>(
      'GET',
      `/apis/coordination.k8s.io/v1/namespaces/cpaas-system/leases/controller-leader-election-capi`,
    )
  ).spec;
const addresses = async () =>
  (await ask<Item>('GET', '/api/v1/namespaces/cpaas-system/endpoints/capi-webhook-service')).subsets ?? [];

it('stops a program that is scaled to nothing, refuses what its webhooks would be asked, and lets it come again', async () => {
  const before = await leaseOf();
  expect(await addresses()).toMatchObject([{ addresses: [{ targetRef: { kind: 'Pod' } }], ports: [{ port: 9443 }] }]);
  const [{ metadata }] = (await ask('GET', '/api/v1/namespaces/cpaas-system/secrets')).items as [Item];
  expect(metadata.name).toBe('capi-kubeadm-bootstrap-webhook-service-cert');
  const cluster = { apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster', metadata: { name: 'one' }, spec: {} };
  const clusters = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/clusters';
  const scale = (replicas: number) => ask('PATCH', `${system}/deployments/${capi}`, { spec: { replicas } });
  await scale(0);
  await pass(12);
  expect(works).toEqual(new Map([[capi, false]]));
  expect(await addresses()).toEqual([]);
  const refused = await ask<{ message: string }>('POST', clusters, cluster, 500);
  expect(refused.message).toMatch(
    /^Internal error occurred: failed calling webhook "default\.cluster\.cluster\.x-k8s\.io": failed to call webhook: Post "https:\/\/capi-webhook-service\.cpaas-system\.svc:443\/mutate-cluster-x-k8s-io-v1beta1-cluster\?timeout=10s": dial tcp 10\.96\.\d+\.\d+:443: connect: connection refused$/,
  );
  await pass(30);
  const silent = await leaseOf();
  expect(silent.holderIdentity).toBe(before.holderIdentity);
  expect(now - Date.parse(silent.renewTime ?? '')).toBeGreaterThan(30_000);
  await scale(1);
  // Its kubelet asks each ten seconds whether it is ready. It answers before it leads.
  const isReady = async () => (await addresses()).some((subset) => 'addresses' in (subset as object));
  for (let waited = 0; waited < 30 && !(await isReady()); waited++) await pass(1);
  await ask('POST', clusters, cluster);
  expect(works.get(capi)).toBe(false);
  await pass(20);
  await ask('PATCH', `${system}/deployments/${capi}`, { metadata: { labels: { looked: 'at' } } });
  await pass(1);
  expect(works.get(capi)).toBe(true);
  const after = await leaseOf();
  expect(after.holderIdentity).not.toBe(before.holderIdentity);
  expect(after.leaseTransitions).toBe((before.leaseTransitions ?? 0) + 1);
  expect(await addresses()).toHaveLength(1);
});

it('elects anew a program whose Pod is deleted', async () => {
  const before = await leaseOf();
  const [pod] = (await list(home)).filter(({ metadata }) => metadata.name.startsWith(capi));
  await ask('DELETE', `${home}/${pod?.metadata.name}`);
  await pass(40);
  expect((await leaseOf()).holderIdentity).not.toBe(before.holderIdentity);
});
