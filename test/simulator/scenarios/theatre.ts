/** A lab with a playhouse: scenarios on a clock that the test moves, in a small world of two clusters. */

import type { Transport } from '../../../src/kube/types.ts';
import { apiTransport } from '../../../src/simulator/api/transport.ts';
import { importController } from '../../../src/simulator/controllers/platform/import.ts';
import { startTraffic } from '../../../src/simulator/controllers/traffic/index.ts';
import { Playhouse, type Scenarios } from '../../../src/simulator/scenarios/index.ts';
import { serverControl } from '../../../src/simulator/scenarios/server-control.ts';
import { hardwareAt } from '../../../src/simulator/world/hardware.ts';
import { type Layout, planLayout } from '../../../src/simulator/world/layout.ts';
import type { Make } from '../../../src/simulator/world/management/cluster.ts';
import { managementResources } from '../../../src/simulator/world/management/kinds.ts';
import { platformReleases } from '../../../src/simulator/world/management/release.ts';
import { trafficOf } from '../../../src/simulator/world-use.ts';
import { type Lab, type LabOptions, openLab } from '../harness.ts';
import { watchInvariants } from '../invariants.ts';

export const second = 1000;

export interface Theatre extends Lab {
  scenarios: Scenarios;
  /** The API as an operator has it who knows nothing of simulators. */
  kubectl: Transport;
  /** What did not hold at some moment. */
  broken: string[];
  /** Runs until `done` holds, looking every few seconds; throws when it does not within `limit` ms. */
  wait(done: () => boolean | Promise<boolean>, limit: number, what: string): Promise<void>;
}

export interface TheatreOptions extends LabOptions {
  /** Whether there is a ConfigMap to give orders with. */
  desk?: boolean;
  /** Whether scenarios have power over the API server. True where left out. */
  server?: boolean;
  maxSurge?: number;
  /** What scenarios know to have been there at the beginning: everything where left out. */
  begun?: Layout;
  /** Whether everyday life goes on beside. */
  traffic?: boolean;
}

const make: Make = (apiVersion, kind, name, namespace, rest) => ({
  apiVersion,
  kind,
  metadata: { name, namespace, uid: `${kind}-${name}`, creationTimestamp: '2026-11-01T00:00:00Z', generation: 1 },
  ...rest,
});

/** Opens the world. Only the first of its clusters has health checks. */
export async function openTheatre(options: TheatreOptions = {}): Promise<Theatre> {
  const {
    seed = 1,
    hosts = 16,
    clusters = 2,
    desk = false,
    server = true,
    maxSurge = 0,
    traffic = false,
    shape,
  } = options;
  let playhouse: Playhouse | undefined;
  let kubectl: Transport | undefined;
  const busy = new Set<string>();
  const lab = await openLab({
    ...options,
    hosts,
    clusters,
    resources: managementResources(options.clusterApi ?? 'v1beta1'),
    load: (api) => api.load(platformReleases(make)),
    prepare(runtime, api) {
      importController(runtime);
      kubectl = apiTransport(api, { user: { name: 'somebody', groups: ['system:masters'] } });
      playhouse = new Playhouse(runtime, {
        operator: apiTransport(api, { user: { name: 'second-operator', groups: ['system:masters'] } }),
        desk: desk ? kubectl : undefined,
        server: server ? serverControl(api) : undefined,
        layout: options.begun ?? planLayout({ hosts, clusters, shape }),
        busy,
        visitors: Array.from({ length: 2 }, (_, at) => hardwareAt(String(seed), 100 + at)),
      });
    },
  });
  const { broken } = watchInvariants(lab.runtime, maxSurge);
  await playhouse!.open();
  if (traffic) {
    const onError = (error: unknown) => lab.errors.push(`traffic: ${String(error)}`);
    startTraffic(lab.runtime, { ...trafficOf(lab.world!, String(seed), { onError }), busy, trouble: false });
  }
  await lab.runtime.idle();
  return {
    ...lab,
    scenarios: playhouse!.scenarios,
    kubectl: kubectl!,
    broken,
    async wait(done, limit, what) {
      const end = lab.clock.now() + limit;
      while (!(await done())) {
        if (lab.clock.now() >= end)
          throw new Error(`${what} did not happen within ${limit} ms\n${lab.errors.join('\n')}`);
        await lab.run(5 * second);
      }
    },
    async stop() {
      playhouse!.close();
      await lab.stop();
    },
  };
}
