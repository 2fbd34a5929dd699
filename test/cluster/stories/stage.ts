/** A stage on a real API server: the simulator's controllers in this process, the wall clock, and a namespace of its own. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../../src/kube/types.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { registerControllers } from '../../../src/simulator/controllers/index.ts';
import type { ClusterApiVersion } from '../../../src/simulator/controllers/kinds.ts';
import { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import { WorkloadApi } from '../../../src/simulator/workload/api.ts';
import { createWorld } from '../../../src/simulator/world/load.ts';
import { seedWorld } from '../../../src/simulator/world/seed.ts';
import { watchInvariants } from '../../simulator/invariants.ts';
import { type Stage, settle, world } from '../../simulator/stories/stage.ts';
import { watchKept } from './kept.ts';

/** A simulated minute takes half a second: timestamps, which count whole seconds, are still fine enough. */
const speed = 120;
/** How often a state is looked at, in real ms. */
const look = 25;
/** What a server that has other work may cost beyond the simulated time, in real ms. */
const patience = 60_000;

export interface ClusterStage extends Stage {
  /** What did not hold at some moment. */
  broken: readonly string[];
  /** Failures of controllers that are not part of the game. */
  errors: readonly string[];
  /** Fields the server did not keep. */
  lost(): string[];
  close(): Promise<void>;
}

/** Creates the namespace and a world in it, and starts the controllers. */
export async function openStage(
  server: Transport,
  namespace: string,
  clusterApi: ClusterApiVersion,
): Promise<ClusterStage> {
  await server.json({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
  const { transport, complaints } = watchKept(server);
  const seeded = seedWorld({ ...world, seed: namespace, now: Date.now(), namespace });
  await createWorld(seeded, transport, namespace, clusterApi);
  const workloads = new Map<string, WorkloadApi>();
  const workload = (cluster: string) => {
    const known = workloads.get(cluster) ?? new WorkloadApi(Date.now, randomUUID);
    workloads.set(cluster, known);
    return known;
  };
  for (const [cluster, nodes] of seeded.nodes) workload(cluster).load(nodes);

  const errors: string[] = [];
  const faults = new Faults();
  const runtime = new Runtime({
    management: transport,
    workload,
    namespace,
    clusterApi,
    seed: namespace,
    speed,
    faults,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
  });
  registerControllers(runtime);
  await runtime.start();
  const { broken } = watchInvariants(runtime);
  const stage: ClusterStage = {
    runtime,
    client: runtime.client,
    faults,
    broken,
    errors,
    lost: () => [...complaints].sort(),
    async until(done, limit, what) {
      const end = Date.now() + limit / speed + patience;
      while (!done()) {
        if (Date.now() > end) throw new Error(`${what} did not happen\n${[...errors, ...broken].join('\n')}`);
        await sleep(look);
      }
      await runtime.idle();
    },
    async close() {
      await runtime.stop();
      transport.close();
    },
  };
  await settle(stage, 'a world at rest');
  return stage;
}
