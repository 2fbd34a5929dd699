/** A whole datacenter in one process: the API, a world at rest in it, and the controllers that bring it to life. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Transport } from '../kube/types.ts';
import { type Api, type ApiOptions, createApi } from './api/api.ts';
import { startApiServer } from './api/server.ts';
import { apiTransport } from './api/transport.ts';
import { type Clock, wallClock } from './controllers/clock.ts';
import { Faults } from './controllers/faults.ts';
import { registerControllers } from './controllers/index.ts';
import type { ClusterApiVersion } from './controllers/kinds.ts';
import { Runtime } from './controllers/runtime.ts';
import { startTraffic } from './controllers/traffic/index.ts';
import { webhooks } from './webhooks/index.ts';
import { hardwareAt } from './world/hardware.ts';
import type { Layout } from './world/layout.ts';
import { loadWorld } from './world/load.ts';
import { seedWorld, type World } from './world/seed.ts';
import { WorkloadApi } from './world/workload.ts';

/** Fast enough to see a host go from free to running within half a minute, slow enough to follow it. */
export const demoSpeed = 15;

export interface DatacenterOptions {
  /** How many hosts; 42 where left out. */
  hosts?: number;
  /** The same seed, clock and calls give the same story. */
  seed?: string | number;
  /** How many times faster than life every duration passes. `demoSpeed` where left out. */
  speed?: number;
  clock?: Clock;
  /** Where to listen on 127.0.0.1: any free port where left out. */
  port?: number;
  /** Speak TLS, as kubectl needs it to send its token. */
  tls?: boolean;
  /** The version in which Cluster API is served, and whose ways its controllers have: v1beta1 where left out. */
  clusterApi?: ClusterApiVersion;
  /** Whether things happen by themselves, mild trouble among them. True where left out. */
  traffic?: boolean;
  /** How the embedded API behaves. Its clock is the datacenter's. */
  api?: Omit<ApiOptions, 'now'>;
  /** Told about every failure inside a controller that is not part of the game. */
  onError?: (error: unknown, where: string) => void;
}

export interface Datacenter {
  url: string;
  token: string;
  /** Text of a kubeconfig for this datacenter. */
  kubeconfig: string;
  api: Api;
  /** Straight to the API, without sockets, as its administrator. */
  transport: Transport;
  /** What goes wrong: for scenarios. */
  faults: Faults;
  /** Which clusters, groups and pools there are. */
  layout: Layout;
  /** Ends controllers, watches and connections. */
  stop(): Promise<void>;
}

/** Seeds a world, serves it on 127.0.0.1 and starts its controllers. Throws RangeError for too few hosts. */
export async function startDatacenter(options: DatacenterOptions = {}): Promise<Datacenter> {
  const clock = options.clock ?? wallClock;
  const seed = String(options.seed ?? 1);
  const now = () => clock.now();
  const traffic = options.traffic ?? true;
  const clusterApi = options.clusterApi ?? options.api?.clusterApi ?? 'v1beta1';
  const world = seedWorld({ hosts: options.hosts, seed, now: now(), trouble: traffic, clusterApi });
  const admission = [...webhooks(clusterApi), ...(options.api?.admission ?? [])];
  const newUid = options.api?.newUid ?? randomUUID;
  const api = createApi({ ...options.api, clusterApi, admission, now, newUid });
  const workloads = new Map<string, WorkloadApi>();
  const workload = (cluster: string): WorkloadApi => {
    const known = workloads.get(cluster) ?? new WorkloadApi(now, newUid);
    workloads.set(cluster, known);
    return known;
  };
  loadWorld(world, api, workload, clusterApi);

  const faults = new Faults();
  if (world.miscounted) faults.miscount(world.miscounted, true);
  const as = (name: string): Transport => apiTransport(api, { user: { name, groups: ['system:masters'] } });
  const transport = as('admin');
  const management = as('system:serviceaccount:cpaas-system:controllers');
  const runtime = new Runtime({
    management,
    workload,
    clusterApi,
    clock,
    seed,
    faults,
    speed: options.speed ?? demoSpeed,
    onError: options.onError,
  });
  registerControllers(runtime);
  const token = randomBytes(16).toString('hex');
  const server = await startApiServer({ api, token, port: options.port, tls: options.tls });
  await runtime.start();
  if (traffic) startTraffic(runtime, trafficOf(world, seed, options));
  return {
    url: server.url,
    token,
    kubeconfig: server.kubeconfig,
    api,
    transport,
    faults,
    layout: world.layout,
    async stop() {
      await runtime.stop();
      transport.close();
      management.close();
      for (const one of workloads.values()) one.close();
      await server.close();
    },
  };
}

/** Servers beyond those of the world, that come and go. */
const visitors = 3;

/** What the traffic of a world plays with. */
export function trafficOf(world: World, seed: string, { onError }: Pick<DatacenterOptions, 'onError'>) {
  const { clusters, unpooled } = world.layout;
  const playground = clusters[clusters.length - 1]!;
  const used = clusters.flatMap(({ plane, workers, reserves }) =>
    [plane, ...workers, ...reserves].flatMap((pool) => pool.hosts),
  );
  const next = Math.max(-1, ...used, ...unpooled) + 1;
  return {
    playground: playground.name,
    mover: playground.workers[0]!.name,
    visitors: Array.from({ length: visitors }, (_, at) => hardwareAt(seed, next + at)),
    miscounted: world.miscounted,
    onError: (error: unknown) => onError?.(error, 'traffic'),
  };
}
