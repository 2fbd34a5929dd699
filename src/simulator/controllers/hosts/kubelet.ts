/**
 * The kubelet of a host: joins what the applied reprovision plan told it to, posts while it can, and is called lost by
 * the node lifecycle controller of its cluster when it has been silent too long.
 */

import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import type { Plan } from '../plan-secret.ts';
import type { NodeIdentity } from '../provider/plans.ts';
import type { NodeAccess } from '../runtime.ts';
import type { Node } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { Hosts } from './body.ts';
import { refusedConfiguration } from './kubelet-patch.ts';
import { joinedNode, readyNode } from './node.ts';
import { isLost, lostNode } from './node-lifecycle.ts';

/** What a kubelet is to do now. */
export interface KubeletView {
  /** Ms until it wants to be called again. */
  again?: number;
  /** Whether it runs and is well. */
  up: boolean;
  /** The host has to restart first: it has applied its plan and not booted since. */
  restart?: boolean;
}

const isReady = (node: Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

const own = (nodes: NodeAccess, identity: NodeIdentity): Node | undefined => {
  const node = nodes.informer.get(identity.node);
  return node?.spec?.providerID === identity.providerID ? node : undefined;
};

/** One look at the kubelet of a running host whose plan, with checksum `sum`, is applied. Throws KubeError. */
export async function runKubelet(
  hosts: Hosts,
  inventory: MachineInventory,
  identity: NodeIdentity,
  sum: string,
  plan: Plan,
): Promise<KubeletView> {
  const { rt } = hosts;
  const name = inventory.metadata.name;
  const trouble = rt.faults.ofHost(name);
  const nodes = await rt.nodes(identity.cluster);
  const node = own(nodes, identity);
  if (!node && hosts.body(name).bootedFor !== sum) return { up: false, restart: true };
  if (trouble.silentKubelet) return { up: false, again: await lose(hosts, name, nodes, node) };
  hosts.forget(name, 'silence');
  if (!node) return join(hosts, inventory, identity, sum, nodes, plan);
  if (isReady(node)) {
    hosts.forget(name, 'post');
    return { up: true };
  }
  // The platform brings the network with its import: a Node that has just joined waits for it.
  if (!isLost(node) && rt.faults.ofCluster(identity.cluster).importHangs) return { up: true };
  const what = isLost(node) ? 'post' : `network ${sum}`;
  const rest = hosts.left(name, what, isLost(node) ? durations.post : durations.network);
  if (rest > 0) return { up: true, again: rest };
  await nodes.client.change(kinds.Node, node, (draft) => {
    readyNode(draft, bootOf(hosts, name), rt.timestamp());
  });
  hosts.forget(name, what);
  return { up: true };
}

async function join(
  hosts: Hosts,
  inventory: MachineInventory,
  identity: NodeIdentity,
  sum: string,
  nodes: NodeAccess,
  plan: Plan,
): Promise<KubeletView> {
  const { rt } = hosts;
  const name = inventory.metadata.name;
  if (rt.faults.ofHost(name).neverJoins || refusedConfiguration(plan, identity.version) !== undefined) {
    hosts.forget(name, `join ${sum}`);
    return { up: false };
  }
  const rest = hosts.left(name, `join ${sum}`, durations.join);
  if (rest > 0) return { up: false, again: rest };
  await nodes.client.create(kinds.Node, joinedNode(identity, inventory, bootOf(hosts, name), rt.timestamp()));
  hosts.forget(name, `join ${sum}`);
  return { up: true, again: 0 };
}

const bootOf = (hosts: Hosts, name: string): string =>
  hosts.inventories.get(name)?.status?.observedStorage?.bootID ?? '';

/** One look at the kubelet of a host that is down. Gives the ms until its Node is called lost. Throws KubeError. */
export async function loseKubelet(hosts: Hosts, name: string, identity: NodeIdentity | undefined) {
  if (!identity) return undefined;
  const nodes = await hosts.rt.nodes(identity.cluster);
  return lose(hosts, name, nodes, own(nodes, identity));
}

async function lose(hosts: Hosts, name: string, nodes: NodeAccess, node: Node | undefined) {
  if (!node || isLost(node)) return undefined;
  const rest = hosts.rt.delays.left(`host/${name}`, 'silence', () => durations.grace);
  if (rest > 0) return rest;
  await nodes.client.change(kinds.Node, node, (draft) => lostNode(draft, hosts.rt.timestamp()));
  hosts.forget(name, 'silence');
  return undefined;
}
