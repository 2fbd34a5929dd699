/**
 * A simulation on a real API server: the world is created there once, and chosen controllers play it, beside whatever
 * else runs. Workload clusters do not exist there; this process serves them.
 */

import { KubeError, type Transport } from '../../kube/types.ts';
import { type Clock, wallClock } from '../controllers/clock.ts';
import { Faults } from '../controllers/faults.ts';
import { type ControllerGroup, registerControllers } from '../controllers/index.ts';
import { type ClusterApiVersion, kinds, pathOf } from '../controllers/kinds.ts';
import { importController } from '../controllers/platform/import.ts';
import { Runtime } from '../controllers/runtime.ts';
import type { MachineInventory } from '../controllers/shapes/elemental.ts';
import { Rack } from '../rack.ts';
import { Playhouse, type Scenarios } from '../scenarios/index.ts';
import { isFollowed } from '../workload/followed.ts';
import { Workloads } from '../workload/front.ts';
import { followClusters, keepKubeconfigs } from '../workload/kubeconfigs.ts';
import { freshWorld } from '../world/fresh.ts';
import { hostsOfShape, type Shape } from '../world/layout.ts';
import { createWorld, loadWorkloads } from '../world/load.ts';
import { seedWorld, type World } from '../world/seed.ts';
import { reportPace, visitorsOf, waitingIn } from '../world-use.ts';
import { holdLease } from './lease.ts';
import { isSimulated, marking } from './marks.ts';
import { rebuildWorkloads } from './rebuild.ts';
import { readRecord, type WorldRecord, writeRecord } from './record.ts';
import { serveWebhooks } from './webhooks.ts';

export interface RemoteOptions {
  /** To the real server. It is not closed here. */
  transport: Transport;
  namespace: string;
  /** The version in which the server serves Cluster API. */
  clusterApi: ClusterApiVersion;
  controllers: readonly ControllerGroup[];
  /** Of a world that is made now; one that is there keeps its own. */
  hosts?: number;
  pools?: number;
  shape?: Shape;
  seed: string;
  speed: number;
  waiting: number;
  /** Whether the server runs on this host, and so can ask webhooks that this process serves. */
  local?: boolean;
  /** Whether hosts that no simulation has made are none of a reason to stop: their plans would be played, too. */
  amongRealHosts: boolean;
  /** A scenario to begin with. */
  scenario?: string;
  clock?: Clock;
  onError?: (error: unknown, where: string) => void;
  /** Told about a host that no simulation has made and that came while this one ran. */
  onStranger?: (name: string) => void;
  /** Told once another simulation has taken over. */
  onLost?: (holder: string) => void;
}

export interface Remote {
  /** Whether the world was there already. */
  resumed: boolean;
  record: WorldRecord;
  workloads: Workloads;
  /** The controllers, and what they have read of the server. */
  runtime: Runtime;
  faults: Faults;
  /** What can be played, is played, and its control. */
  scenarios: Scenarios;
  /** Why the server does not ask the webhooks of what is played; undefined where it does. */
  unasked: string | undefined;
  /** Ends controllers and servers. The world stays. */
  stop(): Promise<void>;
}

/** Hosts are there that no simulation has made. */
export class RealHosts extends Error {
  override readonly name = 'RealHosts';
  readonly hosts: readonly string[];

  constructor(hosts: readonly string[]) {
    super(`${hosts.length} MachineInventories were not made by a simulation: ${hosts.slice(0, 3).join(', ')}`);
    this.hosts = hosts;
  }
}

/** Starts a simulation. Throws RealHosts, Occupied, RangeError for too few hosts or a scenario that cannot be played, KubeError. */
export async function startRemote(options: RemoteOptions): Promise<Remote> {
  const { namespace } = options;
  if (!options.amongRealHosts) {
    const strangers = await strangersIn(options.transport, namespace);
    if (strangers.length > 0) throw new RealHosts(strangers);
  }
  const transport = marking(options.transport);
  await ensureNamespace(transport, namespace);
  const release = await holdLease({ transport, namespace, onLost: (holder) => options.onLost?.(holder) });
  try {
    const remote = await play(options, transport);
    return { ...remote, stop: () => remote.stop().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function play(options: RemoteOptions, transport: Transport): Promise<Remote> {
  const { namespace, clusterApi, controllers, speed, clock = wallClock, onError } = options;
  const found = await readRecord(transport, namespace);
  const record: WorldRecord = {
    ...(found ?? {
      seed: options.seed,
      hosts: options.hosts ?? hostsFor(options),
      pools: options.pools,
      shape: options.shape,
      born: clock.now(),
      complete: false,
    }),
    runs: (found?.runs ?? 0) + 1,
  };
  const world = worldOf(record, options);
  await writeRecord(transport, namespace, record);
  const faults = new Faults();
  const isSlow = options.clock === undefined && isFollowed({ hosts: record.hosts, speed });
  const workloads = new Workloads({ now: () => clock.now(), faults, follows: () => isSlow, speed });
  const workload = (cluster: string) => workloads.of(cluster);
  if (!record.complete) {
    await createWorld(world, transport, namespace, clusterApi, isSimulated);
    await writeRecord(transport, namespace, { ...record, complete: true });
    loadWorkloads(world, workload);
  } else await rebuildWorkloads(transport, namespace, clusterApi, workload);

  const runtime = new Runtime({
    management: transport,
    namespace,
    clusterApi,
    workload: workloads.transport,
    clock,
    speed,
    seed: `${record.seed}/${record.runs}`,
    faults,
    onError,
  });
  registerControllers(runtime, undefined, controllers, { heartbeat: reportPace(world, speed) });
  if (controllers.includes('provider')) importController(runtime);
  runtime.informer(kinds.Cluster);
  const inventories = runtime.informer(kinds.MachineInventory);
  const rack = new Rack(runtime, waitingIn(world, record.seed, options.waiting));
  const playhouse = new Playhouse(runtime, {
    operator: transport,
    desk: transport,
    server: undefined,
    layout: world.layout,
    visitors: visitorsOf(world, record.seed),
  });
  await workloads.serve({ tls: true });
  const kubeconfigs = await keepKubeconfigs(transport, namespace, workloads, onError);
  if (!options.amongRealHosts) {
    inventories.onChange((inventory, change) => {
      if (change === 'added' && !isSimulated(inventory)) options.onStranger?.(inventory.metadata.name);
    });
  }
  const admission = await (options.local
    ? serveWebhooks({ transport, namespace, clusterApi, controllers, faults, onError })
    : { silent: 'it runs on another host', stop: async () => {} });
  await runtime.start();
  followClusters(runtime, workloads);
  rack.start();
  // Scenarios can be played without their ConfigMap, where nobody lets us create it.
  await playhouse.open().catch((error: unknown) => onError?.(error, 'sim-scenario'));
  const remote: Remote = {
    resumed: found !== undefined,
    record,
    workloads,
    runtime,
    faults,
    scenarios: playhouse.scenarios,
    unasked: admission.silent,
    async stop() {
      playhouse.close();
      await admission.stop();
      await runtime.stop();
      await kubeconfigs.stop();
      await workloads.close();
    },
  };
  try {
    if (options.scenario !== undefined) await playhouse.scenarios.start(options.scenario);
  } catch (error) {
    await remote.stop();
    throw error;
  }
  return remote;
}

const hostsFor = ({ shape, pools }: RemoteOptions): number => (shape ? hostsOfShape(shape, pools) : 42);

/** Only the simulated Cluster API takes Machines as its own that it has not made. */
function worldOf(
  { seed, hosts, pools, shape, born: now }: WorldRecord,
  { namespace, clusterApi, controllers }: RemoteOptions,
): World {
  const seeding = { seed, hosts, pools, shape, now, namespace, clusterApi };
  return controllers.includes('capi') ? seedWorld(seeding) : freshWorld(seeding);
}

/** The names of all hosts in the namespace that no simulation has made. */
async function strangersIn(transport: Transport, namespace: string): Promise<string[]> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const answer = await transport.json<{ items: MachineInventory[]; metadata?: { continue?: string } }>({
      path: pathOf(kinds.MachineInventory, namespace),
      query: { limit: 500, continue: token },
    });
    names.push(...answer.items.filter((one) => !isSimulated(one)).map(({ metadata }) => metadata.name));
    token = answer.metadata?.continue || undefined;
  } while (token !== undefined);
  return names;
}

async function ensureNamespace(transport: Transport, name: string): Promise<void> {
  try {
    await transport.json({ path: `/api/v1/namespaces/${encodeURIComponent(name)}` });
  } catch (error) {
    if (!(error instanceof KubeError && error.code === 404)) throw error;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await transport.json({ method: 'POST', path: '/api/v1/namespaces', body });
  }
}
