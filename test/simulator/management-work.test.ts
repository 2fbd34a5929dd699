/** What is made in the management cluster runs there, beside the platform that somebody may restart. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { ManagementCluster, managementResources } from '../../src/simulator/world/management/index.ts';
import { ManagementWork } from '../../src/simulator/world/management/work.ts';
import { ownershipOf } from '../../src/simulator/world/ownership.ts';

const start = Date.UTC(2026, 2, 1, 12);
let now: number;
let api: ReturnType<typeof createApi>;
let work: ManagementWork;
let errors: unknown[];

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
    beforeRead: (plural) => management.refresh(plural),
  });
  const management: ManagementCluster = new ManagementCluster({
    ...{ api, seed: '1', now: () => now, since: start - 86_400_000, admission: [] },
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
  spec: { nodeName?: string; holderIdentity?: string };
  status?: { phase?: string };
}
async function ask<T = { items: Item[] }>(method: string, path: string, body?: object): Promise<T> {
  const answer = await work.served.handle({
    ...{ method, path, query: new URLSearchParams(), accept: 'application/json', user: { name: 'somebody' } },
    contentType: method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
    body: body ? JSON.stringify(body) : '',
  });
  expect(answer.status).toBeLessThan(300);
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
