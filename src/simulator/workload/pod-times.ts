/** When a Pod of a cluster's own came up: one step after the other, a few seconds each. */

import { digest } from '../controllers/digest.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';

/** A Node whose last change to Ready or from it was so long after it joined, in ms, had come back or gone. */
const joining = 300_000;

export interface PodPlace {
  /** The Pod's name. */
  pod: string;
  node: Node;
  /** When the Pod began, and what time it is: as Kubernetes writes them. */
  since: string;
  now: string;
}

const spreadOf = (pod: string): number => Number.parseInt(digest(pod).slice(0, 6), 16);
const changeOf = ({ status }: Node): number =>
  Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');

/** So long before the first Node of a cluster, in ms, what its files name begins: there is a server before there are Nodes. */
const founding = 18_000;

/**
 * When its kubelet saw it, its sandbox was there and its container first started. `waits`: it needs an address of the Pods'
 * network. `founds`: it comes from a file on the Node that its cluster begins with, and was seen before there was a server.
 */
export function startOf(
  { pod, node, since }: PodPlace,
  waits: boolean,
  founds = false,
): { seen: string; sandbox: string; started: string } {
  const spread = spreadOf(pod);
  const begun = Date.parse(since) - (founds ? founding : 0);
  const seen = founds ? timestamp(begun) : since;
  const after = changeOf(node) - begun;
  const sandbox = begun + (waits && after > 0 && after <= joining ? after : 0) + (spread % 3) * 1000;
  return { seen, sandbox: timestamp(sandbox), started: timestamp(sandbox + 1000 + ((spread >> 4) % 2) * 1000) };
}

/**
 * Since when its containers, and it, have been ready or not, `running` since a time: never after now. `network`: it is not
 * ready before its Node's network is; `probed`: its kubelet asks it first; `carries`: its Node, and what Cluster API says of
 * its Machine, are not well before it is, and so it has been asked by the time that they are.
 */
export function readySince(
  { pod, node, since, now }: PodPlace,
  running: string,
  { ready, network, probed, carries }: { ready: boolean; network: boolean; probed: boolean; carries?: boolean },
): { containers: string; ready: string } {
  const told = (ms: number) => timestamp(Math.min(ms, Math.max(Date.parse(since), Date.parse(now))));
  const changed = changeOf(node);
  const moved = changed - Date.parse(since) > joining;
  // Nobody has heard of it since its Node went silent.
  if (!ready) return { containers: since, ready: moved ? told(changed) : since };
  const asked = probed ? 11_000 + ((spreadOf(pod) >> 6) % 9) * 1000 : 1000;
  const runs = Date.parse(running);
  const usual = Math.max(runs, network && !moved && changed > 0 ? changed : 0) + asked;
  const isNodeUp = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  const up = carries && isNodeUp && !moved && changed > 0 ? Math.min(usual, Math.max(runs, changed)) : usual;
  return { containers: told(up), ready: told(moved ? Math.max(up, changed) : up) };
}
