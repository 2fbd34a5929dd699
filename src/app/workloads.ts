/** Keeps the connections to workload clusters: opened where they are wanted, closed a while after they no longer are. */
import type { FleetIndex } from '../domain/fleet/index.ts';
import type { Transport } from '../kube/types.ts';
import { type Following, followWorkload } from '../kube/workload/follow.ts';
import type { Store } from '../store/store.ts';
import { MOST, wantedWorkloads } from './wanted-workloads.ts';

/** Going back and forth between screens opens nothing anew. */
const LINGER_MS = 60_000;
/** Who is wanted is looked at this often at most, ms. */
const LOOK_MS = 500;

export interface WorkloadsOptions {
  store: Store;
  fleet: FleetIndex;
  /** The fleet has something new to show. */
  publish(): void;
  transport: Transport;
  namespace: string;
  onError(error: unknown): void;
  /** Epoch ms; default: the wall clock. */
  now?(): number;
  follow?: typeof followWorkload;
}

/** Follows the store. `stop` on the answer closes every connection. */
export function followWorkloads(options: WorkloadsOptions): { stop(): Promise<void> } {
  const { store, fleet, publish, transport, namespace, onError } = options;
  const now = options.now ?? Date.now;
  const follow = options.follow ?? followWorkload;
  const open = new Map<string, { following: Following; wantedAt: number; live: boolean }>();
  const closing = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let dueAt = 0;
  let stopped = false;

  const close = (cluster: string): void => {
    const entry = open.get(cluster);
    if (!entry) return;
    open.delete(cluster);
    entry.live = false;
    const ended = entry.following.stop().finally(() => closing.delete(ended));
    closing.add(ended);
    fleet.setWorkload(cluster, undefined);
    publish();
  };

  const begin = (cluster: string): void => {
    const entry: { following?: Following; wantedAt: number; live: boolean } = { wantedAt: now(), live: true };
    entry.following = follow({
      cluster,
      transport,
      namespace,
      env: process.env,
      onChange(workload) {
        if (!entry.live) return;
        fleet.setWorkload(cluster, workload);
        publish();
      },
      onError,
    });
    open.set(cluster, entry as { following: Following; wantedAt: number; live: boolean });
  };

  const look = (): void => {
    timer = undefined;
    const state = store.getState();
    const wanted = wantedWorkloads(state);
    const at = now();
    for (const cluster of wanted) {
      const entry = open.get(cluster);
      if (entry) entry.wantedAt = at;
    }
    const there = new Set(state.fleet.clusters.list.map(({ name }) => name));
    for (const [cluster, { wantedAt }] of [...open]) {
      if (at - wantedAt > LINGER_MS || !there.has(cluster)) close(cluster);
    }
    for (const cluster of wanted) {
      if (open.has(cluster)) continue;
      // The one that was wanted longest ago makes room.
      const [oldest] = [...open]
        .filter(([name]) => !wanted.includes(name))
        .sort(([, a], [, b]) => a.wantedAt - b.wantedAt);
      if (open.size >= MOST && oldest) close(oldest[0]);
      if (open.size < MOST) begin(cluster);
    }
    if (open.size > 0) soon(LINGER_MS / 4);
  };
  /** Looks in so many ms, or sooner where that is due already. */
  const soon = (ms: number): void => {
    const at = performance.now() + ms;
    if (stopped || (timer !== undefined && dueAt <= at)) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(look, ms).unref();
  };

  const unsubscribe = store.subscribe((state, before) => {
    const moved =
      state.fleet !== before.fleet ||
      state.places !== before.places ||
      state.operating !== before.operating ||
      state.tray !== before.tray ||
      state.asked !== before.asked ||
      state.settledAt !== before.settledAt;
    if (!moved) return;
    soon(state.asked !== before.asked || state.places !== before.places ? 0 : LOOK_MS);
  });

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
      for (const cluster of [...open.keys()]) close(cluster);
      await Promise.all(closing);
    },
  };
}
