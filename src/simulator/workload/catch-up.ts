/**
 * Writes what kubelets and holders of Leases have written of themselves: before anything else is read or written, in the order of their
 * times, so that revisions follow times; and, while somebody follows the Nodes, each Node at its own time.
 */

import type { KubeObject } from '../api/types.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { WorkloadApi } from './api.ts';
import { beats, nextBeat } from './heartbeat.ts';
import type { LeaseKeeper } from './lease-keeper.ts';

/** With more Nodes than that, so much would be written that nothing else is done: it is done when Nodes or Leases are read. */
const mostTimed = 200;
/** Who writes all the time is not held up more often, ms. */
const pause = 1000;
/** No timer is shorter, ms. */
const least = 250;

/** The writes of one cluster's kubelets and holders of Leases that are due, and when the next are. `stop` in the end. */
export class CatchUp {
  readonly #cluster: WorkloadApi;
  readonly #leases: LeaseKeeper;
  readonly #now: () => number;
  readonly #silentSince: (node: string) => number | undefined;
  #last = 0;
  #isWriting = false;
  #timer: NodeJS.Timeout | undefined;

  /** `now`: Unix time in ms; so is since when the kubelet of a Node is silent, where it is and that is known. */
  constructor(
    cluster: WorkloadApi,
    leases: LeaseKeeper,
    now: () => number,
    silentSince: (node: string) => number | undefined = () => undefined,
  ) {
    this.#cluster = cluster;
    this.#silentSince = silentSince;
    this.#leases = leases;
    this.#now = now;
  }

  /**
   * Writes what has been written by now; with `told`, whatever images kubelets have to tell of, too. Of many Nodes nothing is written but with
   * that. `holds`: whether those who held Leases are known to hold them still.
   */
  write(told?: { repository?: string | undefined }, holds = true): void {
    const { api } = this.#cluster;
    const nodes = api.all({ apiVersion: 'v1', kind: 'Node' });
    const isSmall = nodes.length <= mostTimed;
    if (this.#isWriting || (!isSmall && !told)) return;
    this.#isWriting = true;
    try {
      const now = this.#now();
      this.#last = now;
      const pods = told && { all: api.all({ apiVersion: 'v1', kind: 'Pod' }), repository: told.repository };
      const own = beats(nodes, now, pods).flatMap(({ at, node }): [number, KubeObject][] => {
        const silent = this.#silentSince(node.metadata.name);
        return silent !== undefined && silent < at ? [] : [[at, node]];
      });
      const renewed = isSmall && holds ? this.#leases.due().told : [];
      const all = [...own, ...renewed.map((lease): [number, KubeObject] => [renewedAt(lease), lease])];
      for (const [at, object] of all.sort(([a], [b]) => a - b)) {
        this.#cluster.pass(nodes.length, at);
        api.recall([object]);
      }
    } finally {
      this.#isWriting = false;
    }
  }

  /** Somebody is about to write something else. */
  beforeWrite(): void {
    if (!this.#isWriting && this.#now() - this.#last >= pause) this.write();
  }

  /** From now on the next of these Nodes is written when its kubelet tells of it. */
  time(nodes: readonly Node[]): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    const next = nodes.length > mostTimed ? undefined : nextBeat(nodes, now);
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.write();
        this.time(this.#cluster.api.all({ apiVersion: 'v1', kind: 'Node' }) as unknown as Node[]);
      },
      Math.max(least, next - now),
    ).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

const renewedAt = ({ spec }: KubeObject): number => Date.parse(String(spec?.['renewTime']));
