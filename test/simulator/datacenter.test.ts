import { afterEach, expect, it, vi } from 'vitest';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';

let datacenter: Datacenter | undefined;
afterEach(async () => {
  await datacenter?.stop();
  datacenter = undefined;
});

const machines = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/baremetalmachines';

interface List {
  items: { metadata: { name: string }; status: { phase: string } }[];
}

it('serves a living world over HTTP and through its transport, and stops', async () => {
  datacenter = await startDatacenter({ hosts: 12, seed: 'http', speed: 5000, traffic: false });
  const { url, token, kubeconfig, transport } = datacenter;
  expect(kubeconfig).toContain(url);
  const refused = await fetch(url + machines);
  expect(refused.status).toBe(403);
  const headers = { authorization: `Bearer ${token}` };
  const list = async () => (await (await fetch(url + machines, { headers })).json()) as List;
  const before = (await list()).items.length;
  const path = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machinedeployments/prod-workers';
  const { spec } = await transport.json<{ spec: { replicas: number } }>({ path });
  await transport.json({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas: spec.replicas + 1 } },
  });
  await vi.waitFor(
    async () => {
      const { items } = await list();
      expect(items).toHaveLength(before + 1);
      expect(items.every(({ status }) => status.phase === 'Running')).toBe(true);
    },
    { timeout: 15_000 },
  );
  await datacenter.stop();
  await expect(fetch(url + machines, { headers })).rejects.toThrow();
  datacenter = undefined;
});

it('serves Cluster API v1beta2 where it is asked to, guarded by its webhooks', async () => {
  datacenter = await startDatacenter({ hosts: 12, seed: 'http', traffic: false, clusterApi: 'v1beta2' });
  const { transport } = datacenter;
  const path =
    '/apis/controlplane.cluster.x-k8s.io/v1beta2/namespaces/cpaas-system/kubeadmcontrolplanes/prod-control-plane';
  const plane = await transport.json<{ status: object }>({ path });
  expect(plane.status).toMatchObject({
    initialization: { controlPlaneInitialized: true },
    upToDateReplicas: 3,
    deprecated: { v1beta1: { updatedReplicas: 3 } },
  });
  const body = { spec: { replicas: 2 } };
  const contentType = 'application/merge-patch+json';
  await expect(transport.json({ method: 'PATCH', path, contentType, body })).rejects.toMatchObject({
    code: 422,
    message: expect.stringMatching(/spec\.replicas: Forbidden: cannot be an even number when etcd is stacked/),
  });
});

it('refuses a world too small for its clusters', async () => {
  await expect(startDatacenter({ hosts: 3 })).rejects.toThrow(RangeError);
});

it('can be empty: a platform with its catalog, and neither hosts nor clusters', async () => {
  datacenter = await startDatacenter({ hosts: 0, waiting: 6, seed: 'empty', speed: 5000 });
  const { transport, layout } = datacenter;
  expect(layout).toEqual({ clusters: [], unpooled: [] });
  const { data } = await transport.json<{ data: Record<string, string> }>({
    path: '/api/v1/namespaces/cpaas-system/configmaps/elemental-image-catalog',
  });
  expect(Object.keys(data)).toEqual(expect.arrayContaining(['v1.31.14-2', 'v1.35.6-acp.1']));
  const inventories = '/apis/elemental.cattle.io/v1beta1/namespaces/cpaas-system/machineinventories';
  expect((await transport.json<List>({ path: inventories })).items).toEqual([]);
  await expect(datacenter.scenarios.start('pool-exhausted')).rejects.toThrow('at rest');
});
