/** What kubelets write of themselves when nothing has changed: that they are there. */

import { createHash } from 'node:crypto';
import type { Transport } from '../../kube/types.ts';
import { isLost } from '../controllers/hosts/node-lifecycle.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { imagesByNode, withImages } from './node-images.ts';
import { systemRepository } from './programs.ts';
import type { ClusterSettings } from './settings.ts';

/** A kubelet reports an unchanged status so often, in ms: its nodeStatusReportFrequency where nobody sets it. */
const frequency = 5 * 60_000;

/** With more Nodes than that, kubelets tell of no images. */
const mostTold = 1000;

/**
 * Kubelets of these Nodes report themselves at Unix time `now` in ms, with the images that their Pods have brought. Whoever has changed a
 * Node meanwhile is not overwritten: it is told at the next question.
 */
export async function report(
  cluster: Transport,
  nodes: readonly Node[],
  now: number,
  { repository = systemRepository }: ClusterSettings,
): Promise<void> {
  // The lists are long: where there are so many Nodes, nobody reads them.
  const told = nodes.length <= mostTold;
  const pods = told ? (await cluster.json<{ items: KubeObject[] }>({ path: '/api/v1/pods' })).items : [];
  const images = told ? imagesByNode(pods) : undefined;
  for (const node of nodes) {
    const beaten = withHeartbeat(node, now);
    const own = isLost(node) ? undefined : images?.get(node.metadata.name);
    const body = own ? (withImages(beaten ?? node, own, repository) ?? beaten) : beaten;
    const path = `/api/v1/nodes/${encodeURIComponent(node.metadata.name)}/status`;
    if (body) await cluster.json({ method: 'PUT', path, body }).catch(() => {});
  }
}

/** The Node with its last heartbeat before Unix time `now` (ms); undefined where it has told of that one, or is silent. */
export function withHeartbeat(node: Node, now: number): Node | undefined {
  const offset = createHash('sha256').update(node.metadata.name).digest().readUInt32BE() % frequency;
  const last = Math.floor((now - offset) / frequency) * frequency + offset;
  // What the network's own program says it says once.
  const isOld = ({ type, lastHeartbeatTime: at }: { type: string; lastHeartbeatTime?: string }) =>
    type !== 'NetworkUnavailable' && (at === undefined || Date.parse(at) < last - 1000);
  const { conditions = [] } = node.status ?? {};
  // What has stopped speaking does not beat.
  if (conditions.some(({ status }) => status === 'Unknown')) return undefined;
  if (!conditions.some(isOld)) return undefined;
  const lastHeartbeatTime = timestamp(last);
  const beaten = conditions.map((one) => (isOld(one) ? { ...one, lastHeartbeatTime } : one));
  return { ...node, status: { ...node.status, conditions: beaten } };
}
