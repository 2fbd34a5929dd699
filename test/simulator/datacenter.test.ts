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
  expect(refused.status).toBe(401);
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

it('refuses a world too small for its clusters', async () => {
  await expect(startDatacenter({ hosts: 3 })).rejects.toThrow(RangeError);
});
