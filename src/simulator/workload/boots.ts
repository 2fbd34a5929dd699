/**
 * Hosts that were booted anew while their Nodes stayed: what ran there ended with their power. Followed from look to look. Source:
 * k8s.io/kubernetes/pkg/kubelet: containers that are there no more have ended with 255, for a reason that nobody knows.
 */

import type { Outage } from '../controllers/hosts/outages.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { readyOf } from './summary.ts';

/** One boot; Unix times in ms. */
export interface Boot {
  /** When the host lost its power: nothing was written there afterwards. */
  cut: number;
  /** When its kubelet began what it runs again. */
  booted: number;
  /** When it began what it has from files: of that it need not be told by a server. */
  began: number;
}

interface Known {
  name: string;
  boot: string;
  /** Since when its kubelet says nothing, the last time. */
  cut?: number;
  boots: readonly Boot[];
}

/** A Node is called lost so long after its kubelet has fallen silent, ms. */
const grace = 40_000;
/** A kubelet that has waited for a server says that it lives so soon, at most, and a member begins so long before there is a leader, ms. */
const waiting = 10_000;
const electing = 1200;
/** So many boots of each Node are remembered. */
const most = 10;

/** The boots of the hosts of one cluster. */
export class Boots {
  readonly #known = new Map<string, Known>();

  /** Takes up what Nodes say now. `silentSince`: since when the kubelet of a Node says nothing, Unix time in ms, where that is known. */
  look(
    nodes: readonly Node[],
    silentSince?: (node: string) => number | undefined,
    outages: readonly Outage[] = [],
  ): void {
    const there = new Set(nodes.map(uidOf));
    for (const uid of this.#known.keys()) if (!there.has(uid)) this.#known.delete(uid);
    for (const node of nodes) {
      const { name } = node.metadata;
      const boot = node.status?.nodeInfo?.bootID ?? '';
      const known = this.#known.get(uidOf(node)) ?? { name, boot, boots: [] };
      this.#known.set(uidOf(node), known);
      const silent = silentSince?.(name);
      if (silent !== undefined) known.cut = silent;
      else if (readyOf(node) === 'Unknown') known.cut ??= changeOf(node) - grace;
      if (known.boot === boot) continue;
      const booted = changeOf(node);
      const { cut = booted } = known;
      if (cut < booted) known.boots = [...known.boots, { cut, booted, began: beganOf(booted, outages) }].slice(-most);
      known.boot = boot;
      delete known.cut;
    }
  }

  /** When the host of a Node was booted anew, in order. */
  of(node: Node): readonly Boot[] {
    return this.#known.get(uidOf(node))?.boots ?? [];
  }

  /** The same of what comes from files. */
  ofFiles(node: Node): readonly Boot[] {
    return this.of(node).map((boot) => ({ ...boot, booted: boot.began }));
  }

  /**
   * When the host lost its power on which a container ended that its kubelet found gone, Unix time in ms; undefined where nobody knows.
   * `found`: when it did, Unix time in ms, about.
   */
  cut(node: string, found: number): number | undefined {
    const boots = [...this.#known.values()].filter(({ name }) => name === node).flatMap(({ boots: all }) => all);
    return boots
      .filter(({ cut }) => cut <= found)
      .sort((a, b) => a.cut - b.cut)
      .at(-1)?.cut;
  }
}

/** A host by which there is a quorum again has run its member of etcd by then, though nobody could be told of it. */
function beganOf(booted: number, outages: readonly Outage[]): number {
  const before = outages.find(({ to }) => to !== undefined && booted >= to - 1000 && booted - to < waiting);
  return before ? Math.min(booted, Math.floor((before.to! - electing) / 1000) * 1000) : booted;
}

const uidOf = ({ metadata: { uid, name } }: Node): string => uid ?? name;
const changeOf = ({ status }: Node): number =>
  Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');
