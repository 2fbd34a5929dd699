/** Clusters whose Pods are played before anybody has looked at them. */
import { afterEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { isFollowed } from '../../../src/simulator/workload/followed.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const at = '2026-11-01T00:00:00Z';
let now = start;
let workloads: Workloads;
afterEach(() => workloads.close());

interface Pod {
  metadata: { creationTimestamp: string; deletionTimestamp?: string; labels?: Record<string, string> };
  spec: { nodeName?: string };
  status: { phase: string };
}

const node = (name: string, controlPlane: boolean, joined = at, ready = joined) =>
  nodeNamed(name, { controlPlane, joined, ready });

async function begin(follows: boolean): Promise<void> {
  now = start;
  workloads = new Workloads({ now: () => now, faults: new Faults(), follows: () => follows });
  workloads.of('prod').load([node('cp-1', true), node('w-1', false)]);
  await workloads.serve({ tls: false });
}

const join = (name: string) =>
  workloads.of('prod').json({ method: 'POST', path: '/api/v1/nodes', body: node(name, false, at, 'never') });

/** What somebody finds who looks for the first time. */
async function pods(): Promise<Pod[]> {
  const { url, token } = workloads.access('prod') ?? {};
  const answer = await fetch(`${url}/api/v1/namespaces/kube-system/pods`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await answer.json()) as { items: Pod[] }).items;
}
const on = (name: string, all: Pod[]) => all.filter(({ spec }) => spec.nodeName === name);

it('a Node that joins gets its Pods from the controllers of its cluster, at that time', async () => {
  await begin(true);
  await join('w-2');
  await workloads.idle('prod');
  // Nobody has let its kubelet go on. What is there is read at once: later its own timers would have let it.
  const all = workloads.of('prod').api.all({ apiVersion: 'v1', kind: 'Pod' }) as unknown as Pod[];
  expect(on('w-2', all).map(({ status }) => status.phase)).toEqual(['Pending']);
  now += 600_000;
  const found = on('w-2', await pods());
  expect(found.map(({ metadata }) => Date.parse(metadata.creationTimestamp))).toEqual([start]);
});

it('what is there before it keeps its age and its place', async () => {
  await begin(true);
  await join('w-2');
  await workloads.idle('prod');
  const old = (await pods()).filter(({ spec }) => spec.nodeName !== 'w-2');
  expect(old.some(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')).toBe(true);
  for (const { metadata } of old) expect(Date.parse(metadata.creationTimestamp)).toBeLessThan(start - 86_400_000);
  expect(old.every(({ status }) => status.phase === 'Running')).toBe(true);
});

it('the Pods of a Node that goes are left to the collector, as if somebody had looked', async () => {
  await begin(true);
  await workloads.of('prod').json({ method: 'DELETE', path: '/api/v1/nodes/w-1' });
  expect(on('w-1', await pods())).not.toHaveLength(0);
});

it('a Node that is cordoned, and deleted then, before anybody has looked holds nothing up', async () => {
  await begin(true);
  const path = '/api/v1/nodes/w-1';
  const contentType = 'application/merge-patch+json';
  await workloads.of('prod').json({ method: 'PATCH', path, body: { spec: { unschedulable: true } }, contentType });
  expect(on('w-1', await pods())).not.toHaveLength(0);
  await workloads.of('prod').json({ method: 'DELETE', path });
  await workloads.idle('prod');
  expect((await pods()).length).toBeGreaterThan(0);
});

it('whoever looks first at a cluster with a Node that is cordoned gets an answer', async () => {
  await begin(true);
  const cordoned = node('w-2', false);
  workloads.of('prod').load([{ ...cordoned, spec: { ...cordoned.spec, unschedulable: true } } as typeof cordoned]);
  expect((await pods()).length).toBeGreaterThan(0);
});

it('nothing of a cluster that is deleted comes back with its Nodes', async () => {
  await begin(true);
  await workloads.clear('prod');
  await workloads.idle('prod');
  const { items } = await workloads.of('prod').json<{ items: unknown[] }>({ path: '/api/v1/pods' });
  expect(items).toEqual([]);
});

it('where clusters are not followed, what has run is worked out from the Node', async () => {
  await begin(false);
  await join('w-2');
  now += 600_000;
  expect(on('w-2', await pods()).map(({ status }) => status.phase)).toEqual(['Running']);
});

it.each([
  [{ hosts: 42, speed: 10 }, true],
  [{ hosts: 10_000, speed: 10 }, false],
  [{ hosts: 42, speed: 1000 }, false],
])('a fleet of %j is followed: %s', (fleet, is) => expect(isFollowed(fleet)).toBe(is));
