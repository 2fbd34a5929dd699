/**
 * How Kube-OVN takes up Nodes: its controller gives them addresses as soon as they are there, and its daemon on each says who it is and
 * that it reaches the network once it has configured that. Source: kubeovn/kube-ovn, pkg/controller/node.go and pkg/daemon.
 */

import type { Transport } from '../../../kube/types.ts';
import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { timestamp } from '../../controllers/time.ts';
import { network as controller, networkDaemon as daemon } from '../../world/writers.ts';
import { daemonSteps, serverOf } from './daemon.ts';
import { isGiving } from './give.ts';
import { releasedAddresses } from './lease.ts';
import { isJoined, isReached, isReady, type Network, newlyJoined, reached } from './network.ts';

const chassis = 'ovn.kubernetes.io/chassis';

/** A cluster, and as whom somebody writes to it. */
interface Cluster {
  api: Api;
  as: (program: string) => Transport;
}

const nodesOf = (api: Api): KubeObject[] => api.all({ apiVersion: 'v1', kind: 'Node' });

/** The Nodes that can be taken up at Unix time `now` in ms, as they are then; those among them that `may`. */
function joinedAt(api: Api, network: Network, now: number, may: (node: KubeObject) => boolean): KubeObject[] {
  const nodes = nodesOf(api);
  if (nodes.every((node) => isJoined(node) || !may(node))) return [];
  const wanted = nodes.filter((node) => isJoined(node) || may(node));
  return newlyJoined(wanted, network, releasedAddresses(api, now));
}

/** What is known of a cluster that nobody has looked at before: the Pods that are told of it, and since when, Unix time in ms, it has the network. */
interface Before {
  now: number;
  pods: readonly KubeObject[];
  since: number;
}

/** They were taken up before anybody has looked: each was reached when its daemon had configured it, and ready then or later. */
export function wereJoined(api: Api, network: Network, { now, pods, since }: Before): void {
  const joined = joinedAt(api, network, now, isReady).map((node): KubeObject => {
    const server = serverOf(pods, node.metadata.name);
    const given = timestamp(Math.max(since, Date.parse(node.metadata.creationTimestamp ?? '')));
    const { reaches } = server ? daemonSteps(server, given) : { reaches: Number.NaN };
    const conditions = ((node.status?.['conditions'] ?? []) as Condition[]).map((one) => {
      const said = one.lastTransitionTime ?? '';
      if (one.type !== 'NetworkUnavailable' || !(reaches < Date.parse(said))) return one;
      const at = timestamp(reaches);
      return { ...one, lastHeartbeatTime: at, lastTransitionTime: at };
    });
    return { ...node, status: { ...node.status, conditions } };
  });
  api.recall(joined);
}

/** They are taken up now. Who has been faster is not overwritten: it is done at the next look. */
export async function joinNodes(cluster: Cluster, network: Network, now: number): Promise<void> {
  const { api } = cluster;
  const pods = api.all({ apiVersion: 'v1', kind: 'Pod' });
  const gives = pods.some(isGiving);
  const write = (program: string, { metadata }: KubeObject, part: string, body: object) => {
    const path = `/api/v1/nodes/${encodeURIComponent(metadata.name)}${part}`;
    const contentType = 'application/strategic-merge-patch+json';
    return cluster
      .as(program)
      .json({ method: 'PATCH', path, body, contentType })
      .catch(() => {});
  };
  for (const node of joinedAt(api, network, now, (one) => gives || isReady(one))) {
    const { [chassis]: _own, ...annotations } = node.metadata.annotations ?? {};
    const { labels } = node.metadata;
    await write(controller, node, '', { metadata: { annotations, labels } });
  }
  for (const node of nodesOf(api)) {
    if (!isJoined(node) || isReached(node) || !(isReady(node) || reachedAt(api, pods, node) <= now)) continue;
    const { metadata, status } = reached(node, timestamp(now));
    const [first] = (status?.['conditions'] ?? []) as unknown[];
    await write(daemon, node, '', { metadata: { annotations: { [chassis]: metadata.annotations?.[chassis] } } });
    await write(daemon, node, '/status', { status: { conditions: [first] } });
  }
}

/** When the daemon of a Node reaches the network, Unix time in ms; NaN where there is none yet. */
function reachedAt(api: Api, pods: readonly KubeObject[], node: KubeObject): number {
  const server = serverOf(pods, node.metadata.name);
  return server ? daemonSteps(server, addressSince(api, node)).reaches : Number.NaN;
}

const addressSince = (api: Api, { metadata }: KubeObject): string | null | undefined =>
  api.find({ apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: { name: `node-${metadata.name}` } })?.metadata
    .creationTimestamp;

/** When the next of the daemons that run reaches the network, of Nodes that have yet to hear of it: Unix time in ms. */
export function nextReached(api: Api, now: number): number | undefined {
  const waiting = nodesOf(api).filter((node) => isJoined(node) && !isReached(node));
  if (waiting.length === 0) return undefined;
  const pods = api.all({ apiVersion: 'v1', kind: 'Pod' });
  const times = waiting.map((node) => reachedAt(api, pods, node)).filter((at) => at > now);
  return times.length > 0 ? Math.min(...times) : undefined;
}
