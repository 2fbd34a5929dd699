/** Cluster API from 1.11 on serves its kinds in an older version too: what is shown and taken in it. */

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { loadWorld } from '../../src/simulator/world/load.ts';
import { managementResources } from '../../src/simulator/world/management/kinds.ts';
import { seedWorld } from '../../src/simulator/world/seed.ts';

describe('the older version of what is kept as v1beta2', () => {
  const space = '/namespaces/cpaas-system';
  const inOld = (plural: string, name = '', group = 'cluster.x-k8s.io') =>
    `/apis/${group}/v1beta1${space}/${plural}${name && `/${name}`}`;
  let transport: Transport;
  beforeAll(() => {
    const api = createApi({ clusterApi: 'v1beta2', resources: managementResources('v1beta2') });
    const world = seedWorld({ hosts: 42, seed: 'older', now: Date.now(), clusterApi: 'v1beta2' });
    loadWorld(world, api, () => new WorkloadApi(Date.now, randomUUID), 'v1beta2');
    transport = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
  });
  const newer = (path: string) => path.replace('/v1beta1/', '/v1beta2/');
  interface Any {
    apiVersion: string;
    metadata: { name: string; annotations?: Record<string, string>; generation?: number };
    spec: Record<string, unknown>;
    status: Record<string, unknown>;
  }

  it.each([
    ['machines', 'cluster.x-k8s.io'],
    ['clusters', 'cluster.x-k8s.io'],
    ['machinedeployments', 'cluster.x-k8s.io'],
    ['machinesets', 'cluster.x-k8s.io'],
    ['machinehealthchecks', 'cluster.x-k8s.io'],
    ['kubeadmcontrolplanes', 'controlplane.cluster.x-k8s.io'],
    ['kubeadmconfigs', 'bootstrap.cluster.x-k8s.io'],
    ['kubeadmconfigtemplates', 'bootstrap.cluster.x-k8s.io'],
  ])('shows %s, and what is put back as it was read changes nothing', async (plural, group) => {
    const path = inOld(plural, '', group);
    const { items } = await transport.json<{ items: Any[] }>({ path });
    expect(items.length).toBeGreaterThan(0);
    for (const { metadata } of items.slice(0, 3)) {
      const kept = await transport.json<Any>({ path: `${newer(path)}/${metadata.name}` });
      const shown = await transport.json<Any>({ path: `${path}/${metadata.name}` });
      expect(shown.apiVersion).toBe(`${group}/v1beta1`);
      await transport.json({ method: 'PUT', path: `${path}/${metadata.name}`, body: shown });
      expect(await transport.json({ path: `${newer(path)}/${metadata.name}` })).toEqual(kept);
    }
  });

  it('takes what is written in it', async () => {
    const { items } = await transport.json<{ items: Any[] }>({ path: inOld('machinedeployments') });
    const [{ metadata, spec }] = items as [Any];
    const path = inOld('machinedeployments', metadata.name);
    expect(spec).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: 0 } },
      template: {
        spec: {
          bootstrap: { configRef: { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta2', namespace: 'cpaas-system' } },
        },
      },
    });
    const patch = { spec: { minReadySeconds: 9, strategy: { rollingUpdate: { deletePolicy: 'Oldest' } } } };
    await transport.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: patch });
    const kept = await transport.json<Any>({ path: newer(path) });
    expect(kept.spec).toMatchObject({ deletion: { order: 'Oldest' }, template: { spec: { minReadySeconds: 9 } } });
    expect(kept.metadata.annotations ?? {}).not.toHaveProperty('cluster.x-k8s.io/conversion-data');
    const { name: _name, ...rest } = metadata;
    const made = {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'MachineDeployment',
      metadata: { name: 'more', labels: (rest as { labels?: object }).labels },
      spec,
    };
    await transport.json({ method: 'POST', path: inOld('machinedeployments'), body: made });
    const more = await transport.json<Any>({ path: newer(inOld('machinedeployments', 'more')) });
    expect(more.spec).toMatchObject({ rollout: { strategy: { rollingUpdate: { maxSurge: 0 } } } });
    await transport.json({ method: 'DELETE', path: inOld('machinedeployments', 'more') });
    await expect(transport.json({ path: newer(inOld('machinedeployments', 'more')) })).rejects.toMatchObject({
      code: 404,
    });
  });

  it('is told of behind what is kept, and warned of', async () => {
    const group = await transport.json<{ preferredVersion: object; versions: object[] }>({
      path: '/apis/cluster.x-k8s.io',
    });
    expect(group.preferredVersion).toEqual({ groupVersion: 'cluster.x-k8s.io/v1beta2', version: 'v1beta2' });
    expect(group.versions).toHaveLength(2);
    const { headers } = await transport.stream({ path: inOld('machines') });
    expect(headers['warning']).toBe(
      '299 - "cluster.x-k8s.io/v1beta1 Machine is deprecated; use cluster.x-k8s.io/v1beta2 Machine"',
    );
  });
});
