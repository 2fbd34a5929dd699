/**
 * The kubelet of a host: joins what the applied reprovision plan told it to, posts while it can, and is called lost by
 * the node lifecycle controller of its cluster when it has been silent too long.
 */

import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import type { NodeAccess } from '../node-access.ts';
import type { Plan } from '../plan-secret.ts';
import type { NodeIdentity } from '../provider/plans.ts';
import type { Node } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { Hosts } from './body.ts';
import { missingImage } from './join-images.ts';
import { refusedConfiguration } from './kubelet-patch.ts';
import { patience, stateOfNetwork } from './network-wait.ts';
import { joinedNode, markNode, readyNode, unreadyNode } from './node.ts';
import { controllerLost, kubeletPosts, kubeletStarted, kubeletTells } from './node-events.ts';
import { isLost, lostNode, nodeController, untaint, welcome } from './node-lifecycle.ts';
import { leaderBy, podNetwork } from './pod-cidr.ts';
import { plannedRegistration } from './registration.ts';

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
  const body = hosts.body(name);
  if (node) body.registered = sum;
  // Somebody has deleted its Node: it runs on without one, and its Machine says what is missing.
  if (!node && body.registered === sum && !trouble.silentKubelet) return { up: true };
  if (!node && body.bootedFor !== sum) return { up: false, restart: true };
  if (trouble.silentKubelet) return { up: false, again: await lose(hosts, name, nodes, node, identity) };
  // It runs, and nobody hears of it.
  if (rt.faults.ofCluster(identity.cluster).noQuorum) return { up: true };
  hosts.forget(name, 'silence');
  const boot = bootOf(hosts, name);
  const known = node?.status?.nodeInfo?.bootID ?? '';
  const isBooted = boot !== '' && known !== '' && boot !== known;
  // Its host may have been back before anybody called its Node lost.
  const isBack = isBooted && rt.silences.of(identity.cluster, identity.node) !== undefined;
  if (!isBack) rt.silences.end(identity.cluster, identity.node);
  if (!node) return join(hosts, inventory, identity, sum, nodes, plan);
  if (isReady(node) && !isBack) {
    hosts.forget(name, 'post');
    return { up: true };
  }
  // The platform brings the network with its import: a Node that has just joined waits for it.
  const posts = isLost(node) || isBack;
  if (!posts && rt.faults.ofCluster(identity.cluster).importHangs) return { up: true };
  const what = posts ? 'post' : `network ${sum}`;
  const rest = hosts.left(name, what, posts ? durations.post : durations.network);
  if (rest > 0) return { up: true, again: rest };
  if (!posts) {
    const network = await stateOfNetwork(rt.workload(identity.cluster), node, rt.clock.now());
    const since = node.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
    const waits = network === 'fails' || (network === 'comes' && rt.since(since) < patience(rt.speed));
    if (waits) return { up: true, again: looking };
  }
  const posted = await nodes.as('kubelet').client.change(kinds.Node, node, (draft) => {
    // One that has begun is not ready at first.
    if (isBack) unreadyNode(draft);
    readyNode(draft, boot, rt.timestamp());
  });
  await nodes.as(nodeController).client.change(kinds.Node, posted, untaint);
  hosts.forget(name, what);
  rt.silences.end(identity.cluster, identity.node);
  const rebooted = posts && boot !== '' && boot !== node.status?.nodeInfo?.bootID;
  const kubelet = { node: identity.node, boot };
  if (rebooted) await kubeletStarted(nodes, kubelet, true);
  else if (isLost(node)) await kubeletPosts(nodes, kubelet);
  await kubeletTells(nodes, kubelet, 'NodeReady');
  return { up: true };
}

/** How often a kubelet looks whether the network's plugin has come, ms. */
const looking = 2000;

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
  const body = hosts.body(name);
  const plane = identity.controlPlane ? hosts.clusterOf(identity.cluster)[1] : undefined;
  if (missingImage(rt, plane, identity.cluster) !== undefined) body.ended = sum;
  const refused = body.ended === sum || refusedConfiguration(plan, identity.version) !== undefined;
  if (rt.faults.ofHost(name).neverJoins || refused) {
    hosts.forget(name, `join ${sum}`);
    return { up: false };
  }
  const rest = hosts.left(name, `join ${sum}`, durations.join);
  if (rest > 0) return { up: false, again: rest };
  const wanted = plannedRegistration(plan);
  const network = podNetwork(...hosts.clusterOf(identity.cluster));
  const led = await leaderBy(rt.workload(identity.cluster));
  const share = network && hosts.shares.give(identity.cluster, network, nodes.informer.list(), led);
  const at = rt.timestamp();
  // The informer keeps no devices, and a Node tells the size of its disk.
  const whole = (await rt.client.get(kinds.MachineInventory, name)) ?? inventory;
  const boot = bootOf(hosts, name);
  const made = await nodes.as('kubelet').client.create(kinds.Node, joinedNode(identity, whole, boot, at, wanted));
  body.registered = sum;
  await kubeletStarted(nodes, { node: identity.node, boot });
  const welcomed = await nodes.as(nodeController).client.change(kinds.Node, made, (draft) => welcome(draft, share, at));
  await nodes.as('kubeadm').client.change(kinds.Node, welcomed, (draft) => markNode(draft, identity, wanted));
  hosts.forget(name, `join ${sum}`);
  return { up: true, again: 0 };
}

const bootOf = (hosts: Hosts, name: string): string =>
  hosts.inventories.get(name)?.status?.observedStorage?.bootID ?? '';

/** One look at the kubelet of a host that is down. Gives the ms until its Node is called lost. Throws KubeError. */
export async function loseKubelet(hosts: Hosts, name: string, identity: NodeIdentity | undefined) {
  if (!identity) return undefined;
  const nodes = await hosts.rt.nodes(identity.cluster);
  return lose(hosts, name, nodes, own(nodes, identity), identity);
}

async function lose(
  hosts: Hosts,
  name: string,
  nodes: NodeAccess,
  node: Node | undefined,
  { cluster, node: own }: NodeIdentity,
) {
  if (!node || isLost(node)) return undefined;
  hosts.rt.silences.begin(cluster, own, hosts.rt.clock.now(), !isReady(node));
  // Who would call it lost can write nothing, and begins to wait anew once it can.
  if (hosts.rt.faults.ofCluster(cluster).noQuorum) {
    hosts.forget(name, 'silence');
    return undefined;
  }
  const rest = hosts.rt.delays.left(`host/${name}`, 'silence', () => durations.grace);
  if (rest > 0) return rest;
  const { client } = nodes.as(nodeController);
  await client.change(kinds.Node, node, (draft) => lostNode(draft, hosts.rt.timestamp()));
  if (isReady(node)) await controllerLost(nodes, node);
  hosts.forget(name, 'silence');
  return undefined;
}
