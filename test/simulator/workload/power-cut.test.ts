/** What becomes of what a cluster keeps itself on hosts that lose power, and are booted anew. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { masterNamed, nodeNamed, plane } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
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
  const applications = [{ namespace: 'sim-workload', name: 'app-x1', node: 'cp-1' }];
  workloads.settings = () => ({
    ...{ tokens: [], applications, outages, silentSince: (name) => silent.get(name) },
    silence: (name) => (silent.has(name) ? { since: silent.get(name)!, neverReady: false } : undefined),
  });
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

interface Terminated {
  exitCode: number;
  reason: string;
  startedAt: string;
  finishedAt: string;
}
interface Thing {
  metadata: { name: string };
  spec: { nodeName?: string; holderIdentity?: string; acquireTime?: string };
  reason: string;
  source: { component: string };
  firstTimestamp: string;
  involvedObject: { name: string };
  status: {
    conditions: { type: string; status: string; lastTransitionTime: string }[];
    containerStatuses: {
      restartCount: number;
      state: { running?: { startedAt: string } };
      lastState: { terminated?: Terminated };
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
const system = '/api/v1/namespaces/kube-system';

async function call(name: string, status: 'True' | 'Unknown', boot = 'boot'): Promise<void> {
  const made = masterNamed(name, boot);
  const lastTransitionTime = new Date(now).toISOString().replace('.000', '');
  Object.assign(made.status!.conditions!.find(({ type }) => type === 'Ready')!, { status, lastTransitionTime });
  workloads.of('prod').load([made]);
  await list('/api/v1/nodes');
  await workloads.idle('prod');
}
async function settled(seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 5) {
    now += 5000;
    await list('/api/v1/nodes');
  }
}

const rfc = (at: number) => new Date(at).toISOString().replace('.000', '');

/** A host loses power, its Node is called lost, and it is booted anew: when each of these was. */
async function cut(name: string, boot = 'another') {
  const off = now;
  silent.set(name, off);
  await settled(40);
  await call(name, 'Unknown');
  await settled(60);
  silent.delete(name);
  const booted = now;
  await call(name, 'True', boot);
  await settled(30);
  return { off, booted };
}

it('what comes from files, and what users run, died with the power of its host, and has begun anew', async () => {
  await list(`${system}/pods`);
  const { booted } = await cut('cp-1');
  const pods = [...(await list(`${system}/pods`)), ...(await list('/api/v1/namespaces/sim-workload/pods'))];
  const kept = pods.filter(({ metadata }) =>
    /^(etcd|kube-(apiserver|controller-manager|scheduler))-|^app-/.test(metadata.name),
  );
  expect(kept).toHaveLength(13);
  for (const { metadata, spec, status } of kept) {
    const [container] = status.containerStatuses;
    const { restartCount, state, lastState } = container!;
    if (spec.nodeName !== 'cp-1') {
      expect([metadata.name, lastState.terminated?.exitCode]).not.toEqual([metadata.name, 255]);
      continue;
    }
    expect([metadata.name, restartCount]).not.toEqual([metadata.name, 0]);
    expect(lastState.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' });
    expect(Date.parse(lastState.terminated!.finishedAt)).toBeLessThanOrEqual(booted);
    expect(Date.parse(state.running!.startedAt)).toBeGreaterThanOrEqual(booted);
    for (const type of ['Ready', 'ContainersReady']) {
      const told = status.conditions.find((one) => one.type === type)!;
      expect([type, told.status]).toEqual([type, 'True']);
      expect(told.lastTransitionTime >= rfc(booted)).toBe(true);
    }
  }
  const events = [...(await list(`${system}/events`)), ...(await list('/api/v1/namespaces/sim-workload/events'))];
  for (const name of ['etcd-cp-1', 'kube-apiserver-cp-1', 'app-x1']) {
    const told = events
      .filter(({ source, involvedObject }) => source?.component === 'kubelet' && involvedObject.name === name)
      .sort((a, b) => a.firstTimestamp.localeCompare(b.firstTimestamp))
      .map(({ reason }) => reason);
    expect(told.slice(-4)).toEqual(['SandboxChanged', 'Pulled', 'Created', 'Started']);
  }
  expect(
    events.filter(({ reason, involvedObject }) => reason === 'SandboxChanged' && /cp-2/.test(involvedObject.name)),
  ).toEqual([]);
});

it.each(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])(
  'the log of %s begins anew after a power cut, and the one before ends at it without a word',
  async (program) => {
    await list(`${system}/pods`);
    const { off, booted } = await cut('cp-1');
    const log = async (query: string) =>
      (await get(`${system}/pods/${program}-cp-1/log?timestamps=true${query}`)).split('\n').filter(Boolean);
    const fresh = await log('');
    expect(Date.parse(fresh[0]!.slice(0, 30))).toBeGreaterThanOrEqual(booted);
    expect(fresh.length).toBeGreaterThan(3);
    const before = await log('&previous=true');
    const time = (text: string) => Date.parse(text.slice(0, 30));
    expect(before.filter((text) => time(text) > off)).toEqual([]);
    expect(
      before.filter((text) => /eaderelection lost|failed to renew lease/.test(text) && time(text) > off - 60_000),
    ).toEqual([]);
    if (program !== 'etcd') return;
    const said = fresh.map((text) => JSON.parse(text.slice(text.indexOf('{'))) as { msg: string });
    const at = (words: string) => said.findIndex(({ msg }) => msg.includes(words));
    expect(at('already')).toBeGreaterThan(0);
    expect(at('ready to serve client requests')).toBeGreaterThan(at('already'));
    expect(at('promote member')).toBe(-1);
  },
);

/** Two of three hosts lose power, the first long before the second, and come back together. */
async function withoutQuorum() {
  await list(`${system}/pods`);
  const first = now;
  silent.set('cp-1', first);
  await settled(40);
  await call('cp-1', 'Unknown');
  now += 5000;
  const from = now;
  silent.set('cp-2', from);
  outages = [{ from }];
  // Nobody can ask meanwhile.
  now += 120_000;
  const to = now;
  outages = [{ from, to }];
  await settled(5);
  silent.clear();
  await call('cp-1', 'True', 'another');
  await call('cp-2', 'True', 'another');
  await settled(60);
  return { first, from, to };
}

it('nothing is acquired while there is no quorum, and whoever has led before has to do so anew', async () => {
  const { from, to } = await withoutQuorum();
  const leases = await list('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
  const led = leases.filter(({ metadata }) => /^kube-(scheduler|controller-manager)$/.test(metadata.name));
  expect(led).toHaveLength(2);
  for (const { metadata, spec } of led) {
    expect([metadata.name, Date.parse(spec.acquireTime!)]).toEqual([metadata.name, expect.any(Number)]);
    expect(Date.parse(spec.acquireTime!)).toBeGreaterThan(to);
    const its = (await list(`${system}/events`)).filter(({ involvedObject }) => involvedObject.name === metadata.name);
    expect(its.map(({ reason }) => reason)).toContain('LeaderElection');
  }
  const all = await list('/api/v1/events');
  const told = all.filter(({ reason }) => /^(LeaderElection|RegisteredNode)$/.test(reason));
  expect(told.some(({ reason }) => reason === 'RegisteredNode')).toBe(true);
  expect(told.filter(({ firstTimestamp: at }) => Date.parse(at) > from && Date.parse(at) < to)).toEqual([]);
});

it('what a cluster runs died with the power of a host, too, of which nobody had heard before it was lost', async () => {
  const { to } = await withoutQuorum();
  const pods = await list(`${system}/pods?fieldSelector=spec.nodeName%3Dcp-1`);
  const proxy = pods.find(({ metadata }) => metadata.name.startsWith('kube-proxy-'))!;
  const [container] = proxy.status.containerStatuses;
  expect(container).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } });
  expect(Date.parse(container!.state.running!.startedAt)).toBeGreaterThan(to);
});

it('the survivor tells how it was without a quorum, until it is elected again', async () => {
  const { first, from, to } = await withoutQuorum();
  const told = async (pod: string, more = '') =>
    (await get(`${system}/pods/${pod}/log?timestamps=true${more}`))
      .split('\n')
      .filter(Boolean)
      .map((text) => ({ at: Date.parse(text.slice(0, 30)), text }));
  const etcd = await told('etcd-cp-3');
  const times = (words: RegExp) => etcd.filter(({ text }) => words.test(text)).map(({ at }) => at);
  const [lost] = times(/lost leader/).filter((at) => at > from);
  expect(lost).toBeLessThan(from + 3000);
  const elections = times(/is starting a new election/).filter((at) => at > from);
  expect(elections.length).toBeGreaterThan(40);
  expect(Math.max(...elections)).toBeLessThan(to);
  expect(times(/prober detected unhealthy status/).filter((at) => at > from && at < to).length).toBeGreaterThan(10);
  expect(times(/lost TCP streaming connection/).filter((at) => at > first && at < to)).toHaveLength(4);
  expect(times(/timed out waiting for read index/).length).toBeGreaterThan(5);
  const won = times(/became leader at term/).filter((at) => at > from);
  expect(won).toHaveLength(1);
  expect(won[0]).toBeGreaterThan(to - 2000);
  expect(won[0]).toBeLessThan(to);
  // Its kubelet has ended the server meanwhile: the story is in two logs.
  const runs = [...(await told('kube-apiserver-cp-3', '&previous=true')), ...(await told('kube-apiserver-cp-3'))];
  const server = runs.filter(({ text }) => /request timed out/.test(text));
  expect(server.length).toBeGreaterThan(10);
  expect(server.every(({ at }) => at > from && at < to)).toBe(true);
  // Who is back has run before the others could elect anybody, and hears of it.
  const back = await told('etcd-cp-2');
  expect(back[0]!.at).toBeLessThan(to);
  expect(back.some(({ text }) => /elected leader/.test(text))).toBe(true);
  expect(back.some(({ text }) => /prober detected unhealthy/.test(text))).toBe(false);
});
