/** The simulator's controllers on a real API server: what they write must pass the real CRDs of either Cluster API. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerControllers } from '../../src/simulator/controllers/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { createWorld } from '../../src/simulator/world/load.ts';
import { seedWorld } from '../../src/simulator/world/seed.ts';
import { type Cluster, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
const patience = 90_000;

let cluster: Cluster;
let runtime: Runtime;
const errors: string[] = [];

beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  const world = seedWorld({ hosts: 12, clusters: 1, now: Date.now(), clusterApi, seed: 'real' });
  const management = cluster.transport();
  await createWorld(world, management, cluster.namespace, clusterApi);
  const workloads = new Map([...world.nodes].map(([name, nodes]) => [name, loaded(nodes)]));
  runtime = new Runtime({
    management,
    workload: (name) => workloads.get(name)!,
    clusterApi,
    namespace: cluster.namespace,
    // Fast enough for a test, slow enough for the durations to stay in order.
    speed: 100,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
  });
  registerControllers(runtime);
  await runtime.start();
});

afterAll(async () => {
  await runtime?.stop();
  await cluster?.stop();
});

function loaded(nodes: Parameters<WorkloadApi['load']>[0]): WorkloadApi {
  const api = new WorkloadApi(Date.now, randomUUID);
  api.load(nodes);
  return api;
}

const group = () => runtime.informer(kinds.MachineDeployment).get('prod-workers')!;

it(`seeds a world of ${clusterApi} and keeps it at rest`, async () => {
  await vi.waitFor(() => expect(group().status?.readyReplicas).toBe(group().spec?.replicas), patience);
  const machines = runtime.informer(kinds.Machine).list();
  expect(machines.length).toBeGreaterThan(3);
  expect(machines.map(({ status }) => status?.phase)).toEqual(machines.map(() => 'Running'));
  expect(errors).toEqual([]);
});

it('lets a group grow and roll, with nothing refused by the real schemas', async () => {
  const replicas = (group().spec?.replicas ?? 0) + 1;
  await runtime.client.change(kinds.MachineDeployment, group(), (draft) => {
    draft.spec!.replicas = replicas;
  });
  const settled = () => {
    const { status } = group();
    expect(status).toMatchObject({ replicas, updatedReplicas: replicas, readyReplicas: replicas });
  };
  await vi.waitFor(settled, { timeout: patience, interval: 200 });
  const victim = runtime.informer(kinds.Machine).by('deployment', 'prod-workers')[0]!.metadata.name;
  await runtime.client.remove(kinds.Machine, victim);
  await vi.waitFor(() => expect(runtime.informer(kinds.Machine).get(victim)).toBeUndefined(), {
    timeout: patience,
    interval: 200,
  });
  await vi.waitFor(settled, { timeout: patience, interval: 200 });
  expect(errors).toEqual([]);
}, 300_000);
