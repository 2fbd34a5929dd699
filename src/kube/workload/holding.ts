/** What is held of one workload cluster: from the reflector's batches to the domain's picture, unchanged where nothing is new. */
import { type DaemonSet, daemonLacks } from '../../domain/daemon-sets.ts';
import { same } from '../../domain/fleet/same.ts';
import { compareText } from '../../domain/fleet/sorted.ts';
import type { AppRelease } from '../../domain/objects.ts';
import {
  type Node,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadFreshness,
  type WorkloadKind,
} from '../../domain/workload.ts';
import type { Freshness } from '../freshness.ts';
import type { Batch } from '../reflector/batch.ts';

export type WorkloadObject = Node | AppRelease | DaemonSet;

const byName = (a: { name: string }, b: { name: string }) => compareText(a.name, b.name);

export class Holding {
  readonly #now: () => number;
  readonly #held = {
    node: new Map<string, Node>(),
    appRelease: new Map<string, AppRelease>(),
    daemonSet: new Map<string, DaemonSet>(),
  };

  /** `now` gives epoch ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Its API does not say since when a DaemonSet is as it is. */
  #noted(object: WorkloadObject): WorkloadObject {
    if (object.kind !== 'daemonSet' || daemonLacks(object) === undefined) return object;
    return { ...object, stillSince: this.#now() };
  }

  /** The state after a batch; the same object where it says the same. */
  take(before: Workload, batch: Batch<WorkloadObject>): Workload {
    let { nodes, releases, daemonSets } = before;
    const moved = new Set<WorkloadKind>();
    for (const kind of WORKLOAD_KINDS) {
      const held: Map<string, WorkloadObject> = this.#held[kind];
      for (const change of batch.changes.get(kind) ?? []) {
        if (change.type === 'delete') {
          if (held.delete(change.uid)) moved.add(kind);
          continue;
        }
        const known = held.get(change.uid);
        const { stillSince, ...before } = known?.kind === 'daemonSet' ? known : { ...known, stillSince: undefined };
        // A heartbeat is no news.
        if (known && same(before, change.object)) continue;
        held.set(change.uid, this.#noted(change.object));
        moved.add(kind);
      }
    }
    if (moved.has('node')) nodes = [...this.#held.node.values()].sort(byName);
    if (moved.has('appRelease')) releases = [...this.#held.appRelease.values()].sort(byName);
    if (moved.has('daemonSet')) daemonSets = [...this.#held.daemonSet.values()].sort(byName);
    const freshness = { ...before.freshness };
    for (const kind of WORKLOAD_KINDS) {
      const told = batch.freshness.get(kind);
      const next = told && reduced(told);
      if (next && !same(next, freshness[kind])) freshness[kind] = next;
    }
    const still = WORKLOAD_KINDS.every((kind) => freshness[kind] === before.freshness[kind]);
    return still && moved.size === 0 ? before : { ...before, freshness, nodes, releases, daemonSets };
  }
}

/** While a kind is live it is verified all the time: when exactly is no news. */
function reduced({ phase, synced, verifiedAt, error }: Freshness): WorkloadFreshness {
  return {
    phase,
    synced,
    ...(phase === 'live' || verifiedAt === undefined ? {} : { verifiedAt }),
    ...(phase === 'live' || error === undefined ? {} : { error }),
  };
}
