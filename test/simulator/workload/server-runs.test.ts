/** What the Pods of a host tell that had power while etcd had no quorum, once there is one again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { masterNamed, nodeNamed, plane } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const system = '/api/v1/namespaces/kube-system';
let now = start;
let workloads: Workloads;
const silent = new Map<string, number>();
let outages: { from: number; to?: number }[] = [];

beforeEach(async () => {
  now = start;
  silent.clear();
  outages = [];
  workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.of('prod').load([...plane.map((name) => masterNamed(name)), nodeNamed('w-1')]);
  workloads.settings = () => ({ tokens: [], outages, silentSince: (name) => silent.get(name) });
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

interface Ended {
  exitCode: number;
  reason: string;
  startedAt: string;
  finishedAt: string;
}
interface Thing {
  metadata: { name: string };
  reason: string;
  message: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string };
  involvedObject: { name: string };
  status: {
    phase: string;
    conditions: { type: string; status: string; reason?: string; lastTransitionTime: string }[];
    containerStatuses: {
      ready: boolean;
      started: boolean;
      restartCount: number;
      containerID: string;
      state: { running?: { startedAt: string }; waiting?: { reason: string; message: string } };
      lastState: { terminated?: Ended };
    }[];
  };
}

async function get(path: string): Promise<string> {
  const { url, token } = workloads.access('prod')!;
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBeLessThan(300);
  return answer.text();
}
const list = async (path: string) => (JSON.parse(await get(path)) as { items: Thing[] }).items;
const podNamed = async (name: string) => {
  const pod = JSON.parse(await get(`${system}/pods/${name}`)) as Thing;
  const condition = (type: string) => pod.status.conditions.find((one) => one.type === type)!;
  return { ...pod, container: pod.status.containerStatuses[0]!, condition };
};
async function log(pod: string, more = '') {
  const text = await get(`${system}/pods/${pod}/log?timestamps=true${more}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ at: Date.parse(line.slice(0, 30)), text: line.slice(31) }));
}
const toldOf = async (name: string) =>
  (await list(`${system}/events`)).filter(
    ({ involvedObject, source }) => involvedObject.name === name && source?.component === 'kubelet',
  );

/** Two of three hosts have no power for so many seconds. */
async function without(seconds: number) {
  await list(`${system}/pods`);
  const from = now;
  for (const name of ['cp-1', 'cp-2']) silent.set(name, from);
  outages = [{ from }];
  now += seconds * 1000;
  const to = now;
  outages = [{ from, to }];
  await list('/api/v1/nodes');
  silent.clear();
  for (const name of ['cp-1', 'cp-2']) {
    const made = masterNamed(name, 'another');
    const lastTransitionTime = new Date(now).toISOString().replace('.000', '');
    Object.assign(made.status!.conditions!.find(({ type }) => type === 'Ready')!, { lastTransitionTime });
    workloads.of('prod').load([made]);
  }
  await list('/api/v1/nodes');
  await later(5);
  return { from, to };
}
async function later(seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 15) {
    now += Math.min(15, seconds - at) * 1000;
    await list('/api/v1/nodes');
  }
}
const rfc = (at: number) => new Date(at).toISOString().replace(/\.\d+/, '');

it('a server goes on that had its etcd again before its kubelet had enough, and was not ready meanwhile', async () => {
  const { to } = await without(40);
  for (const name of ['kube-apiserver-cp-3', 'etcd-cp-3']) {
    const { container, condition } = await podNamed(name);
    expect([name, container.restartCount]).toEqual([name, 0]);
    expect(condition('Ready').status).toBe('True');
    expect(condition('Ready').lastTransitionTime >= rfc(to)).toBe(true);
    const told = await toldOf(name);
    expect(told.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Unhealthy']));
    expect(told.map(({ reason }) => reason)).not.toContain('Killing');
  }
});

it('a server that its kubelet has ended rests, and begins again when its time is over, though there is a quorum long since', async () => {
  const { from, to } = await without(600);
  const name = 'kube-apiserver-cp-3';
  const { container, condition, status } = await podNamed(name);
  expect(container.state.waiting?.reason).toBe('CrashLoopBackOff');
  expect(container.state.waiting?.message).toMatch(
    /^back-off (1m20|2m40)s restarting failed container=kube-apiserver pod=kube-apiserver-cp-3_kube-system\([0-9a-f]{32}\)$/,
  );
  expect(container).toMatchObject({ ready: false, started: false });
  expect(container.restartCount).toBeGreaterThan(2);
  expect(status.phase).toBe('Running');
  expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady' });
  expect(condition('Ready').lastTransitionTime < rfc(from + 20_000)).toBe(true);
  const { terminated } = container.lastState;
  expect(terminated).toMatchObject({ exitCode: 255, reason: 'Error' });
  expect(Date.parse(terminated!.finishedAt) - Date.parse(terminated!.startedAt)).toBeGreaterThanOrEqual(60_000);
  expect(Date.parse(terminated!.finishedAt)).toBeLessThan(to);
  const before = container.containerID;
  await later(300);
  const again = await podNamed(name);
  expect(again.container).toMatchObject({ ready: true, started: true, restartCount: container.restartCount + 1 });
  expect(again.container.containerID).not.toBe(before);
  expect(again.container.lastState.terminated).toEqual(terminated);
  expect(Date.parse(again.container.state.running!.startedAt)).toBeGreaterThan(to);
  expect(Date.parse(again.condition('Ready').lastTransitionTime)).toBeGreaterThan(
    Date.parse(again.container.state.running!.startedAt),
  );
  // etcd itself lives, and the others have lost what they held by.
  expect((await podNamed('etcd-cp-3')).container.restartCount).toBe(0);
});

it('the first end of a server is that by its kubelet', async () => {
  await without(118);
  const { container } = await podNamed('kube-apiserver-cp-3');
  expect(container.restartCount).toBe(1);
  expect(container.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
});

it('its kubelet tells of it once somebody listens', async () => {
  const { from } = await without(600);
  await later(240);
  const told = await toldOf('kube-apiserver-cp-3');
  const of = (words: RegExp) => told.filter(({ message }) => words.test(message));
  for (const [words, reason] of [
    [/^Readiness probe failed: HTTP probe failed with statuscode: 500$/, 'Unhealthy'],
    [/^Liveness probe failed: HTTP probe failed with statuscode: 500$/, 'Unhealthy'],
    [/^Startup probe failed: HTTP probe failed with statuscode: 500$/, 'Unhealthy'],
    [/^Container kube-apiserver failed liveness probe, will be restarted$/, 'Killing'],
    [
      /^Back-off restarting failed container kube-apiserver in pod kube-apiserver-cp-3_kube-system\([0-9a-f]+\)$/,
      'BackOff',
    ],
    [/already present on machine$/, 'Pulled'],
    [/^Created container: kube-apiserver$/, 'Created'],
    [/^Started container kube-apiserver$/, 'Started'],
  ] as const) {
    const [one, ...more] = of(words).filter(({ lastTimestamp }) => Date.parse(lastTimestamp) > from);
    expect([String(words), one?.reason, more.length]).toEqual([String(words), reason, 0]);
    expect(Date.parse(one!.firstTimestamp)).toBeGreaterThan(from);
  }
  expect(of(/^Liveness/)[0]!.count).toBe(8);
  const { container } = await podNamed('kube-apiserver-cp-3');
  expect(of(/^Started/).at(-1)!.count).toBe(container.restartCount);
  expect(of(/^Back-off/)[0]!.count).toBeGreaterThan(5);
  // Who had no power has nothing of the kind to tell.
  expect((await toldOf('kube-apiserver-cp-1')).filter(({ reason }) => /Killing|BackOff/.test(reason))).toEqual([]);
});

it('a server that has begun again has another identity', async () => {
  const path =
    '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=apiserver.kubernetes.io/identity';
  const identities = async () => {
    const leases = (await list(path)) as unknown as {
      metadata: { labels: Record<string, string> };
      spec: { holderIdentity: string };
    }[];
    return new Map(
      leases.map(({ metadata, spec }) => [metadata.labels['kubernetes.io/hostname'], spec.holderIdentity]),
    );
  };
  const before = await identities();
  expect([...before.keys()].sort()).toEqual(plane);
  await without(40);
  const short = await identities();
  // The others have lost power.
  expect(plane.filter((name) => short.get(name) === before.get(name))).toEqual(['cp-3']);
  await without(600);
  await later(300);
  expect((await identities()).get('cp-3')).not.toBe(before.get('cp-3'));
});

it('the log of a server that ended itself says why, and the one after that is as that of any other', async () => {
  const { from, to } = await without(600);
  const failed = /PostStartHook "start-service-ip-repair-controllers" failed/;
  const rests = await log('kube-apiserver-cp-3');
  // One that rests shows what it wrote last.
  expect(rests.at(-1)!.text).toMatch(failed);
  expect(rests.at(-1)!.text).toMatch(/^F1121 /);
  const said = (lines: { text: string }[], words: string) => lines.some(({ text }) => text.includes(words));
  expect(said(rests, 'Serving securely')).toBe(true);
  expect(said(rests, 'etcdserver: request timed out')).toBe(true);
  expect(said(rests, 'all system priority classes are created')).toBe(false);
  expect(said(rests, 'Caches are synced')).toBe(false);
  expect(rests.every(({ at }) => at > from && at < to)).toBe(true);
  await later(300);
  const fresh = await log('kube-apiserver-cp-3');
  expect(fresh[0]!.at).toBeGreaterThan(to);
  expect(said(fresh, 'all system priority classes are created')).toBe(true);
  expect(said(fresh, 'request timed out')).toBe(false);
  expect((await log('kube-apiserver-cp-3', '&previous=true')).at(-1)!.text).toMatch(failed);
});

it('the log of a server that its kubelet ended says what it did until then', async () => {
  const { to } = await without(118);
  const lines = await log('kube-apiserver-cp-3', '&previous=true');
  expect(lines.at(-1)!.at).toBeLessThan(to);
  expect(lines.some(({ text }) => text.includes('etcdserver: request timed out'))).toBe(true);
  const ends = lines.findIndex(({ text }) => text.includes('Shutting down kubernetes service endpoint reconciler'));
  expect(ends).toBeGreaterThan(0);
  expect(lines.slice(ends).some(({ text }) => text.includes('RemoveEndpoints() timed out'))).toBe(true);
  expect(lines.slice(ends).some(({ text }) => text.includes('Stopped listening on [::]:6443'))).toBe(true);
});

it('a server that has just begun when there is a quorum again goes on, and its log says since when it can work', async () => {
  const { to } = await without(125);
  await later(60);
  const { container, condition } = await podNamed('kube-apiserver-cp-3');
  expect(container.restartCount).toBe(1);
  const begun = Date.parse(container.state.running!.startedAt);
  expect(begun).toBeLessThan(to);
  // It is asked every ten seconds whether it has started.
  expect(condition('Ready').status).toBe('True');
  expect((Date.parse(condition('Ready').lastTransitionTime) - 1000 - begun) % 10_000).toBe(0);
  const lines = await log('kube-apiserver-cp-3');
  const at = (words: string) => lines.find(({ text }) => text.includes(words))?.at;
  expect(at('Serving securely')).toBeLessThan(to);
  expect(at('all system priority classes are created')).toBeGreaterThan(to);
  expect(lines.some(({ text }) => /^F/.test(text))).toBe(false);
});

it.each(['kube-controller-manager', 'kube-scheduler'])(
  'a %s that waits to lead says that it hears nothing of who does, until there is a quorum',
  async (program) => {
    const { from, to } = await without(600);
    await later(60);
    const lines = await log(`${program}-cp-3`);
    const failed = lines.filter(({ text }) => text.includes('Error retrieving lease lock'));
    expect(failed.length).toBeGreaterThan(20);
    expect(failed.every(({ at }) => at > from && at < to + 5000)).toBe(true);
    const why = failed.map(({ text }) => text);
    expect(why.some((text) => text.includes('Client.Timeout exceeded while awaiting headers'))).toBe(true);
    expect(why.some((text) => text.includes('dial tcp 10.0.0.3:6443: connect: connection refused'))).toBe(true);
  },
);
