/** Since when a cluster has a server of which minor version: what such a version brings is that old. */

import { minorOf } from '../controllers/kubernetes-version.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { ServedSince } from '../world/management/cluster-roles.ts';

/** Whoever is older than its cluster by less is one of its first Nodes; ms. */
const founding = 300_000;
/** Nothing here came with an earlier one. */
const first = 28;

const bornOf = ({ metadata }: Node): number => Date.parse(metadata.creationTimestamp ?? '');

/** The versions of one cluster, followed from look to look; what was before is guessed from the Nodes that are there. */
export class PlaneVersions {
  readonly #since = new Map<number, string>();
  #looked: number | undefined;

  /** `plane`: the Nodes of its servers; `born`: since when there is the cluster; `born` and `now`: Unix time in ms. */
  look({ plane, born, now }: { plane: readonly Node[]; born: number; now: number }): void {
    if (plane.length === 0) return;
    const versionOf = ({ status }: Node) => minorOf(status?.nodeInfo?.kubeletVersion) ?? 0;
    const newest = Math.max(...plane.map(versionOf));
    for (let minor = first; minor <= newest; minor++) {
      if (this.#since.has(minor)) continue;
      const nodes = plane.filter((node) => versionOf(node) >= minor);
      const came = Math.min(...nodes.map(bornOf));
      // A roll has made all of them anew, and goes one version at a time; a Node that was upgraded is older than its version.
      const guessed = came - born < founding || minor < newest ? born : came;
      this.#since.set(
        minor,
        timestamp(Math.min(now, this.#looked === undefined ? guessed : Math.max(came, this.#looked))),
      );
    }
    this.#looked = now;
  }

  /** Since when there is a server of a minor version, as Kubernetes writes it; undefined where it has not come. */
  readonly since: ServedSince = (minor) => this.#since.get(Math.max(first, minor));
}
