/** A whole datacenter in one process: the API, a world at rest in it, and the controllers that bring it to life. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type Api, createApi } from './api/api.ts';
import { startApiServer } from './api/server.ts';
import { apiTransport } from './api/transport.ts';
import { wallClock } from './controllers/clock.ts';
import { registerControllers } from './controllers/index.ts';
import { Runtime } from './controllers/runtime.ts';
import { seedWorld } from './world/seed.ts';
import { WorkloadApi } from './world/workload.ts';

export interface DatacenterOptions {
  hosts?: number;
  seed?: string;
  /** How many times faster than life. */
  speed?: number;
  port?: number;
}

export interface Datacenter {
  url: string;
  token: string;
  kubeconfig: string;
  api: Api;
  stop(): Promise<void>;
}

/** Seeds a world, serves it on 127.0.0.1 and starts its controllers. */
export async function startDatacenter(options: DatacenterOptions): Promise<Datacenter> {
  const world = seedWorld({ hosts: options.hosts, seed: options.seed, now: Date.now() });
  const api = createApi();
  api.load(world.objects);
  const workloads = new Map<string, WorkloadApi>();
  const workload = (cluster: string) => {
    const known = workloads.get(cluster) ?? new WorkloadApi(Date.now, randomUUID);
    workloads.set(cluster, known);
    return known;
  };
  for (const [cluster, nodes] of world.nodes) workload(cluster).load(nodes);
  const runtime = new Runtime({
    management: apiTransport(api, { user: { name: 'controllers', groups: ['system:masters'] } }),
    workload,
    clock: wallClock,
    speed: options.speed,
    seed: options.seed,
  });
  registerControllers(runtime);
  await runtime.start();
  const token = randomBytes(16).toString('hex');
  const server = await startApiServer({ api, token, port: options.port });
  return {
    url: server.url,
    token,
    kubeconfig: server.kubeconfig,
    api,
    async stop() {
      await runtime.stop();
      await server.close();
    },
  };
}
