/** What kubelets write of themselves when nothing has changed: that they are there. */

import { createHash } from 'node:crypto';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';

/** A kubelet reports an unchanged status so often, in ms: its nodeStatusReportFrequency where nobody sets it. */
const frequency = 5 * 60_000;

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
