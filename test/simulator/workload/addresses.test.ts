/** IPs of Kube-OVN: they come and go with the addresses of Pods and Nodes where somebody follows what runs. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { timestamp } from '../../../src/simulator/controllers/time.ts';
import type { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';
import { ask as askProd, serveProd } from './prod.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
let now = start;
let workloads: Workloads;

beforeEach(async () => {
  now = start;
  workloads = await serveProd(() => now);
});
afterEach(() => workloads.close());

const ask = <T>(...of: [method: string, path: string, body?: object]) => askProd<T>(workloads, ...of);

async function settled(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await workloads.idle('prod');
    now += 1000;
    await workloads.idle('prod');
  }
}

const pods = '/api/v1/namespaces/default/pods';
const web = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
};

/** What happens to IPs from now on: `name came` or `name went`, at what time. */
function followed(): { what: string; at: string; object: KubeObject }[] {
  const told: { what: string; at: string; object: KubeObject }[] = [];
  workloads.of('prod').api.follow({ apiVersion: 'kubeovn.io/v1', kind: 'IP' }, ({ before, after, last }) => {
    const object = (after ?? last)!.object;
    const what = before === undefined ? 'came' : after === undefined ? 'went' : 'changed';
    told.push({ what: `${object.metadata.name} ${what}`, at: timestamp(now), object });
  });
  return told;
}

it('come when a Pod gets its address, and go with it, though nobody asks for them', async () => {
  await ask('GET', pods);
  const told = followed();
  await ask('POST', pods, web);
  await settled(15);
  // It comes before the Pod has a Node, and is told of that.
  expect(told.map(({ what }) => what)).toEqual(['web.default came', 'web.default changed']);
  const { status } = await ask<KubeObject>('GET', `${pods}/web`);
  const [{ at }, { object }] = told as [(typeof told)[number], (typeof told)[number]];
  expect(object.spec).toMatchObject({ ipAddress: status?.['podIP'], podName: 'web', nodeName: 'w-1' });
  expect(object.metadata.labels).toMatchObject({ 'ovn.kubernetes.io/node-name': 'w-1' });
  // It is as old as the moment in which somebody heard of it, and stays so.
  expect(object.metadata.creationTimestamp).toBe(at);
  await settled(60);
  const read = await ask<KubeObject>('GET', '/apis/kubeovn.io/v1/ips/web.default');
  expect(read.metadata).toMatchObject({ uid: object.metadata.uid, creationTimestamp: at });
  expect(read.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
  await ask('DELETE', `${pods}/web`);
  await settled(40);
  expect(told.map(({ what }) => what)).toEqual(['web.default came', 'web.default changed', 'web.default went']);
});

const noted = ({ metadata }: KubeObject) =>
  Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).flatMap(([key, value]) =>
      key.startsWith('ovn.kubernetes.io/') ? [[key.slice('ovn.kubernetes.io/'.length), value]] : [],
    ),
  );

it('come at once for a Pod that no Node takes, with all that is noted but its way', async () => {
  await ask('GET', pods);
  await settled(2);
  const nowhere = { ...web.spec, nodeSelector: { no: 'where' } };
  const made = await ask<KubeObject>('POST', pods, { ...web, spec: nowhere });
  await settled(5);
  const pod = await ask<KubeObject>('GET', `${pods}/web`);
  expect(pod.status).toMatchObject({ phase: 'Pending' });
  expect(pod.status).not.toHaveProperty('podIP');
  const { ip_address, mac_address, routed, ...rest } = noted(pod);
  expect(rest).toEqual({
    ...{ allocated: 'true', cidr: '10.3.0.0/16', gateway: '10.3.0.1', logical_router: 'ovn-cluster' },
    ...{ logical_switch: 'ovn-default', pod_nic_type: 'veth-pair' },
  });
  expect(routed).toBeUndefined();
  const ip = await ask<KubeObject>('GET', '/apis/kubeovn.io/v1/ips/web.default');
  expect(ip.spec).toMatchObject({ ipAddress: ip_address, macAddress: mac_address, nodeName: '' });
  expect(ip.metadata.creationTimestamp).toBe(made.metadata.creationTimestamp);
  // Once it has a Node it has that address.
  await ask('DELETE', `${pods}/web?gracePeriodSeconds=0`);
  await ask('POST', pods, web);
  await settled(15);
  const placed = await ask<KubeObject>('GET', `${pods}/web`);
  expect(noted(placed)).toMatchObject({ routed: 'true', ip_address: placed.status?.['podIP'] });
});

it('come for those that have waited as soon as a controller works', async () => {
  await ask('GET', pods);
  await settled(2);
  const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/kube-ovn-controller';
  const scaled = await ask<KubeObject>('GET', deployment);
  await ask('PUT', deployment, { ...scaled, spec: { ...scaled.spec, replicas: 0 } });
  await settled(40);
  await ask('POST', pods, { ...web, spec: { ...web.spec, nodeSelector: { no: 'where' } } });
  await settled(5);
  expect(noted(await ask<KubeObject>('GET', `${pods}/web`))).toEqual({});
  const none = await ask<KubeObject>('GET', deployment);
  await ask('PUT', deployment, { ...none, spec: { ...none.spec, replicas: 1 } });
  await settled(60);
  expect(noted(await ask<KubeObject>('GET', `${pods}/web`))).toMatchObject({ allocated: 'true' });
});

it('go when their Pod has run to its end, though it stays, and its subnet counts that', async () => {
  await ask('GET', pods);
  const using = async () =>
    (await ask<KubeObject>('GET', '/apis/kubeovn.io/v1/subnets/ovn-default')).status?.['v4usingIPs'];
  const before = Number(await using());
  const told = followed();
  const [container] = web.spec.containers;
  const once = (seconds: number) => ({ ...container!, command: ['sh', '-c', `sleep ${seconds}`] });
  const make = (name: string, spec: object, more: object = {}) =>
    ask('POST', pods, { ...web, metadata: { name, ...more }, spec });
  await make('job', { restartPolicy: 'Never', containers: [once(20)] });
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'db', controller: true };
  workloads.of('prod').api.load([{ ...set, metadata: { name: 'db', namespace: 'default', uid: 'db' } } as never]);
  await make('db-0', { restartPolicy: 'Never', containers: [once(20)] }, { ownerReferences: [set] });
  await settled(15);
  expect(await using()).toBe(before + 2);
  await settled(30);
  for (const name of ['job', 'db-0']) {
    expect((await ask<KubeObject>('GET', `${pods}/${name}`)).status?.['phase']).toBe('Succeeded');
  }
  const lived = told.flatMap(({ what }) => (what.endsWith(' changed') ? [] : [what])).sort();
  expect(lived).toEqual(['db-0.default came', 'job.default came', 'job.default went']);
  expect(await using()).toBe(before + 1);
});

it('of what had its address before anybody looked are as old as that', async () => {
  await ask('GET', pods);
  const told = followed();
  const { items } = await ask<{ items: KubeObject[] }>('GET', '/apis/kubeovn.io/v1/ips');
  expect(told).toEqual([]);
  expect(items.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['node-cp-1', 'node-w-1']));
  for (const { metadata } of items) expect(Date.parse(metadata.creationTimestamp!)).toBeLessThan(start - 86_400_000);
});

it('of a StatefulSet stay while a Pod is made anew, which has the same address and interface, and go with its number', async () => {
  await ask('GET', pods);
  await settled(2);
  const sets = '/apis/apps/v1/namespaces/default/statefulsets';
  await ask('POST', sets, {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' } },
    spec: {
      ...{ replicas: 2, serviceName: 'db', selector: { matchLabels: { app: 'db' } } },
      template: { metadata: { labels: { app: 'db' } }, spec: web.spec },
    },
  });
  await settled(25);
  const ips = '/apis/kubeovn.io/v1/ips';
  const named = async () =>
    (await ask<{ items: KubeObject[] }>('GET', ips)).items.flatMap(({ metadata }) =>
      metadata.name.startsWith('db-') ? [metadata.name] : [],
    );
  const told = followed();
  const [before, ip] = [
    await ask<KubeObject>('GET', `${pods}/db-1`),
    await ask<KubeObject>('GET', `${ips}/db-1.default`),
  ];
  await ask('DELETE', `${pods}/db-1`);
  await settled(25);
  const after = await ask<KubeObject>('GET', `${pods}/db-1`);
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
  expect(after.status?.['podIP']).toBe(before.status?.['podIP']);
  expect(noted(after)).toEqual(noted(before));
  const { metadata } = await ask<KubeObject>('GET', `${ips}/db-1.default`);
  expect(metadata).toMatchObject({ uid: ip.metadata.uid, creationTimestamp: ip.metadata.creationTimestamp });
  expect(told.filter(({ what }) => !what.endsWith(' changed'))).toEqual([]);
  const set = await ask<KubeObject>('GET', `${sets}/db`);
  await ask('PUT', `${sets}/db`, { ...set, spec: { ...set.spec, replicas: 1 } });
  await settled(15);
  expect(await named()).toEqual(['db-0.default']);
  await ask('DELETE', `${sets}/db`);
  await settled(15);
  expect(await named()).toEqual([]);
});

it('of what runs on a Node that joins are as old as their Pods, whose addresses are given as they are made', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `app-x${index}`);
  const applications = names.map((name) => ({ namespace: 'sim-workload', name, node: 'w-2' }));
  workloads.settings = () => ({ tokens: [], applications });
  await ask('GET', pods);
  const told = followed();
  const given = new Map(names.map((name) => [name, new Set<unknown>()]));
  workloads.of('prod').api.follow({ apiVersion: 'v1', kind: 'Pod' }, ({ after }) => {
    if (after) given.get(after.object.metadata.name)?.add(noted(after.object)['ip_address']);
  });
  workloads.of('prod').load([nodeNamed('w-2', { joined: timestamp(now) })]);
  for (let second = 0; second < 110; second++) {
    await settled(1);
    await ask('GET', pods);
  }
  const { items } = await ask<{ items: KubeObject[] }>('GET', '/api/v1/namespaces/sim-workload/pods');
  expect(items).toHaveLength(names.length);
  for (const { metadata, status } of items) {
    // Its address is the same from the first on.
    expect([...given.get(metadata.name)!]).toEqual([status?.['podIP']]);
    const ip = told.find(({ what }) => what === `${metadata.name}.sim-workload came`)!.object;
    expect(ip.metadata.creationTimestamp).toBe(metadata.creationTimestamp);
  }
});
