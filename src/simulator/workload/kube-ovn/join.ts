/** How Kube-OVN takes up Nodes that are ready: its controller gives them addresses, its daemon on each says who it is and that it is reached. */

import type { Transport } from '../../../kube/types.ts';
import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { network as controller, networkDaemon as daemon } from '../../world/writers.ts';
import { releasedAddresses } from './lease.ts';
import { isJoined, type Network, newlyJoined } from './network.ts';

const chassis = 'ovn.kubernetes.io/chassis';

/** The Nodes of a cluster that can be taken up at Unix time `now` in ms, as they are then. */
function joinedAt(api: Api, network: Network, now: number): KubeObject[] {
  const nodes = api.all({ apiVersion: 'v1', kind: 'Node' });
  return nodes.every(isJoined) ? [] : newlyJoined(nodes, network, releasedAddresses(api, now));
}

/** They were taken up before anybody has looked. */
export const wereJoined = (api: Api, network: Network, now: number): void => api.recall(joinedAt(api, network, now));

/** They are taken up now. Who has been faster is not overwritten: it is done at the next look. */
export async function joinNodes(
  cluster: { api: Api; as: (program: string) => Transport },
  network: Network,
  now: number,
): Promise<void> {
  for (const { metadata, status } of joinedAt(cluster.api, network, now)) {
    const { [chassis]: own, ...annotations } = metadata.annotations ?? {};
    const path = `/api/v1/nodes/${encodeURIComponent(metadata.name)}`;
    const write = (program: string, where: string, body: object) => {
      const contentType = 'application/strategic-merge-patch+json';
      return cluster.as(program).json({ method: 'PATCH', path: where, body, contentType });
    };
    const conditions = (status?.['conditions'] ?? []) as { type: string }[];
    const reached = conditions.filter(({ type }) => type === 'NetworkUnavailable');
    await write(daemon, path, { metadata: { annotations: { [chassis]: own } } }).catch(() => {});
    await write(controller, path, { metadata: { annotations, labels: metadata.labels } }).catch(() => {});
    if (reached.length > 0) await write(daemon, `${path}/status`, { status: { conditions: reached } }).catch(() => {});
  }
}
