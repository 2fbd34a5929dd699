/** What kubelets write of themselves when nothing has changed: that they are there. */

import { createHash } from 'node:crypto';
import { isLost } from '../controllers/hosts/node-lifecycle.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import type { WorkloadApi } from './api.ts';
import { imagesByNode, withImages } from './node-images.ts';
import { systemRepository } from './programs.ts';
import type { ClusterSettings } from './settings.ts';

/** A kubelet reports an unchanged status so often, in ms: its nodeStatusReportFrequency where nobody sets it. */
const frequency = 5 * 60_000;

/** With more Nodes than that, kubelets tell of no images. */
const mostTold = 1000;

/**
 * Kubelets report themselves at Unix time `now` in ms, with the images that their Pods have brought. Whoever has changed a
 * Node meanwhile is not overwritten: it is told at the next question.
 */
export async function report(
  cluster: WorkloadApi,
  now: number,
  { repository = systemRepository }: ClusterSettings,
): Promise<void> {
  const nodes = cluster.api.all({ apiVersion: 'v1', kind: 'Node' }) as unknown as readonly Node[];
  // The lists are long: where there are so many Nodes, nobody reads them.
  const isTold = nodes.length <= mostTold;
  const pods = isTold ? (await cluster.json<{ items: KubeObject[] }>({ path: '/api/v1/pods' })).items : [];
  const images = isTold ? imagesByNode(pods) : undefined;
  for (const node of nodes) {
    const beaten = withHeartbeat(node, now);
    const own = isLost(node) ? undefined : images?.get(node.metadata.name);
    const changed = own && withImages(beaten ?? node, own, repository);
    // What is told for the first time was there before: later it is news, and a kubelet tells all that it has with it.
    const body = changed && node.status?.images ? told(changed, now) : (changed ?? beaten);
    const path = `/api/v1/nodes/${encodeURIComponent(node.metadata.name)}/status`;
    if (body) await cluster.json({ method: 'PUT', path, body }).catch(() => {});
  }
}

/** After so long, ms, nobody knows any more when a kubelet has told of itself. */
const remembered = 3_600_000;

/** The Node with its last heartbeat before Unix time `now` (ms); undefined where it has told of that one, or is silent. */
export function withHeartbeat(node: Node, now: number): Node | undefined {
  const { conditions = [] } = node.status ?? {};
  // What has stopped speaking does not beat.
  if (conditions.some(({ status }) => status === 'Unknown')) return undefined;
  const beats = conditions.filter(isOwn).map(({ lastHeartbeatTime: at }) => (at === undefined ? 0 : Date.parse(at)));
  const newest = Math.max(0, ...beats);
  const offset = createHash('sha256').update(node.metadata.name).digest().readUInt32BE() % frequency;
  const since = now - newest < remembered ? newest : offset;
  const last = Math.floor((now - since) / frequency) * frequency + since;
  return beats.some((at) => at < last - 1000) ? told(node, last) : undefined;
}

/** What the network's own program says it says once. */
const isOwn = ({ type }: { type: string }): boolean => type !== 'NetworkUnavailable';

/** The Node as its kubelet tells of all that it says itself at Unix time `at`, ms. */
function told(node: Node, at: number): Node {
  const lastHeartbeatTime = timestamp(at);
  const conditions = node.status?.conditions?.map((one) => (isOwn(one) ? { ...one, lastHeartbeatTime } : one));
  return { ...node, status: { ...node.status, ...(conditions ? { conditions } : {}) } };
}
