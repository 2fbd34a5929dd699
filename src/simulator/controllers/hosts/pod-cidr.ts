/** The share of the Pods' network that each Node is given. Source: k8s.io/kubernetes/pkg/controller/nodeipam/ipam. */

import type { Transport } from '../../../kube/types.ts';
import { isNotFound } from '../client.ts';
import type { Cluster, KubeadmControlPlane } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';

const controlPlane = 'node-role.kubernetes.io/control-plane';

/** A network of Pods, cut into shares. */
export interface PodNetwork {
  /** Its first address, as a number. */
  first: number;
  /** How many shares it has, and how many addresses and bits of prefix each. */
  shares: number;
  size: number;
  mask: number;
}

/** What the flags of a cluster's controller manager say; undefined where they say that Nodes are given nothing. */
export function podNetwork(
  cluster: Cluster | undefined,
  plane: KubeadmControlPlane | undefined,
): PodNetwork | undefined {
  const flags = flagsOf(plane);
  const cidr = flags['cluster-cidr'] ?? cluster?.spec?.clusterNetwork?.pods?.cidrBlocks?.[0] ?? '';
  const [, a, b, c, d, prefix] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr) ?? [];
  if (prefix === undefined || flags['allocate-node-cidrs'] === 'false') return undefined;
  const mask = Number(flags['node-cidr-mask-size'] ?? flags['node-cidr-mask-size-ipv4'] ?? 24);
  const first = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const shares = 2 ** (mask - Number(prefix));
  return shares >= 1 && mask <= 32 ? { first, shares, size: 2 ** (32 - mask), mask } : undefined;
}

function flagsOf(plane: KubeadmControlPlane | undefined): Record<string, string | undefined> {
  const part = plane?.spec?.kubeadmConfigSpec?.clusterConfiguration?.['controllerManager'];
  const args = (part as { extraArgs?: unknown } | undefined)?.extraArgs ?? {};
  const pairs = Array.isArray(args)
    ? (args as { name: string; value: string }[]).map(({ name, value }) => [name, value] as const)
    : Object.entries(args as Record<string, string>);
  return Object.fromEntries(pairs);
}

/** The share with a number from 0, as CIDR; undefined where there are not so many. */
export function shareOf(network: PodNetwork, at: number): string | undefined {
  if (at >= network.shares) return undefined;
  const address = network.first + at * network.size;
  return `${[24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')}/${network.mask}`;
}

/** The number of a share from 0; undefined of what is none of this network. */
function numberOf(network: PodNetwork, share: string | undefined): number | undefined {
  const [address = '', mask] = (share ?? '').split('/');
  const at = (address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - network.first) / network.size;
  return Number(mask) === network.mask && Number.isInteger(at) && at >= 0 && at < network.shares ? at : undefined;
}

/** Who leads the controller manager of a cluster: the process, and since when, Unix time in ms. */
export interface Leader {
  holder: string;
  since: number;
}

/** Who leads the controller manager of the cluster behind `api`, by its Lease; undefined where there is none. Throws KubeError. */
export async function leaderBy(api: Transport): Promise<Leader | undefined> {
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager';
  try {
    const { spec } = await api.json<{ spec?: { holderIdentity?: string; acquireTime?: string } }>({ path });
    const since = Date.parse(spec?.acquireTime ?? '');
    return spec?.holderIdentity && !Number.isNaN(since) ? { holder: spec.holderIdentity, since } : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Who gives Nodes their shares: one after the other, round and round, so that what a Node leaves is not at once another's. Who comes to
 * lead the controller manager after another begins at the first again (AllocateNext and Occupy of its cidr_set.go).
 */
export class Shares {
  /** By cluster whose Lease has been read: the number that is tried first by the process that leads. */
  readonly #led = new Map<string, { at: number; holder: string }>();
  /** By cluster, for where there is no Lease: that number, and the control plane's Node whose controller manager goes by it. */
  readonly #next = new Map<string, { at: number; leader: string | undefined }>();

  /** Notes a Node that has come, with its share where it was there before, or is gone. */
  see(cluster: string, network: PodNetwork, node: Node, change: 'added' | 'modified' | 'deleted'): void {
    const { at = 0, leader } = this.#next.get(cluster) ?? {};
    const { name } = node.metadata;
    if (change === 'deleted') {
      if (name === leader) this.#next.set(cluster, { at: 0, leader: undefined });
      return;
    }
    const own = change === 'added' ? numberOf(network, node.spec?.podCIDR) : undefined;
    // Those that were there were given theirs one after the other.
    this.#next.set(cluster, { at: Math.max(at, own === undefined ? 0 : own + 1), leader: leader ?? leaderOf([node]) });
  }

  /**
   * The next share that none of `nodes` has; undefined where all are given away. `led`: who leads, where a Lease says so; without one it is
   * taken to be the oldest of the control plane.
   */
  give(cluster: string, network: PodNetwork, nodes: readonly Node[], led?: Leader): string | undefined {
    const taken = new Set(nodes.map(({ spec }) => spec?.podCIDR));
    const guess = this.#next.get(cluster) ?? { at: 0, leader: leaderOf(nodes) };
    const known = this.#led.get(cluster);
    const from = !led ? guess.at : known?.holder === led.holder ? known.at : afterOwn(network, nodes, led);
    for (let turn = 0; turn < network.shares; turn++) {
      const at = (from + turn) % network.shares;
      const share = shareOf(network, at);
      if (taken.has(share)) continue;
      const next = (at + 1) % network.shares;
      if (led) this.#led.set(cluster, { at: next, holder: led.holder });
      else this.#next.set(cluster, { ...guess, at: next });
      return share;
    }
    return undefined;
  }
}

/** The number after the last share that a leader has given itself: to a Node that came while it led. What was there before moves nothing. */
function afterOwn(network: PodNetwork, nodes: readonly Node[], { since }: Leader): number {
  const bornOf = ({ metadata }: Node) => Date.parse(metadata.creationTimestamp ?? '');
  const own = nodes
    .flatMap((node) => {
      const at = numberOf(network, node.spec?.podCIDR);
      return at === undefined || !(bornOf(node) > since) ? [] : [{ at, born: bornOf(node) }];
    })
    .sort((a, b) => a.born - b.born || a.at - b.at);
  return ((own.at(-1)?.at ?? -1) + 1) % network.shares;
}

/** The control plane's Node that has been there for the longest. */
function leaderOf(nodes: readonly Node[]): string | undefined {
  const plane = nodes.filter(({ metadata }) => metadata.labels?.[controlPlane] !== undefined);
  const born = ({ metadata }: Node) => `${metadata.creationTimestamp}/${metadata.name}`;
  return plane.sort((a, b) => (born(a) < born(b) ? -1 : 1))[0]?.metadata.name;
}

/** Gives `nodes` their shares in the order in which they came; those that came too late have none. */
export function giveShares(nodes: readonly Node[], network: PodNetwork | undefined): void {
  if (!network) return;
  const born = ({ metadata }: Node) => metadata.creationTimestamp ?? '';
  const order = [...nodes].sort((a, b) => (born(a) < born(b) ? -1 : born(a) > born(b) ? 1 : 0));
  for (const [at, node] of order.entries()) give(node, shareOf(network, at));
}

/** Gives a Node its share. */
export function give(draft: Node, share: string | undefined): void {
  if (share !== undefined) draft.spec = { podCIDR: share, podCIDRs: [share], ...draft.spec };
}
