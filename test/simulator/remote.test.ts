/** A simulation on a server that is somebody else's, played on an embedded one: what it makes, keeps and leaves alone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Transport } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { Client } from '../../src/simulator/controllers/client.ts';
import { kinds, pathOf } from '../../src/simulator/controllers/kinds.ts';
import type { ConfigMap } from '../../src/simulator/controllers/shapes/core.ts';
import type { MachineInventory } from '../../src/simulator/controllers/shapes/elemental.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import { Occupied } from '../../src/simulator/remote/lease.ts';
import { RealHosts, type Remote, type RemoteOptions, startRemote } from '../../src/simulator/remote/start.ts';
import { managementResources } from '../../src/simulator/world/management/index.ts';

let transport: Transport;
let client: Client;
let remote: Remote | undefined;
let errors: string[];

beforeEach(() => {
  errors = [];
  transport = apiTransport(createApi({ namespaces: ['default'], resources: managementResources('v1beta1') }), {
    user: { name: 'somebody', groups: ['system:masters'] },
  });
  client = new Client(transport, 'lab');
});
afterEach(async () => {
  await remote?.stop();
  remote = undefined;
});

async function start(more: Partial<RemoteOptions> = {}): Promise<Remote> {
  remote = await startRemote({
    transport,
    namespace: 'lab',
    clusterApi: 'v1beta1',
    controllers: ['elemental', 'hosts', 'provider', 'capi'],
    hosts: 12,
    seed: 'remote',
    speed: 1000,
    waiting: 0,
    amongRealHosts: false,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
    ...more,
  });
  return remote;
}
async function again(more: Partial<RemoteOptions> = {}): Promise<Remote> {
  await remote?.stop();
  return start(more);
}
const list = async (kind: { plural: string }) =>
  (
    await transport.json<{ items: (KubeObject & { status?: { phase?: string } })[] }>({
      path: pathOf(kind as typeof kinds.Machine, 'lab'),
    })
  ).items;
const real: MachineInventory = {
  apiVersion: 'elemental.cattle.io/v1beta1',
  kind: 'MachineInventory',
  metadata: { name: 'real' },
  spec: {},
};

it('makes a world in a namespace of its own, marked as simulated, and remembers how', async () => {
  const { resumed, record } = await start();
  expect(resumed).toBe(false);
  expect(record).toMatchObject({ seed: 'remote', hosts: 12, runs: 1 });
  for (const kind of [kinds.MachineInventory, kinds.Machine, kinds.BaremetalMachine, kinds.Cluster]) {
    const objects = await list(kind);
    expect(objects.length).toBeGreaterThan(0);
    expect(objects.every(({ metadata }) => metadata.labels?.['metaldeck.io/simulated'] === 'true')).toBe(true);
  }
  expect(errors).toEqual([]);
});

it('goes on with what is there, whatever it is told to make', async () => {
  await start();
  const phases = async () =>
    (await list(kinds.BaremetalMachine)).map(({ metadata, status }) => `${metadata.uid} ${status?.phase}`);
  await expect.poll(async () => (await phases()).every((one) => one.endsWith('Running'))).toBe(true);
  const before = await phases();
  const second = await again({ hosts: 40, seed: 'other' });
  expect(second).toMatchObject({ resumed: true, record: { seed: 'remote', hosts: 12, runs: 2 } });
  expect(await phases()).toEqual(before);
  const nodes = await second.workloads.of('prod').json<{ items: KubeObject[] }>({ path: '/api/v1/nodes' });
  expect(nodes.items).toHaveLength(before.length);
  expect(errors).toEqual([]);
});

it('finishes a world whose making was interrupted, and leaves the catalog of somebody else', async () => {
  const { apiVersion, kind } = kinds.ConfigMap;
  await transport.json({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } },
  });
  const catalog: ConfigMap = {
    apiVersion,
    kind,
    metadata: { name: 'elemental-image-catalog' },
    data: { 'v1.33.7-2': 'real/image:1' },
  };
  await client.create(kinds.ConfigMap, catalog);
  let left = 30;
  const failing: Transport = {
    ...transport,
    json: async (request) => {
      if (request.method === 'POST' && left-- < 0) throw new Error('the line broke');
      return transport.json(request);
    },
  };
  await expect(start({ transport: failing })).rejects.toThrow('the line broke');
  const { record } = await start();
  expect(record).toMatchObject({ complete: false, runs: 2 });
  expect(await list(kinds.MachineInventory)).toHaveLength(12);
  expect((await client.get(kinds.ConfigMap, 'elemental-image-catalog'))?.data).toEqual({ 'v1.33.7-2': 'real/image:1' });
  expect((await client.get(kinds.ConfigMap, 'metaldeck-simulation'))?.data?.['complete']).toBe('true');
});

it('keeps away from real hosts, when it starts and while it runs', async () => {
  const strangers: string[] = [];
  await start({ onStranger: (name) => strangers.push(name) });
  await client.create(kinds.MachineInventory, real);
  await expect.poll(() => strangers).toEqual(['real']);
  await expect(again()).rejects.toThrow(RealHosts);
  expect((await start({ amongRealHosts: true })).resumed).toBe(true);
});

it('asks for clusters and makes no Machine where Cluster API is somebody else', async () => {
  await start({ controllers: ['elemental', 'hosts', 'provider'] });
  expect(await list(kinds.Machine)).toEqual([]);
  expect(await list(kinds.KubeadmControlPlane)).toHaveLength(1);
  const free = async () =>
    (await list(kinds.MachineInventory)).filter(
      ({ metadata }) => metadata.annotations?.['baremetal.alauda.io/allocation-state'] === 'Available',
    ).length;
  expect(await free()).toBe(12);
});

it('plays a namespace alone, and lets go of it in the end', async () => {
  await start();
  const leases = '/apis/coordination.k8s.io/v1/namespaces/lab/leases';
  const held = await transport.json<{ spec: { holderIdentity: string } }>({ path: `${leases}/metaldeck-simulation` });
  expect(held.spec.holderIdentity).not.toBe('');
  await expect(start()).rejects.toThrow(Occupied);
  await remote?.stop();
  const left = await transport.json<{ spec: object }>({ path: `${leases}/metaldeck-simulation` });
  expect(left.spec).toMatchObject({ holderIdentity: '' });
});
