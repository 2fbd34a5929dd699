/** A datacenter on a clock that the test moves: nothing happens between two steps, and nothing by chance. */

import type { KubeRequest, Transport } from '../../src/kube/types.ts';
import { type Api, type ApiOptions, createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import type { Client } from '../../src/simulator/controllers/client.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { Faults } from '../../src/simulator/controllers/faults.ts';
import { type ControllerGroup, registerControllers } from '../../src/simulator/controllers/index.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { Runtime, type RuntimeOptions } from '../../src/simulator/controllers/runtime.ts';
import { webhooks } from '../../src/simulator/webhooks/index.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { loadWorld } from '../../src/simulator/world/load.ts';
import { ownershipOf, programOf } from '../../src/simulator/world/ownership.ts';
import { type SeedOptions, seedWorld, type World } from '../../src/simulator/world/seed.ts';

export const start = Date.parse('2026-11-21T02:00:00Z');
export const minute = 60_000;

export interface LabOptions extends Partial<SeedOptions> {
  speed?: number;
  /** Shuffles the order of reconciles and stretches every wait, under a seed. */
  disorder?: string | number;
  /** Everything takes as long as it does on average. */
  even?: boolean;
  /** What the API serves; the kinds the controllers work on where left out. */
  resources?: ApiOptions['resources'];
  /** Begin with nothing but namespaces. */
  empty?: boolean;
  /** Which controllers run; all where left out. */
  groups?: readonly ControllerGroup[];
  names?: RuntimeOptions['names'];
  /** What registries have; nobody knows where left out. */
  held?: RuntimeOptions['held'];
  /** Whether what runs in the workload clusters is played Pod by Pod. */
  played?: boolean;
  /** Called before anything runs: to put more into the APIs. */
  load?: (api: Api, workload: (cluster: string) => WorkloadApi) => void;
  /** Called on the finished runtime, and with its API, before it starts: for more controllers. */
  prepare?: (runtime: Runtime, api: Api) => void;
}

/** The datacenter, its clock, and what went wrong. */
export interface Lab {
  api: Api;
  management: Transport;
  clock: ManualClock;
  runtime: Runtime;
  client: Client;
  faults: Faults;
  world: World | undefined;
  workload: (cluster: string) => WorkloadApi;
  /** Failures of controllers that are not part of the game. */
  errors: string[];
  /** Runs everything that is due in the next `ms`, settling after every timer. */
  run(ms: number): Promise<void>;
  /** Runs until `done` holds; throws when it does not within `limit` ms. */
  until(done: () => boolean, limit: number, what: string): Promise<void>;
  stop(): Promise<void>;
}

/** No object has reason to be reconciled so often while the clock stands. */
const tooOften = 1000;

/** Stops a runtime, and says why, where its controllers answer each other for ever at one moment of the clock. */
function endLivelocks(runtime: Runtime, errors: string[]): void {
  const times = new Map<string, number>();
  let moment = 0;
  runtime.onStep((controller, object) => {
    const now = runtime.clock.now();
    if (now !== moment) times.clear();
    moment = now;
    const key = `${controller}/${object}`;
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    if (count !== tooOften) return;
    errors.push(`livelock: ${key} was reconciled ${count} times at ${new Date(now).toISOString()}`);
    void runtime.stop();
  });
}

export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const clock = new ManualClock(start);
  const seed = options.seed ?? 1;
  const { clusterApi } = options;
  const uids = new Random(seed, 'uids');
  const now = () => clock.now();
  const newUid = () => uids.uuid();
  const faults = new Faults();
  const admission = webhooks(clusterApi, faults);
  const world = options.empty ? undefined : seedWorld({ hosts: 16, clusters: 2, ...options, now: start });
  const api = createApi({
    ...(world ? { ownership: ownershipOf(world.writes) } : {}),
    now,
    newUid,
    random: () => uids.next(),
    clusterApi,
    admission,
    resources: options.resources,
  });
  const workloads = new Map<string, WorkloadApi>();
  const workload = (cluster: string) => {
    const known = workloads.get(cluster) ?? new WorkloadApi(now, newUid);
    workloads.set(cluster, known);
    return known;
  };
  if (world) loadWorld(world, api, workload, clusterApi);
  options.load?.(api, workload);
  const errors: string[] = [];
  if (world?.miscounted) faults.miscount(world.miscounted, true);
  const user = { name: 'controllers', groups: ['system:masters'] };
  // As in a datacenter; what a list hands out is the API's own, and a controller that writes into it fails here.
  const management = frozen(apiTransport(api, { user, program: () => programOf(runtime.working), bare: true }));
  const runtime: Runtime = new Runtime({
    management,
    workload: (cluster, program) => workload(cluster).speaking(program),
    clusterApi,
    clock,
    seed,
    speed: options.speed,
    disorder: options.disorder,
    even: options.even,
    faults,
    names: options.names,
    held: options.held,
    isPlayed: async () => options.played === true,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
  });
  endLivelocks(runtime, errors);
  registerControllers(runtime, undefined, options.groups);
  options.prepare?.(runtime, api);
  await runtime.start();
  await runtime.idle();
  return {
    api,
    management,
    clock,
    runtime,
    client: runtime.client,
    faults,
    world,
    workload,
    errors,
    async run(ms) {
      const end = clock.now() + ms;
      await runtime.idle();
      while (clock.step(end)) await runtime.idle();
    },
    async until(done, limit, what) {
      const end = clock.now() + limit;
      await runtime.idle();
      while (!done()) {
        if (!clock.step(end)) throw new Error(`${what} did not happen within ${limit} ms\n${errors.join('\n')}`);
        await runtime.idle();
      }
    },
    stop: () => runtime.stop(),
  };
}

/** A transport whose answers cannot be changed inside; of their metadata, as a reader of lists may, the outermost level can. */
function frozen(transport: Transport): Transport {
  return {
    ...transport,
    async json<T>(request: KubeRequest): Promise<T> {
      const answer = await transport.json<T>(request);
      for (const item of (answer as { items?: Record<string, unknown>[] }).items ?? [])
        for (const value of Object.values({ ...item, ...(item['metadata'] as object) }))
          if (value !== item['metadata']) freeze(value);
      return answer;
    },
  };
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
