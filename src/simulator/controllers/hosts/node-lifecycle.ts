/** What the node lifecycle controller of a cluster writes about Nodes that are cordoned or silent. Source: kubernetes. */

import { digest } from '../digest.ts';
import { kinds } from '../kinds.ts';
import { annotate } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Node, NodeCondition, Taint } from '../shapes/core.ts';
import { kubeletTells, registration } from './node-events.ts';
import { give } from './pod-cidr.ts';

/** The program of the controllers that write on Nodes. */
export const nodeController = 'kube-controller-manager';

const lostReason = 'NodeStatusUnknown';
const lostMessage = 'Kubelet stopped posting node status.';
const unreachable = 'node.kubernetes.io/unreachable';
const notReady = 'node.kubernetes.io/not-ready';
/** With this taint Cluster API lets its workers begin, until it has written on them what it has to. */
export const uninitialized = 'node.cluster.x-k8s.io/uninitialized';
const unschedulable = 'node.kubernetes.io/unschedulable';

/** The controller looks at all Nodes so often, ms (its nodeMonitorPeriod), and at this time of each of them. */
const round = { period: 5000, phase: 2340 };

/** Of one that has just come to lead it comes so long after that, ms: it has to read everything first. */
export const firstRound = 3470;

/** When it looks next after a time, both in ms. */
export const nextRound = (after: number): number =>
  (Math.floor((after - round.phase) / round.period) + 1) * round.period + round.phase;

/** A kubelet looks at its own Node so often, ms (its nodeStatusUpdateFrequency). */
const sync = 10_000;

/** When the kubelet of a Node, by its name, looks at it next after a time, both in ms. */
function nextSync(name: string, after: number): number {
  const phase = Number.parseInt(digest(`sync/${name}`).slice(0, 6), 16) % sync;
  return (Math.floor((after - phase) / sync) + 1) * sync + phase;
}

/** Registers what follows the Nodes of all workload clusters: who is cordoned is tainted, who comes and goes is told of. */
export function nodeLifecycle(rt: Runtime): void {
  const clusters = rt.informer(kinds.Cluster);
  const stays = (name: string) => {
    const cluster = clusters.get(name);
    return cluster !== undefined && cluster.metadata.deletionTimestamp === undefined;
  };
  /** Those that are no more, until the next round. */
  const gone = new Map<string, Node>();
  const monitor = rt.controller('node-monitor', async (key) => {
    const [cluster = '', name = ''] = key.split('/');
    const left = gone.get(key);
    gone.delete(key);
    // With a cluster that goes everything goes: nobody is left to tell.
    if (!stays(cluster)) return undefined;
    const nodes = await rt.nodes(cluster);
    const node = nodes.informer.get(name);
    // One that has gone and come between two rounds has been there all the time: Nodes are known by name.
    if (left && !node) await registration(nodes, left, 'RemovingNode');
    if (node && !left) await registration(nodes, node, 'RegisteredNode');
    return undefined;
  });
  const controller = rt.controller('node-lifecycle', async (key) => {
    const [cluster = '', name = ''] = key.split('/');
    const nodes = await rt.nodes(cluster);
    const node = nodes.informer.get(name);
    if (!node || !isTaintWrong(node)) return undefined;
    const { client } = nodes.as(nodeController);
    await client.change(kinds.Node, node, (draft) => taintCordoned(draft, rt.timestamp()));
    return undefined;
  });
  /** What the kubelets of Nodes have seen last, by uid: whether they were cordoned. */
  const seen = new Map<string, boolean>();
  const machines = rt.informer(kinds.Machine);
  const isLeaving = (cluster: string, name: string): boolean =>
    machines
      .list()
      .some(
        ({ metadata, spec, status }) =>
          metadata.deletionTimestamp && spec?.clusterName === cluster && status?.nodeRef?.name === name,
      );
  const kubelet = rt.controller('kubelet-sync', async (key) => {
    const [cluster = '', name = ''] = key.split('/');
    const nodes = await rt.nodes(cluster);
    const node = nodes.informer.get(name);
    // A kubelet that is silent tells nothing.
    if (!node || isLost(node) || rt.silences.on(cluster, name)) return undefined;
    const uid = node.metadata.uid ?? '';
    const cordoned = isCordoned(node);
    if (seen.get(uid) === cordoned) return undefined;
    seen.set(uid, cordoned);
    const self = { node: name, boot: node.status?.nodeInfo?.bootID ?? '' };
    await kubeletTells(nodes, self, cordoned ? 'NodeNotSchedulable' : 'NodeSchedulable');
    return undefined;
  });
  rt.onNode((node, cluster, change) => {
    const key = `${cluster}/${node.metadata.name}`;
    const now = rt.clock.now();
    // Those that were there before have been told of.
    const isNew = change === 'added' && now - Date.parse(node.metadata.creationTimestamp ?? '') < 2000;
    if (change === 'deleted' && stays(cluster)) gone.set(key, node);
    if (isNew || gone.has(key)) monitor.enqueueAfter(key, nextRound(now * rt.speed) - now * rt.speed);
    const { name, uid = '' } = node.metadata;
    if (change === 'deleted') seen.delete(uid);
    else if (!seen.has(uid)) seen.set(uid, isCordoned(node));
    else if (seen.get(uid) !== isCordoned(node)) {
      // As Pods it goes by the clock, but where its host is on its way out, which others bring about by their own pace.
      const [fast, slow] = isLeaving(cluster, name) ? [rt.speed, 1] : [1, rt.speed];
      kubelet.enqueueAfter(key, (nextSync(name, now * fast) - now * fast) * slow);
    }
    if (change !== 'deleted' && isTaintWrong(node)) controller.enqueue(key);
  });
}

const isCordoned = ({ spec }: Node): boolean => spec?.unschedulable === true;

const isTaintWrong = (node: Node): boolean =>
  isCordoned(node) !== (node.spec?.taints?.some(({ key }) => key === unschedulable) ?? false);

/** Gives a Node the taint of one that is cordoned, or takes it off. */
function taintCordoned(draft: Node, at: string): void {
  const others = (draft.spec?.taints ?? []).filter(({ key }) => key !== unschedulable);
  const own = { key: unschedulable, effect: 'NoSchedule', timeAdded: at };
  const taints = draft.spec?.unschedulable === true ? [...others, own] : others;
  draft.spec = { ...draft.spec, taints };
  if (taints.length === 0) delete draft.spec.taints;
}

/** Whether a Node has been called lost. */
export function isLost(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'Unknown') ?? false;
}

/** Writes into `draft` that its kubelet is silent, at the time `at`: every condition is unknown, and pods must go. */
export function lostNode(draft: Node, at: string): void {
  const conditions = (draft.status?.conditions ?? []).map(
    (condition): NodeCondition =>
      // Of its network somebody else speaks.
      condition.status === 'Unknown' || condition.type === 'NetworkUnavailable'
        ? condition
        : { ...condition, status: 'Unknown', reason: lostReason, message: lostMessage, lastTransitionTime: at },
  );
  draft.status = { ...draft.status, conditions };
  taint(draft, unreachable, at);
}

/** What the API server itself lets every new Node begin with. Source: k8s.io/kubernetes/plugin/pkg/admission/nodetaint. */
export const newNode: Taint = { key: notReady, effect: 'NoSchedule' };

/** What the controllers of a cluster write on a Node that has just come, at the time `at`. */
export function welcome(draft: Node, share: string | undefined, at: string): void {
  give(draft, share);
  annotate(draft, { 'node.alpha.kubernetes.io/ttl': '0' });
  const taints = [...(draft.spec?.taints ?? []), { key: notReady, effect: 'NoExecute', timeAdded: at }];
  draft.spec = { ...draft.spec, taints };
}

/** Takes the taints of a Node off that is Ready again. */
export const untaint = (draft: Node): void => without(draft, unreachable, notReady);

/** Takes off what kept Pods from a worker as long as Cluster API did not know it. */
export const initialized = (draft: Node): void => without(draft, uninitialized);

function without(draft: Node, ...keys: string[]): void {
  if (!draft.spec?.taints) return;
  const taints = draft.spec.taints.filter(({ key }) => !keys.includes(key));
  if (taints.length > 0) draft.spec.taints = taints;
  else delete draft.spec.taints;
}

function taint(draft: Node, key: string, at: string): void {
  untaint(draft);
  draft.spec = {
    ...draft.spec,
    taints: [
      ...(draft.spec?.taints ?? []),
      { key, effect: 'NoSchedule', timeAdded: at },
      { key, effect: 'NoExecute', timeAdded: at },
    ],
  };
}
