/** What kubelets write of themselves when nothing has changed: that they are there. */

import { createHash } from 'node:crypto';
import type { FieldSet, KubeObject, ManagedFields } from '../api/types.ts';
import { union } from '../api/write/fields.ts';
import { isLost } from '../controllers/hosts/node-lifecycle.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { imagesByNode, withImages } from './node-images.ts';
import { systemRepository } from './programs.ts';

/** A kubelet reports an unchanged status so often, in ms: its nodeStatusReportFrequency where nobody sets it. */
const frequency = 5 * 60_000;

/** With more Nodes than that, kubelets tell of no images. */
const mostTold = 1000;

/** What a kubelet tells: its Node as it is then, Unix time in ms. */
export interface Beat {
  at: number;
  node: KubeObject;
}

/**
 * What kubelets of these Nodes have told by Unix time `now` in ms and nobody has written yet; with `pods`, of the images that those have
 * brought, too, where the cluster's own come from `repository`.
 */
export function beats(nodes: readonly KubeObject[], now: number, pods?: Pods): Beat[] {
  // The lists are long: where there are so many Nodes, nobody reads them.
  const images =
    pods && nodes.length <= mostTold ? imagesByNode(pods.all as Parameters<typeof imagesByNode>[0]) : undefined;
  return nodes.flatMap((object) => {
    const node = object as unknown as Node;
    const turn = turnOf(node, now);
    const beaten = turn?.isDue ? told(node, turn.last) : undefined;
    const own = isLost(node) ? undefined : images?.get(node.metadata.name);
    const changed = own && withImages(beaten ?? node, own, pods?.repository ?? systemRepository);
    // What is told for the first time was there before: later it is news, and a kubelet tells all that it has with it.
    if (changed && node.status?.images) return [{ at: now, node: written(told(changed, now), now) }];
    const next = changed ?? beaten;
    const at = turn?.last ?? now;
    return next ? [{ at, node: written(next, at) }] : [];
  });
}

/** The Pods whose images are told, and where those of the cluster itself come from. */
interface Pods {
  all: readonly KubeObject[];
  repository?: string | undefined;
}

/** When the next of these kubelets tells that it lives, after Unix time `now` in ms; undefined where none does. */
export function nextBeat(nodes: readonly Node[], now: number): number | undefined {
  const times = nodes.flatMap((node) => {
    const turn = turnOf(node, now);
    return turn ? [turn.isDue ? turn.last : turn.last + frequency] : [];
  });
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** After so long, ms, nobody knows any more when a kubelet has told of itself. */
const remembered = 3_600_000;

/** When a kubelet told that it lives the last time before Unix time `now` (ms), and whether its Node lacks that; undefined of one that is silent. */
function turnOf(node: Node, now: number): { last: number; isDue: boolean } | undefined {
  const { conditions = [] } = node.status ?? {};
  // What has stopped speaking does not beat.
  if (conditions.some(({ status }) => status === 'Unknown')) return undefined;
  const beats = conditions.filter(isOwn).map(({ lastHeartbeatTime: at }) => (at === undefined ? 0 : Date.parse(at)));
  const newest = Math.max(0, ...beats);
  const offset = createHash('sha256').update(node.metadata.name).digest().readUInt32BE() % frequency;
  const since = now - newest < remembered ? newest : offset;
  const last = Math.floor((now - since) / frequency) * frequency + since;
  return { last, isDue: beats.some((at) => at < last - 1000) };
}

/** The Node with its last heartbeat before Unix time `now` (ms); undefined where it has told of that one, or is silent. */
export function withHeartbeat(node: Node, now: number): Node | undefined {
  const turn = turnOf(node, now);
  return turn?.isDue ? told(node, turn.last) : undefined;
}

/** What the network's own program says it says once. */
const isOwn = ({ type }: { type: string }): boolean => type !== 'NetworkUnavailable';

/** The Node as its kubelet tells of all that it says itself at Unix time `at`, ms. */
function told(node: Node, at: number): Node {
  const lastHeartbeatTime = timestamp(at);
  const conditions = node.status?.conditions?.map((one) => (isOwn(one) ? { ...one, lastHeartbeatTime } : one));
  return { ...node, status: { ...node.status, ...(conditions ? { conditions } : {}) } };
}

/** The Node as its kubelet has written it at Unix time `at`, ms: the entry of its status says so, where there is one. */
function written({ metadata, ...node }: Node, at: number): KubeObject {
  const isOwnEntry = ({ manager, subresource }: ManagedFields) => manager === 'kubelet' && subresource === 'status';
  const { managedFields } = metadata as KubeObject['metadata'];
  const entry = managedFields?.find(isOwnEntry);
  const beaten = (node.status?.conditions ?? []).filter(isOwn).map(({ type }): [string, FieldSet] => {
    return [`k:${JSON.stringify({ type })}`, { 'f:lastHeartbeatTime': {} }];
  });
  const images: FieldSet = node.status?.images ? { 'f:images': {} } : {};
  const set: FieldSet = { 'f:status': { 'f:conditions': Object.fromEntries(beaten), ...images } };
  const made: ManagedFields = {
    ...{ manager: 'kubelet', operation: 'Update', apiVersion: 'v1', time: timestamp(at), fieldsType: 'FieldsV1' },
    ...{ fieldsV1: union(entry?.fieldsV1 ?? {}, set), subresource: 'status' },
  };
  const others = managedFields?.filter((one) => !isOwnEntry(one));
  return { ...node, metadata: { ...metadata, ...(others ? { managedFields: [...others, made] } : {}) } } as KubeObject;
}
