/**
 * Whether Cluster API reaches the API of a workload cluster, and since when it does not. Source: Cluster API 1.10,
 * controllers/clustercache, which probes every 10 s; and the grace periods of its controllers.
 */

import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';

/** Ms after which a Cluster says that its connection is lost. */
const clusterGrace = 50_000;
/** Ms for which Machines keep what was last known of their Nodes. */
const machineGrace = 5 * 60_000;

export interface Outage {
  /** What conditions say about it. */
  message: string;
  /** Whether what was last known of Nodes no longer counts. */
  stale: boolean;
  /** Whether the Cluster speaks of it. */
  told: boolean;
  /** Simulated ms until that changes; undefined where nothing more will. */
  again: number | undefined;
}

const losses = new WeakMap<Runtime, Map<string, string>>();

/** The outage of a cluster's connection; undefined where it is up. */
export function outageOf(rt: Runtime, cluster: string): Outage | undefined {
  const known = losses.get(rt) ?? new Map<string, string>();
  losses.set(rt, known);
  if (!rt.faults.ofCluster(cluster).unreachable) {
    known.delete(cluster);
    return undefined;
  }
  const last = known.get(cluster) ?? rt.timestamp();
  known.set(cluster, last);
  const lasted = rt.since(last);
  const rest = [clusterGrace, machineGrace].find((grace) => lasted < grace);
  return {
    message: `Remote connection probe failed, probe last succeeded at ${last}`,
    told: lasted >= clusterGrace,
    stale: lasted >= machineGrace,
    again: rest === undefined ? undefined : rest - lasted,
  };
}

/** How long Cluster API tries to connect before it gives up, and how long it rests then, ms. */
const [tries, rests] = [10_000, 30_000];
const file = 'cluster_accessor.go';

/**
 * Registers who keeps a program's connections to clusters: it does nothing but tell in the log of those that are lost and
 * come back. Each program has its own, called `clustercache@NAME` where it is not the first.
 */
export function connectionLog(rt: Runtime, name = 'clustercache'): void {
  const clusters = rt.informer(kinds.Cluster);
  const lost = new Set<string>();
  const controller = rt.controller(name, async (called) => {
    const cluster = clusters.get(called);
    const outage = cluster && outageOf(rt, called);
    if (!cluster || !outage) {
      if (lost.delete(called) && cluster) rt.log(cluster, `${file}:252`, 'Connected');
      return undefined;
    }
    // Programs do not probe at the same moments.
    const late = rt.random('connection', name, called).integer(0, tries);
    if (!outage.told) return (outage.again ?? 0) + late;
    if (!lost.has(called)) {
      rt.log(cluster, `${file}:291`, 'Disconnected');
      lost.add(called);
      return tries;
    }
    const { host = '', port = 6443 } = cluster.spec?.controlPlaneEndpoint ?? {};
    const timeout =
      'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)';
    const err = `error creating HTTP client and mapper: cluster is not reachable: Get "https://${host}:${port}/?timeout=5s": ${timeout}`;
    rt.log(cluster, `${file}:238`, 'Connect failed', { err }, { level: 'E' });
    return tries + rests;
  });
  rt.faults.onCluster((cluster) => controller.enqueue(cluster));
}

/** The nearer of two appointments. */
export function sooner(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
