/** Since when there is a cluster, and how it came about: its first Nodes may be gone, and its network may have come later. */

import { type AppRelease, reportOf } from '../controllers/kubeovn/app-release.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { Beginning, deployedAfter } from '../world/beginning.ts';
import type { WorkloadApi } from './api.ts';

/** What is seen of a cluster at one moment. */
interface Seen {
  nodes: readonly Node[];
  /** Since when its first server is there, as Kubernetes writes it, where that is known. */
  initialized: string | undefined;
  /** The release of its network. */
  release: AppRelease | undefined;
  /** Unix time in ms. */
  now: number;
}

/** The birth of one cluster, followed from look to look. */
export class Birth {
  readonly #cluster: Pick<WorkloadApi, 'beginning'>;
  #born: string | undefined;
  #beginning: Beginning | undefined;
  /** When its network was first seen to be there, Unix time in ms. */
  #deployed: number | undefined;

  constructor(cluster: Pick<WorkloadApi, 'beginning'>) {
    this.#cluster = cluster;
  }

  /** Since when there is the cluster, as Kubernetes writes it; undefined before its first Node was seen. */
  get born(): string | undefined {
    return this.#born;
  }

  /** How it came about, as far as that was seen; undefined before its first Node was. */
  get beginning(): Beginning | undefined {
    return this.#beginning;
  }

  /** Takes note of the cluster as it is now. Of one that nobody has put there ready made, its network came when that is first seen. */
  look({ nodes, initialized, release, now }: Seen): void {
    const oldest = nodes.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0];
    this.#born = oldest && [this.#born ?? oldest, oldest, initialized ?? oldest].sort()[0];
    this.#beginning = this.#cluster.beginning;
    if (this.#born === undefined || this.#beginning) return;
    const { uid = '', creationTimestamp } = release?.metadata ?? {};
    const made = Date.parse(creationTimestamp ?? this.#born);
    const isDeployed = release && reportOf(release)?.installedRevision !== undefined;
    if (isDeployed) this.#deployed ??= Math.min(now, deployedAfter(uid, made));
    this.#beginning = new Beginning({ born: Date.parse(this.#born), release: release && made, chart: this.#deployed });
  }

  /** The cluster is no more: the next of its name begins anew. */
  forget(): void {
    this.#born = undefined;
    this.#beginning = undefined;
    this.#deployed = undefined;
    this.#cluster.beginning = undefined;
  }
}
