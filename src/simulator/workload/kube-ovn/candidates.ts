/** The controllers of Kube-OVN that may lead: those that run, and those of whom is known that they ran. */

import type { Api } from '../../api/api.ts';
import type { Removed } from '../../api/storage/removed.ts';
import { isRecord, type KubeObject } from '../../api/types.ts';
import type { Outage } from '../../controllers/hosts/outages.ts';
import { isCutOff } from '../containers.ts';
import { within } from '../log-times.ts';
import { readyOf } from '../summary.ts';

export const name = 'kube-ovn-controller';
export const namespace = 'kube-system';

/** What is looked at; without `removed` nobody knows who is gone. */
export type Seen = Pick<Api, 'all' | 'find'> & {
  removed?: (plural: string) => readonly Removed[];
  /** When the host of a Node lost power, of what its kubelet found gone at Unix time `found` in ms. */
  cut?: (node: string, found: number) => number | undefined;
  /** When nothing could be written. */
  outages?: readonly Outage[];
};

/** One of them; times are Unix time in ms. */
export interface Candidate {
  /** What its Pod is called, and it itself among them. */
  holder: string;
  since: number;
  /** Since when it does not run any more, or nobody hears of it. */
  ends?: number;
  /** Whether it could not say that it ends. */
  silent?: boolean;
}

/** A Node is called lost so long after its kubelet has fallen silent, ms. */
const grace = 40_000;
/** A whole second tells when it was told to end: so long after that, at most, it has given back what it leads by, ms. */
const told = 1050;

/** All of them, the one that began first being the first. */
export function candidates(seen: Seen): Candidate[] {
  const nodes = seen.all({ apiVersion: 'v1', kind: 'Node' });
  const left = seen.removed?.('nodes') ?? [];
  const lost = (pod: KubeObject) => silentSince(pod, nodes, left);
  const there = seen.all({ apiVersion: 'v1', kind: 'Pod' }).filter(isOne);
  const gone = (seen.removed?.('pods') ?? []).filter(({ object }) => isOne(object));
  return [
    ...there.flatMap((pod) => cutOff(seen, pod)),
    ...there.map((pod) => candidateOf(pod, lost(pod))),
    ...gone.map(({ object, at }) => candidateOf(object, lost(object), at)),
  ]
    .filter(({ since }) => !Number.isNaN(since))
    .sort((a, b) => a.since - b.since);
}

const isOne = ({ metadata }: KubeObject): boolean =>
  metadata.namespace === namespace && metadata.labels?.['app'] === name;

function candidateOf(pod: KubeObject, lost: number | undefined, removed?: number): Candidate {
  const { name: holder, uid, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const { begun, ended } = runOf(pod);
  const since = begun + within(`${uid}/${name}/${begun}`);
  const one = { holder, since };
  const asked = Date.parse(deletionTimestamp ?? '') - Number(deletionGracePeriodSeconds) * 1000;
  if (lost !== undefined && !(asked < lost)) return { ...one, ends: lost, silent: true };
  if (!Number.isNaN(asked)) return { ...one, ends: Math.min(asked + told, removed ?? Number.POSITIVE_INFINITY) };
  if (ended !== undefined) return { ...one, ends: ended, silent: true };
  return removed === undefined ? one : { ...one, ends: removed };
}

/** The run before of a Pod whose host lost power: it is another process since, that is called the same. */
function cutOff({ cut }: Seen, { metadata, spec, status }: KubeObject): Candidate[] {
  const [first] = (Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'] : []).filter(isRecord);
  const last = isRecord(first?.['lastState']) ? first['lastState']['terminated'] : undefined;
  if (!isRecord(last) || !isCutOff(last)) return [];
  const begun = Date.parse(String(last['startedAt']));
  const found = Date.parse(String(last['finishedAt']));
  const ends = cut?.(String(spec?.['nodeName'] ?? ''), found) ?? found;
  const since = begun + within(`${metadata.uid}/${name}/${begun}`);
  return [{ holder: metadata.name, since, ends, silent: true }];
}

/** When the container of a Pod began, and when it ended where it does not run: Unix time in ms; NaN where it has not begun. */
function runOf({ status }: KubeObject): { begun: number; ended?: number } {
  const [first] = (Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'] : []).filter(isRecord);
  const of = (which: string, key: string) => {
    const state = first?.[which];
    return isRecord(state) && isRecord(state[key]) ? state[key] : undefined;
  };
  const running = of('state', 'running');
  const terminated = of('state', 'terminated') ?? of('lastState', 'terminated');
  const begun = Date.parse(String((running ?? terminated)?.['startedAt'] ?? ''));
  return running || !terminated ? { begun } : { begun, ended: Date.parse(String(terminated['finishedAt'] ?? '')) };
}

/** Since when nobody hears of the Node that a Pod runs on, Unix time in ms; undefined where it is well. */
function silentSince(pod: KubeObject, nodes: readonly KubeObject[], left: readonly Removed[]): number | undefined {
  const born = pod.metadata.creationTimestamp ?? '';
  const isOwn = ({ metadata }: KubeObject) =>
    metadata.name === pod.spec?.['nodeName'] && (metadata.creationTimestamp ?? '') <= born;
  const node = nodes.find(isOwn);
  if (node) return lostSince(node);
  const gone = left.filter(({ object, at }) => isOwn(object) && at >= Date.parse(born)).at(-1);
  return gone && (lostSince(gone.object) ?? gone.at);
}

function lostSince(node: KubeObject): number | undefined {
  if (readyOf(node) !== 'Unknown') return undefined;
  const conditions = node.status?.['conditions'];
  const ready = (Array.isArray(conditions) ? conditions : []).filter(isRecord).find(({ type }) => type === 'Ready');
  return Date.parse(String(ready?.['lastTransitionTime'] ?? '')) - grace;
}
