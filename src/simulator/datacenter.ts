/** A whole datacenter in one process: the API, a world at rest in it, and the controllers that bring it to life. */

import { randomBytes, randomUUID } from 'node:crypto';
import { KubeError, type Transport } from '../kube/types.ts';
import type { Api, ApiOptions } from './api/api.ts';
import { authority } from './api/certificate.ts';
import { startApiServer } from './api/server.ts';
import { apiTransport } from './api/transport.ts';
import { type Clock, PastClock, wallClock } from './controllers/clock.ts';
import { Faults } from './controllers/faults.ts';
import { registerControllers } from './controllers/index.ts';
import type { ClusterApiVersion } from './controllers/kinds.ts';
import { importController } from './controllers/platform/import.ts';
import { Runtime } from './controllers/runtime.ts';
import { startTraffic } from './controllers/traffic/index.ts';
import { openManagement } from './management-api.ts';
import { keepSmall } from './memory.ts';
import { Rack } from './rack.ts';
import { Playhouse, pastOf, type Scenarios } from './scenarios/index.ts';
import { serverControl, stagedQuota } from './scenarios/server-control.ts';
import { isFollowed } from './workload/followed.ts';
import { Workloads } from './workload/front.ts';
import { followClusters, keepKubeconfigs } from './workload/kubeconfigs.ts';
import { isInRegistry } from './workload/registry-images.ts';
import type { Layout, Shape } from './world/layout.ts';
import { loadWorld } from './world/load.ts';
import { tellOfBuilders } from './world/management/builder-story.ts';
import { seededBuilder, told } from './world/management/seeded.ts';
import { isUnreached } from './world/management/webhook-calls.ts';
import { ManagementWork } from './world/management/work.ts';
import { programOf } from './world/ownership.ts';
import { seedWorld } from './world/seed.ts';
import { imported, isServedLater, loadServed } from './world/served.ts';
import { firstCluster, inventoriesOf, reportPace, trafficOf, visitorsOf, waitingIn } from './world-use.ts';

/** Fast enough to see a host go from free to running within half a minute, slow enough to follow it. */
export const demoSpeed = 15;

export interface DatacenterOptions {
  /** How many hosts; 42 where left out, and what its shape needs. None is an empty datacenter. */
  hosts?: number;
  /** How many pools of workers, at least one a cluster; chosen by the number of hosts where left out. */
  pools?: number;
  /** One cluster of exactly this shape. Nothing then happens by itself, unless asked for. */
  shape?: Shape;
  /** How many machines wait in a rack, unregistered, to boot the next ISO that is built; none where left out. */
  waiting?: number;
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
  /** Whether things happen by themselves, mild trouble among them. True where left out and there is no shape. */
  traffic?: boolean;
  /** How often, in ms of the clock, a host reports its disks: a minute where left out. */
  reportMs?: number;
  /** Whether the world begins with a pool that is not counted right, and no scenario: for demonstrations. False where left out. */
  miscount?: boolean;
  /** A scenario to begin with; no other trouble then comes by itself. */
  scenario?: string;
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
  /** What can be played, is played, and its control. */
  scenarios: Scenarios;
  /** Which clusters, groups and pools there are. */
  layout: Layout;
  /** The APIs of the workload clusters, served beside. */
  workloads: Workloads;
  /** Ends controllers, watches and connections. */
  stop(): Promise<void>;
}

/** Seeds a world, serves it on 127.0.0.1 and starts its controllers. Throws RangeError for too few hosts, or for a scenario that is not there or cannot be played. */
export async function startDatacenter(options: DatacenterOptions = {}): Promise<Datacenter> {
  const speed = options.speed ?? demoSpeed;
  // Some trouble is an age: then the world begins that long ago, and lives through it before anybody looks.
  const past = pastOf(options.scenario, speed);
  const present = options.clock ?? wallClock;
  const clock = past > 0 ? new PastClock(present, past) : present;
  const seed = String(options.seed ?? 1);
  const now = () => clock.now();
  const { hosts, pools, shape } = options;
  const traffic = (options.traffic ?? shape === undefined) && hosts !== 0;
  const clusterApi = options.clusterApi ?? options.api?.clusterApi ?? 'v1beta1';
  const world = seedWorld({
    hosts,
    pools,
    shape,
    seed,
    now: now(),
    trouble: traffic && options.scenario === undefined,
    miscount: options.miscount === true && options.scenario === undefined,
    clusterApi,
  });
  const newUid = options.api?.newUid ?? randomUUID;
  const faults = new Faults();
  const namespaceGrace = options.clock === undefined ? 5000 : 0;
  let ca: string | undefined;
  const { api, management, since } = openManagement({
    ...{ world, seed, clock, faults, clusterApi, namespaceGrace, api: options.api },
    runtime: () => runtime,
    work: () => work,
    ca: () => ca,
  });
  const onError = (error: unknown, where: string) => {
    if (!isStaged(error)) options.onError?.(error, where);
  };
  const work: ManagementWork = new ManagementWork({
    api,
    management,
    seed,
    now,
    onError: (error) => onError(error, 'work'),
  });
  // Pods live by the clock of the wall: what passes otherwise passes without them.
  const isSlow = options.clock === undefined && isFollowed({ hosts: inventoriesOf(world), speed });
  const follows = () => isSlow && !(clock instanceof PastClock && clock.isPast);
  const workloads = new Workloads({
    ...{ now, newUid, faults, follows, namespaceGrace, speed },
    onError: (error) => onError(error, 'work'),
  });
  const schedules = () => management.leader('kube-scheduler');
  world.objects = world.objects.map((object) => (object.kind === 'Pod' ? seededBuilder(object) : object));
  world.events = world.events.map((event) => told(event, schedules()));
  const accounts = imported(world);
  loadWorld(world, api, (cluster) => workloads.of(cluster), clusterApi, isServedLater);
  for (const [cluster, account] of accounts) workloads.of(cluster).load([account]);
  if (world.miscounted) faults.miscount(world.miscounted, true);
  const as = (name: string, program: () => string, bare = false): Transport =>
    apiTransport(api, { user: { name, groups: ['system:masters'] }, program, bare });
  const transport = as('admin', () => 'kubectl-edit');
  const controllers = as('system:serviceaccount:cpaas-system:controllers', () => programOf(runtime.working), true);
  const runtime: Runtime = new Runtime({
    management: controllers,
    workload: workloads.transport,
    isPlayed: workloads.isPlayed,
    rolling: workloads.rolling,
    held: (image) => isInRegistry(image),
    clusterApi,
    clock,
    seed,
    faults,
    speed,
    onError,
  });
  const heartbeat = reportPace(world, runtime.speed, options.reportMs);
  registerControllers(runtime, undefined, undefined, { heartbeat });
  importController(runtime);
  tellOfBuilders(runtime, schedules);
  const busy = new Set<string>();
  const playhouse = new Playhouse(runtime, {
    operator: as('second-operator', () => 'kubectl-edit'),
    desk: transport,
    server: serverControl(api),
    layout: world.layout,
    visitors: visitorsOf(world, seed),
    busy,
  });
  const rack = new Rack(runtime, waitingIn(world, seed, options.waiting ?? 0));
  const token = randomBytes(16).toString('hex');
  const name = 'kubernetes';
  const certifies = options.tls ? { authority: { ...authority(name, since), name } } : {};
  const server = await startApiServer({ api: work.served, token, port: options.port, tls: options.tls, ...certifies });
  ca = server.ca;
  management.serves(ca);
  await workloads.serve({ tls: true, since: firstCluster(world) });
  loadServed(world, api, workloads, { seed, ca }, now());
  const { namespace } = runtime;
  const kubeconfigs = await keepKubeconfigs(controllers, namespace, workloads, onError);
  await runtime.start();
  followClusters(runtime, workloads);
  rack.start();
  await playhouse.open();
  keepSmall(inventoriesOf(world));
  const trouble = options.scenario === undefined;
  const live = () => traffic && startTraffic(runtime, { ...trafficOf(world, seed, { onError }), busy, trouble });
  // Hours of everyday life that nobody saw would only be waited for.
  if (past === 0) live();
  const datacenter: Datacenter = {
    url: server.url,
    token,
    kubeconfig: server.kubeconfig,
    api,
    transport,
    faults,
    scenarios: playhouse.scenarios,
    layout: world.layout,
    workloads,
    async stop() {
      playhouse.close();
      await runtime.stop();
      await kubeconfigs.stop();
      work.stop();
      transport.close();
      controllers.close();
      await workloads.close();
      await server.close();
    },
  };
  try {
    if (options.scenario !== undefined) await playhouse.scenarios.start(options.scenario);
    if (clock instanceof PastClock) {
      await clock.catchUp(() => runtime.idle());
      live();
    }
  } catch (error) {
    await datacenter.stop();
    throw error;
  }
  return datacenter;
}

/**
 * Whether a failure is part of the game: the embedded API is away, its quota is exceeded, or somebody has stopped those who
 * answer its webhooks, by no other cause.
 */
const isStaged = (error: unknown): boolean =>
  error instanceof KubeError &&
  (error.reason === 'Network' || error.message.includes(stagedQuota) || isUnreached(error.message));
