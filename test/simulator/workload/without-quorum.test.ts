/** What somebody who asks a workload cluster meets while its etcd has no quorum, and what is done there meanwhile. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const plane = ['cp-1', 'cp-2', 'cp-3'];
let now = start;
let faults: Faults;
let workloads: Workloads;
let outages: { from: number; to?: number }[] = [];
let onSettings: () => void = () => {};
const silent = new Map<string, number>();

async function open(patience: number): Promise<void> {
  workloads = new Workloads({ now: () => now, faults, patience });
  const node = (name: string) =>
    nodeNamed(name, { controlPlane: name.startsWith('cp'), joined: `2026-11-01T00:0${plane.indexOf(name) + 1}:00Z` });
  workloads.of('prod').load([...plane, 'w-1'].map(node));
  workloads.settings = () => {
    onSettings();
    return { tokens: [], outages, silentSince: (name) => silent.get(name) };
  };
  await workloads.serve({ tls: false });
  expect((await ask(`${system}/pods`)).code).toBe(200);
}

beforeEach(() => {
  now = start;
  faults = new Faults();
  outages = [];
  silent.clear();
  onSettings = () => {};
});
afterEach(() => workloads.close());

const system = '/api/v1/namespaces/kube-system';

async function send(path: string, init: RequestInit = {}) {
  const { url, token } = workloads.access('prod')!;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { headers, ...init });
}
async function ask(path: string, init?: RequestInit) {
  const answer = await send(path, init);
  return { code: answer.status, text: await answer.text(), retry: answer.headers.get('retry-after') };
}

/** Two of three hosts have no power any more, for so many ms by now. */
function lose(since = 0): void {
  for (const name of ['cp-1', 'cp-2']) silent.set(name, now - since);
  outages = [{ from: now - since }];
  faults.cluster('prod', { noQuorum: true, unreachable: true });
}
function heal(): void {
  outages = [{ from: outages[0]!.from, to: now }];
  silent.clear();
  faults.cluster('prod', undefined);
}

it('what etcd would have to say is waited for in vain, whether it is read or written', async () => {
  await open(10);
  lose();
  const object = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine' } });
  const asked = [
    ask(`${system}/pods?limit=500`),
    ask(`${system}/pods/etcd-cp-3`),
    ask('/api/v1/namespaces/default/configmaps', { method: 'POST', body: object }),
    ask(`${system}/pods/etcd-cp-3`, { method: 'DELETE' }),
  ];
  for (const { code, text } of await Promise.all(asked)) {
    expect(code).toBe(500);
    expect(JSON.parse(text)).toEqual({
      ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 500 },
      message: 'etcdserver: request timed out',
    });
  }
  heal();
  expect((await ask('/api/v1/namespaces/default/configmaps/mine')).code).toBe(404);
  expect((await ask(`${system}/pods/etcd-cp-3`)).code).toBe(200);
});

it('what the server knows itself it answers, and that it is not well', async () => {
  await open(60_000);
  lose();
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
  const body = JSON.stringify({ ...review, spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } });
  const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  expect((await ask('/version')).code).toBe(200);
  expect((await ask('/apis')).code).toBe(200);
  expect((await ask(reviews, { method: 'POST', body })).code).toBe(201);
  for (const endpoint of ['livez', 'readyz']) {
    const { code, text } = await ask(`/${endpoint}`);
    expect([endpoint, code]).toEqual([endpoint, 500]);
    expect(text).toContain('[+]ping ok\n');
    expect(text).toContain('[-]etcd failed: reason withheld\n');
    expect(text).toContain(`${endpoint} check failed\n`);
  }
  expect((await ask('/livez?exclude=etcd')).code).toBe(200);
  expect((await ask('/livez/ping')).code).toBe(200);
});

it('what it kept ready of its objects is so no more, and watches end', async () => {
  await open(10);
  const { resourceVersion } = (
    JSON.parse((await ask('/api/v1/nodes')).text) as { metadata: { resourceVersion: string } }
  ).metadata;
  const watch = await send(`/api/v1/nodes?watch=true&resourceVersion=${resourceVersion}`);
  expect(watch.status).toBe(200);
  lose();
  // Would not come to an end by itself.
  await watch.text();
  for (const query of ['resourceVersion=0', `watch=true&resourceVersion=${resourceVersion}`]) {
    const { code, text, retry } = await ask(`/api/v1/nodes?${query}`);
    expect([code, retry]).toEqual([429, '1']);
    expect((JSON.parse(text) as { message: string }).message).toBe('storage is (re)initializing');
  }
});

it('a log that is followed goes on without etcd, and ends with the server', async () => {
  await open(10);
  const follow = () => send(`${system}/pods/etcd-cp-3/log?follow=true&tailLines=1`);
  const first = await follow();
  expect(first.status).toBe(200);
  // Its kubelet has ended the server long since.
  lose(105_000);
  await first.text();
  await expect(ask('/version')).rejects.toThrow();
});

it('a request that waits is answered as soon as there is a quorum again', async () => {
  await open(600_000);
  lose();
  const waits = new Promise<void>((resolve) => {
    onSettings = resolve;
  });
  const asked = ask(`${system}/pods/etcd-cp-3`);
  await waits;
  heal();
  expect((await asked).code).toBe(200);
});

it('a request that waits holds nobody up who closes the server', async () => {
  await open(600_000);
  lose();
  const waits = new Promise<void>((resolve) => {
    onSettings = resolve;
  });
  const asked = ask(`${system}/pods/etcd-cp-3`).catch(() => 'cut');
  await waits;
  await workloads.close();
  expect(await asked).toBe('cut');
});

it('nobody listens once a kubelet has ended the server, but for a while after each time that it has begun it again', async () => {
  await open(1);
  lose();
  const answers: boolean[] = [];
  for (let at = 0; at < 900; at += 10) {
    answers.push(
      await ask('/version').then(
        () => true,
        () => false,
      ),
    );
    now += 10_000;
  }
  expect(answers.slice(0, 7)).toEqual(Array(7).fill(true));
  const rests = answers.flatMap((one, at) => {
    const before = answers.lastIndexOf(false, at - 1);
    return one && answers[at - 1] === false ? [at - 1 - answers.lastIndexOf(true, before)] : [];
  });
  expect(rests.length).toBeGreaterThan(3);
  // It rests longer and longer.
  const later = rests.slice(1);
  expect(later).toEqual([...later].sort((a, b) => a - b));
  expect(later.at(-1)).toBeGreaterThan(2 * later[0]!);
  heal();
  expect((await ask('/version')).code).toBe(200);
});

it('controllers and kubelets write nothing meanwhile, and go on once somebody leads again', async () => {
  await open(10);
  const spec = {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'busybox', command: ['sleep', '30'] }],
    tolerations: [{ operator: 'Exists' }],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'brief', namespace: 'default' } };
  const path = '/api/v1/namespaces/default/pods';
  expect((await ask(path, { method: 'POST', body: JSON.stringify({ ...pod, spec }) })).code).toBe(201);
  const phase = () => workloads.of('prod').api.find(pod)?.status?.['phase'];
  const settled = async (seconds: number) => {
    for (let at = 0; at < seconds; at += 5) {
      now += 5000;
      if (outages.every(({ to }) => to !== undefined)) await ask('/api/v1/nodes');
      await workloads.idle('prod');
    }
  };
  await settled(20);
  expect(phase()).toBe('Running');
  lose();
  await settled(120);
  expect(phase()).toBe('Running');
  heal();
  await workloads.idle('prod');
  expect(phase()).toBe('Running');
  await settled(60);
  expect(phase()).toBe('Succeeded');
  // Its kubelet saw its end, and tells of it when somebody listens.
  const [container] = workloads.of('prod').api.find(pod)!.status!['containerStatuses'] as {
    state: { terminated: { startedAt: string; finishedAt: string } };
  }[];
  const { startedAt, finishedAt } = container!.state.terminated;
  expect(Date.parse(finishedAt) - Date.parse(startedAt)).toBeLessThan(35_000);
});
