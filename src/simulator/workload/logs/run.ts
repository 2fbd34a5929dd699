/** One run of a container whose log is asked for, and what the tellers of logs share: the manner of klog, chance, rhythm. */

import { statusOf } from '../../api/log-following.ts';
import type { LogLine, LogQuestion } from '../../api/pod-logs.ts';
import type { Removed } from '../../api/storage/removed.ts';
import { isRecord, type KubeObject } from '../../api/types.ts';
import type { Journal } from '../../controllers/journal.ts';
import { minorOf } from '../../controllers/kubernetes-version.ts';
import { Random } from '../../controllers/random.ts';
import { isCutOff } from '../containers.ts';
import type { Term } from '../elections.ts';
import type { EtcdPast } from '../etcd-past.ts';
import { micros } from '../log-times.ts';

/** So many lines of a container are kept at most: a kubelet hands on what was written since it turned the file over. */
export const mostLines = 4000;

/** One run of a container; times are Unix time in ms. */
export interface Run {
  question: LogQuestion;
  since: number;
  /** Its end, or now. */
  until: number;
  /** The tag of its image. */
  version: string;
  node: string;
  /** What tells this run from all others. */
  key: string;
  /** What its controllers wrote, and since when that is all that they wrote; nothing of a program that nobody plays. */
  kept: ReturnType<Journal['of']>;
  /** Since when its file has been written, Unix time in ms: what was written before was turned over. */
  from: number;
  /** What the cluster's etcd has been through, where somebody has followed it. */
  past?: EtcdPast | undefined;
  /** Who has led by a Lease of the control plane, where somebody has followed it. */
  terms?: ((lease: string) => readonly Term[]) | undefined;
}

/** Tells the lines of a run, in any order; those from before or after it are left out by who asks. */
export type Teller = (run: Run) => LogLine[];

/** Chance of a run, or of whatever is named: the same for the same words. */
export const chance = (...of: (string | number)[]): Random => new Random('log', ...of);

/** A line as klog writes it; `pid` as the process is known in its container. */
export function klog(at: number, place: string, message: string, { level = 'I', pid = 1 } = {}): LogLine {
  const [day = '', time = ''] = micros(at, message).split('T');
  return {
    at,
    text: `${level}${day.slice(5).replace('-', '')} ${time} ${String(pid).padStart(7)} ${place}] ${message}`,
  };
}

/** Names and values as klog puts them behind a message: ` a="b" n=3`. What is undefined is left out. */
export const pairs = (values: Record<string, unknown>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}=${JSON.stringify(value)}`]))
    .join('');

/** A structured line of klog: the message quoted, then names and values. */
export const structured = (at: number, place: string, message: string, values: Record<string, unknown> = {}): LogLine =>
  klog(at, place, `${JSON.stringify(message)}${pairs(values)}`);

/** Lines that come one after the other, from `at` on, a few ms apart; each is told its time. */
export const sequence = (at: number, lines: readonly ((at: number) => LogLine)[], step = 7): LogLine[] =>
  lines.map((line, index) => line(at + index * step));

/**
 * The times of steps that usually come so many ms after `since`, in their order: from each to the next it takes less or more,
 * by chance of what is named, up to `most` times as long.
 */
export function strides(of: string, since: number, usual: readonly number[], most = 1.7): number[] {
  const drawn = chance(of, 'strides');
  let [at, before] = [since, 0];
  return usual.map((offset) => {
    at += Math.round((offset - before) * (0.4 + (most - 0.4) * drawn.next()));
    before = offset;
    return at;
  });
}

/** That a program waits for its informers, or has what it waited for; client-go says so in structured lines since 1.33. */
export function informers(run: Run, at: number, done: boolean, controller: string): LogLine {
  const words = done ? 'Caches are synced' : 'Waiting for caches to sync';
  return minorOfRun(run) < 33
    ? klog(at, `shared_informer.go:${done ? 320 : 313}`, `${words} for ${controller}`)
    : structured(at, `shared_informer.go:${done ? 357 : 350}`, words, { controller });
}

/** Whatever comes again every so many ms since a moment, each a little late by chance: the last `most` of them up to `until`. */
export function rhythm(
  from: { at: number; every: number; of: string; late?: number },
  { until, most }: { until: number; most: number },
): { at: number; turn: number }[] {
  const { at: first, every, of, late = 0.3 } = from;
  const last = Math.floor((until - first) / every);
  const turns = Array.from({ length: Math.max(0, Math.min(most, last)) }, (_, index) => last - index).reverse();
  return turns.map((turn) => ({ turn, at: Math.floor(first + (turn + chance(of, turn).next() * late) * every) }));
}

/**
 * A rhythm of which a log is full. Its file is turned over by each `turns` of it, in each run at a moment of its own, and
 * the one before is not read: with what of it is no longer there, everything before is gone too.
 */
export function paced(run: Run, from: Parameters<typeof rhythm>[0], turns: number): { at: number; turn: number }[] {
  const last = Math.floor((run.until - from.at) / from.every);
  const phase = chance(run.key, 'turned over').integer(0, turns - 1);
  // One file is full of so many, and the next is being written.
  const first = Math.floor((last - phase) / turns) * turns + phase - turns;
  const kept = rhythm(from, { until: run.until, most: last - Math.max(0, first) + 1 });
  if (first > 0 && kept.length > 0) run.from = Math.max(run.from, kept[0]!.at);
  return kept;
}

/** Records of a list; none where it is not one. */
export const records = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** Unix time in ms of a time as Kubernetes writes it; NaN where there is none. */
export const timeOf = (value: unknown): number => Date.parse(typeof value === 'string' ? value : '');

/** When an object was made, Unix time in ms: its metadata tell the second, and when within that all programs agree. */
export const madeAt = ({ metadata: { uid, name, creationTimestamp } }: KubeObject): number =>
  timeOf(creationTimestamp) + chance(uid ?? name, 'made').integer(0, 880);

/** The objects of a kind, by its plural name, as a list. */
export const all = ({ question }: Run, plural: string): KubeObject[] => [...question.objects(plural)];

/** Those that were removed, and when. */
export const removed = ({ question }: Run, plural: string): readonly Removed[] => question.removed?.(plural) ?? [];

/** When something last happened to an object, as Kubernetes writes it. */
function stirred({ metadata, status }: KubeObject): string {
  let last = metadata.creationTimestamp ?? '';
  if (metadata.deletionTimestamp && metadata.deletionTimestamp > last) last = metadata.deletionTimestamp;
  for (const { lastTransitionTime: at } of records(status?.['conditions'])) {
    if (typeof at === 'string' && at > last) last = at;
  }
  return last;
}

/** So many objects of a kind are told of in one log. */
const mostTold = 700;

/** Those of a kind to which something happened last: of a large fleet more would fill the log, and what came before is gone. */
export function latest(run: Run, plural: string): KubeObject[] {
  const found = all(run, plural);
  if (found.length <= mostTold) return found;
  const timed = found.map((object) => ({ object, at: stirred(object) })).sort((a, b) => (a.at < b.at ? -1 : 1));
  const kept = timed.slice(-mostTold);
  run.from = Math.max(run.from, timeOf(kept[0]!.at) || run.from);
  return kept.map(({ object }) => object);
}

/** What the cluster is known by in chances that all of its programs share. */
export const clusterOf = (run: Run): string =>
  all(run, 'namespaces').find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid ?? 'cluster';

/** When disks of the control plane were slow for a moment: etcd says so, and who waited for it. The last `most` of them. */
export function slowMoments(run: Run, most = 40): { at: number; took: number; member: number; lease: string }[] {
  const cluster = clusterOf(run);
  const every = 11 * 3_600_000;
  return rhythm({ at: 0, every, of: `${cluster}/slow`, late: 0.9 }, { until: run.until, most }).map(({ at, turn }) => {
    const drawn = chance(cluster, 'slow', turn);
    const lease = drawn.integer(0, 1) === 0 ? 'kube-controller-manager' : 'kube-scheduler';
    return { at, took: drawn.integer(505, 940), member: drawn.integer(0, 2), lease };
  });
}

/** The control-plane Nodes, by name. */
export const planeNodes = (run: Run): KubeObject[] =>
  all(run, 'nodes')
    .filter(({ metadata }) => metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

/** The Node of a run among those of the control plane: the slow disk is that of one of them. */
export const memberOf = (run: Run): number => planeNodes(run).findIndex(({ metadata }) => metadata.name === run.node);

/** The internal address of a Node. */
export const addressOf = ({ status }: KubeObject): string =>
  String(records(status?.['addresses']).find(({ type }) => type === 'InternalIP')?.['address'] ?? '');

/** The condition Ready of a Node: its status and since when, Unix time in ms. */
export function readinessOf({ status }: KubeObject): { status: string; since: number } {
  const ready = records(status?.['conditions']).find(({ type }) => type === 'Ready');
  return { status: String(ready?.['status'] ?? 'Unknown'), since: timeOf(ready?.['lastTransitionTime']) };
}

/** Whether the run of a question is over because its host lost power: such a run says nothing of its end. */
export function wasCutOff({ question: { pod, container, previous } }: Run): boolean {
  const last = statusOf(pod, container)?.['lastState'];
  return previous === true && isRecord(last) && isCutOff(last['terminated']);
}

/** The minor of the Kubernetes that a program belongs to; the usual one where its tag does not say. */
export const minorOfRun = ({ version }: Run): number => minorOf(version) ?? 33;

/** When the member of etcd beside a program was removed, within its run, Unix time in ms; undefined where it was not. */
export const removedAt = ({ past, node, since }: Run): number | undefined =>
  past?.members.find(({ name, removed }) => name === node && removed !== undefined && removed > since)?.removed;

/** When the leaders on a run's Node could not renew their Leases in time, and ended: as far as their Pods tell. Unix time in ms. */
export function strains(run: Run): { at: number; lease: string; address: string }[] {
  return all(run, 'pods').flatMap(({ metadata, spec, status }) => {
    const lease = metadata.labels?.['component'] ?? '';
    if (spec?.['nodeName'] !== run.node || !/^kube-(scheduler|controller-manager)$/.test(lease)) return [];
    return records(status?.['containerStatuses']).flatMap(({ lastState }) => {
      const terminated = (lastState as { terminated?: { finishedAt?: string } } | undefined)?.terminated;
      if (isCutOff(terminated)) return [];
      const ended = timeOf(terminated?.finishedAt);
      // That nobody could write for want of a quorum is told of otherwise.
      const isAlone = run.past?.outages?.some(({ from, to }) => from <= ended && !(to !== undefined && to < ended));
      return Number.isNaN(ended) || isAlone ? [] : [{ at: ended, lease, address: String(status?.['hostIP'] ?? '') }];
    });
  });
}
