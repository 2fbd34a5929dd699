/** Who of Kube-OVN has written what on a Node: of those that were there, and of one that joins before somebody's eyes. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';
import { ask, begun, serveProd } from './prod.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
let now = start;
let workloads: Workloads;

beforeEach(async () => {
  now = start;
  workloads = await serveProd(() => now);
});
afterEach(() => workloads.close());

interface Entry {
  manager: string;
  subresource?: string;
  time: string;
  fieldsV1: {
    'f:metadata'?: { 'f:annotations'?: object; 'f:labels'?: object };
    'f:status'?: { 'f:conditions'?: object };
  };
}

interface Seen {
  metadata: { managedFields: Entry[] };
  status: { conditions: { type: string }[] };
}

const nodeOf = (name: string) => ask<Seen>(workloads, 'GET', `/api/v1/nodes/${name}`);
const entriesOf = async (name: string): Promise<Entry[]> => (await nodeOf(name)).metadata.managedFields;
/** What is said of a Node, in the order of its list. */
const saidOf = async (name: string): Promise<string[]> =>
  (await nodeOf(name)).status.conditions.map(({ type }) => type);

const OVN = 'f:ovn.kubernetes.io/';
/** What somebody owns of Kube-OVN's, without the domain, by `manager/subresource`; and the conditions of who owns some. */
function network(entries: Entry[]): Record<string, string[]> {
  return Object.fromEntries(
    entries.flatMap(({ manager, subresource, fieldsV1 }) => {
      const { 'f:annotations': annotations = {}, 'f:labels': labels = {} } = fieldsV1['f:metadata'] ?? {};
      const keys = [...Object.keys(annotations), ...Object.keys(labels)].filter((key) => key.startsWith(OVN));
      const conditions = Object.keys(fieldsV1['f:status']?.['f:conditions'] ?? {}).filter((key) =>
        key.includes('NetworkUnavailable'),
      );
      const own = [...keys.map((key) => key.slice(OVN.length)), ...conditions].sort();
      return own.length > 0 ? [[subresource ? `${manager}/${subresource}` : manager, own]] : [];
    }),
  );
}

const expected = {
  'kube-ovn-controller': [
    ...['allocated', 'cidr', 'gateway', 'ip_address', 'logical_switch', 'mac_address', 'ovs_dp_type', 'port_name'],
  ],
  'kube-ovn-daemon': ['chassis'],
  'kube-ovn-daemon/status': ['k:{"type":"NetworkUnavailable"}'],
};

it('a Node that was there owes its address to the controller, and that it is reached to its own daemon, at that time', async () => {
  const entries = await entriesOf('w-1');
  expect(network(entries)).toEqual(expected);
  const times = entries.filter(({ manager }) => manager.startsWith('kube-ovn')).map(({ time }) => time);
  expect(new Set(times)).toEqual(new Set([begun]));
  const own = entries.find(({ manager, subresource }) => manager === 'kubelet' && subresource === 'status');
  expect(Object.keys(own?.fieldsV1['f:status']?.['f:conditions'] ?? {})).not.toContain(
    'k:{"type":"NetworkUnavailable"}',
  );
});

it('so does one that becomes ready later, at its time', async () => {
  await entriesOf('w-1');
  now += 60_000;
  const ready = new Date(now).toISOString().replace('.000', '');
  workloads.of('prod').load([nodeNamed('w-2', { joined: ready, ready })]);
  now += 1000;
  await entriesOf('w-2');
  const entries = await entriesOf('w-2');
  expect(network(entries)).toEqual(expected);
  const times = entries.filter(({ manager }) => manager.startsWith('kube-ovn')).map(({ time }) => Date.parse(time));
  expect(Math.max(...times)).toBeLessThanOrEqual(now);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse(ready));
});

it('that it is reached stands first among what is said of a Node, as who patches it puts it, and stays there', async () => {
  await entriesOf('w-1');
  const ready = new Date(now).toISOString().replace('.000', '');
  workloads.of('prod').load([nodeNamed('w-2', { joined: ready, ready })]);
  now += 1000;
  await saidOf('w-2');
  expect((await saidOf('w-2'))[0]).toBe('NetworkUnavailable');
  now += 600_000;
  await saidOf('w-2');
  expect((await saidOf('w-2'))[0]).toBe('NetworkUnavailable');
  expect((await saidOf('w-1'))[0]).toBe('NetworkUnavailable');
});

it('the controller gives a Node its address as it joins, and its daemon says that it is reached once it has configured it', async () => {
  await entriesOf('w-1');
  const joined = new Date(now).toISOString().replace('.000', '');
  const api = workloads.of('prod');
  api.load([nodeNamed('w-2', { joined, ready: 'never', uid: 'w-2' })]);
  await workloads.idle('prod');
  interface Noted {
    metadata: { annotations: Record<string, string>; creationTimestamp: string };
  }
  const { metadata } = (await nodeOf('w-2')) as unknown as Noted;
  expect(metadata.annotations).toMatchObject({ 'ovn.kubernetes.io/port_name': 'node-w-2' });
  expect(metadata.annotations).not.toHaveProperty(['ovn.kubernetes.io/chassis']);
  const ip = await ask<Noted>(workloads, 'GET', '/apis/kubeovn.io/v1/ips/node-w-2');
  expect(ip.metadata.creationTimestamp).toBe(joined);
  expect(await saidOf('w-2')).not.toContain('NetworkUnavailable');
  for (let second = 0; second < 60; second++) {
    now += 1000;
    await workloads.idle('prod');
  }
  interface Told {
    items: {
      spec: { nodeName: string };
      status: { containerStatuses: { state: { running?: { startedAt: string } } }[] };
    }[];
  }
  const { items } = await ask<Told>(
    workloads,
    'GET',
    '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dkube-ovn-cni',
  );
  const { running } = items.find(({ spec }) => spec.nodeName === 'w-2')!.status.containerStatuses[0]!.state;
  const { status } = (await nodeOf('w-2')) as unknown as { status: { conditions: Record<string, string>[] } };
  const [reached] = status.conditions;
  expect(reached).toMatchObject({ type: 'NetworkUnavailable', status: 'False' });
  expect(Date.parse(reached!['lastTransitionTime']!)).toBeGreaterThan(Date.parse(running!.startedAt));
  expect(status.conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False' });
});

it('a Node that was there was reached when its daemon had configured it, before it was ready', async () => {
  const [joined, ready] = ['2026-11-10T00:00:00Z', '2026-11-10T00:00:40Z'];
  workloads.of('prod').load([nodeNamed('w-2', { joined, ready, uid: 'w-2' })]);
  const { status } = (await nodeOf('w-2')) as unknown as { status: { conditions: Record<string, string>[] } };
  const since = (type: string) =>
    Date.parse(status.conditions.find((one) => one['type'] === type)!['lastTransitionTime']!);
  interface Told {
    items: {
      metadata: { name: string };
      spec: { nodeName: string };
      status: { conditions: { type: string; lastTransitionTime: string }[] };
    }[];
  }
  const system = '/api/v1/namespaces/kube-system/pods';
  const { items } = await ask<Told>(workloads, 'GET', `${system}?labelSelector=app%3Dkube-ovn-cni`);
  const server = items.find(({ spec }) => spec.nodeName === 'w-2')!;
  const { url, token } = workloads.access('prod')!;
  const headers = { authorization: `Bearer ${token}` };
  const log = await (await fetch(`${url}${system}/${server.metadata.name}/log?timestamps=true`, { headers })).text();
  const reached = Date.parse(/^(\S+) .*with gateway .* is ready for interface ovn0/m.exec(log)![1]!);
  expect(since('NetworkUnavailable')).toBe(Math.floor(reached / 1000) * 1000);
  expect(since('Ready')).toBeGreaterThan(since('NetworkUnavailable'));
  const up = server.status.conditions.find(({ type }) => type === 'Ready')!;
  expect(Date.parse(up.lastTransitionTime)).toBeLessThanOrEqual(since('Ready'));
});
