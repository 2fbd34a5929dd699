/** What is told of Pods, and what becomes of them, while the kubelet of their Node says nothing. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import type { Silence } from '../../../src/simulator/controllers/hosts/silences.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import type { ApplicationPod } from '../../../src/simulator/workload/settings.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
let now = start;
let workloads: Workloads;
let silence: Silence | undefined;
let applications: ApplicationPod[];

beforeEach(async () => {
  now = start;
  silence = undefined;
  applications = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1' }];
  workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true }), nodeNamed('w-1')]);
  workloads.settings = () => ({ tokens: [], applications, silence: (node) => (node === 'w-1' ? silence : undefined) });
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

interface Thing {
  metadata: { name: string; uid: string; resourceVersion: string; deletionTimestamp?: string };
  reason: string;
  count: number;
  involvedObject: { kind: string; name: string; uid: string; resourceVersion?: string };
  source: { component: string };
  status: { conditions: { type: string; status: string }[] };
}

async function ask(method: string, path: string, body?: object) {
  const { url, token } = workloads.access('prod')!;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as { items: Thing[] };
}
const list = async (path: string) => (await ask('GET', path)).items;
const space = '/api/v1/namespaces/sim-workload';
const told = async (reason: string, path = space) =>
  (await list(`${path}/events`)).filter((event) => event.reason === reason);
async function settled(seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 1) {
    now += 1000;
    await workloads.idle('prod');
  }
}
/** Its cluster says of the Node w-1 from now on that it is ready, or that nobody knows. */
async function call(status: 'True' | 'Unknown' | 'False'): Promise<void> {
  const node = nodeNamed('w-1');
  const lastTransitionTime = new Date(now).toISOString().replace('.000', '');
  Object.assign(node.status!.conditions!.find(({ type }) => type === 'Ready')!, { status, lastTransitionTime });
  workloads.of('prod').load([node]);
  await list('/api/v1/nodes');
  await workloads.idle('prod');
}
/** Somebody writes, and from then on Kubernetes' own controllers work. */
const write = () =>
  ask('POST', `${space}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });

it('a Pod that is not ready for the second time is told of by the same Event, whoever keeps it', async () => {
  await list(`${space}/pods`);
  await write();
  for (const count of [1, 2]) {
    silence = { since: now, neverReady: false };
    await settled(40);
    await call('Unknown');
    await settled(5);
    const events = [...(await told('NodeNotReady')), ...(await told('NodeNotReady', '/api/v1/namespaces/kube-system'))];
    expect(events.length).toBeGreaterThan(1);
    expect(events.map((event) => [event.involvedObject.name, event.count])).toEqual(
      events.map((event) => [event.involvedObject.name, count]),
    );
    for (const { involvedObject } of events) expect(involvedObject.resourceVersion).toMatch(/^\d+$/);
    expect(events.map(({ involvedObject }) => involvedObject.name)).toContain('app-x1');
    silence = undefined;
    await call('True');
    await settled(60);
  }
});

it('Pods of a Node that was never ready stay as they are, and nothing is placed there', async () => {
  await call('False');
  silence = { since: now - 40_000, neverReady: true };
  await call('Unknown');
  const proxies = await list('/api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName%3Dw-1');
  const proxy = proxies.find(({ metadata }) => metadata.name.startsWith('kube-proxy-'))!;
  expect(proxy.status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  expect(await list(`${space}/pods`)).toEqual([]);
  await write();
  await settled(10);
  expect(await told('NodeNotReady', '/api/v1/namespaces/kube-system')).toEqual([]);
});

it('a kubelet that says nothing does not say that it ends what is deleted, noticed or not', async () => {
  const [pod] = await list(`${space}/pods`);
  await write();
  silence = { since: now, neverReady: false };
  applications[0]!.since = new Date(now + 1000).toISOString().replace('.000', '');
  await settled(2);
  const [going] = await list(`${space}/pods`);
  expect(going!.metadata).toMatchObject({ uid: pod!.metadata.uid, deletionTimestamp: expect.any(String) });
  const dns = (await list('/api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName%3Dw-1')).find(
    ({ metadata }) => metadata.name.startsWith('kube-proxy-'),
  )!;
  await ask('DELETE', `/api/v1/namespaces/kube-system/pods/${dns.metadata.name}`);
  await settled(35);
  expect(await told('Killing')).toEqual([]);
  expect(await told('Killing', '/api/v1/namespaces/kube-system')).toEqual([]);
  silence = undefined;
  await settled(35);
  expect(await told('Killing', '/api/v1/namespaces/kube-system')).toMatchObject([
    { involvedObject: { name: dns.metadata.name } },
  ]);
});

it('Pods of a Node that is gone are collected before any host could serve again, those that have ended too', async () => {
  await workloads.close();
  workloads = new Workloads({ now: () => now, faults: new Faults(), speed: 10 });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true }), nodeNamed('w-1')]);
  await workloads.serve({ tls: false });
  const containers = [{ name: 'web', image: 'busybox', command: ['sleep', '5'] }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once' } };
  await ask('POST', '/api/v1/namespaces/default/pods', {
    ...{ ...pod, spec: { nodeName: 'w-1', restartPolicy: 'Never', containers } },
  });
  await settled(20);
  const [once] = (await list('/api/v1/namespaces/default/pods')) as unknown as { status: { phase: string } }[];
  expect(once!.status.phase).toBe('Succeeded');
  await ask('DELETE', '/api/v1/nodes/w-1');
  await settled(3);
  expect(await list('/api/v1/namespaces/default/pods')).toHaveLength(1);
  // A host takes six minutes, and these pass ten times faster.
  await settled(6);
  expect(await list('/api/v1/pods?fieldSelector=spec.nodeName%3Dw-1')).toEqual([]);
});

it('an Event tells which version of its object it is about, but of Nodes and of what comes from a file', async () => {
  workloads.of('prod').load([nodeNamed('cp-2', { controlPlane: true, joined: '2026-11-21T01:40:00Z' })]);
  const pods = await list('/api/v1/namespaces/kube-system/pods');
  const versions = new Map(pods.map(({ metadata }) => [metadata.uid, Number(metadata.resourceVersion)]));
  const events = [...(await list('/api/v1/events'))];
  expect(events.length).toBeGreaterThan(8);
  for (const { involvedObject, metadata } of events) {
    const { kind, uid, resourceVersion } = involvedObject;
    const isBare = kind === 'Node' || !uid.includes('-');
    expect([involvedObject, resourceVersion !== undefined]).toEqual([involvedObject, !isBare]);
    if (isBare) continue;
    expect(Number(resourceVersion)).toBeLessThan(Number(metadata.resourceVersion));
    if (kind === 'Pod') expect(Number(resourceVersion)).toBeLessThanOrEqual(versions.get(uid)!);
  }
});
