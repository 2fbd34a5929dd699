/** Kubelets: Pods on Nodes begin, run, end and begin again. After k8s.io/kubernetes/pkg/kubelet: its steps, reasons, words. */

import { equal } from '../json.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { ableOf, seen, settled, withObserved } from './container-status.ts';
import { bootedAt } from './container-turn.ts';
import { lived } from './pod-life.ts';
import { isPrepared, podStatus } from './pod-status.ts';
import { isActive } from './pods.ts';
import type { WorkPod } from './shapes.ts';
import { outlived, stopped } from './stopping.ts';
import { driven, evicted, patience } from './taints.ts';
import { each, earliest, event, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kubelet';

/** While nobody has noticed that a kubelet says nothing, it is looked again so soon whether it speaks, ms. */
const unnoticed = 2000;

/** One turn for every Pod that has a Node. */
export function kubelets(picture: Picture): Turn {
  picture.since(BEGUN);
  const nodes = new Map(picture.nodes.map((node) => [node.metadata.name, node]));
  // One that is silent at the first look may have been booted anew at the next.
  for (const node of picture.nodes) bootedAt(picture, node);
  const placed = picture.pods.filter((pod) => pod.spec.nodeName);
  const on = (pod: WorkPod, silent: (node: Node) => Turn, up: (node: Node) => Turn): Turn => {
    const node = nodes.get(pod.spec.nodeName!);
    if (!node) return orphaned(picture, pod);
    // A host that serves again knows nothing of what ran there before.
    if (isOlder(pod, node)) return { writes: [remove(by, pod, 0)] };
    return isSilent(node) ? silent(node) : up(node);
  };
  /** What a kubelet does, while it does anything. */
  const spoken = (node: Node, does: () => Turn): Turn =>
    picture.silence(node.metadata.name) ? { writes: [], again: picture.now + unnoticed } : does();
  const living = each(picture, placed.filter(isActive), (pod) =>
    on(
      pod,
      (node) => lost(picture, pod, node),
      (node) =>
        driven(picture, pod, node) ?? spoken(node, () => overdue(picture, pod, node) ?? goesOn(picture, pod, node)),
    ),
  );
  // Of a Node that is silent nobody hears that they have ended.
  const none = () => ({ writes: [] });
  const going = each(
    picture,
    placed,
    (pod) => on(pod, none, (node) => spoken(node, () => ended(picture, pod, node))),
    true,
  );
  // What somebody else keeps is left alone, until there is no Node that it could be on.
  // What has ended on it goes with it.
  const over = placed.filter((pod) => isOver(pod) && pod.metadata.deletionTimestamp === undefined);
  const left = [...picture.others, ...over].filter(({ spec }) => spec.nodeName && !nodes.has(spec.nodeName));
  const collected = [false, true].map((isGone) => each(picture, left, (pod) => orphaned(picture, pod), isGone));
  // What drives Pods from a Node does not ask who keeps them.
  const kept = picture.others.filter(isActive);
  const given = each(picture, kept, (pod) => {
    const node = nodes.get(pod.spec.nodeName ?? '');
    if (!node || !isSilent(node)) return (node && driven(picture, pod, node)) ?? { writes: [] };
    const turn = givenUp(picture, pod, node);
    return { writes: [...calledUnready(picture, pod, node), ...(turn?.writes ?? [])], again: turn?.again };
  });
  const turns = [living, going, given, ...collected];
  return { writes: turns.flatMap(({ writes }) => writes), again: earliest(turns.map(({ again }) => again)) };
}

const isSilent = (node: Node): boolean => readyOf(node)?.status === 'Unknown';
const readyOf = ({ status }: Node) => status?.conditions?.find(({ type }) => type === 'Ready');

const isOlder = ({ status }: WorkPod, { metadata }: Node): boolean =>
  status?.startTime !== undefined && Date.parse(status.startTime) < Date.parse(metadata.creationTimestamp ?? '');

/** How long the collector of Pods believes that a Node may come back, and how often it looks, ms of the time in which hosts do. */
const quarantine = 40_000;
const collecting = 20_000;

const isOver = ({ status }: WorkPod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Of a Node that is gone nothing is left in the end: k8s.io/kubernetes/pkg/controller/podgc. */
function orphaned({ now, nodes, since, speed }: Picture, pod: WorkPod): Turn {
  const gone = since(`${pod.spec.nodeName}/${pod.metadata.uid}/orphaned`);
  // No host is installed anew before that: its new kubelet meets none of them.
  const pace = collecting / speed;
  const until = Math.ceil((gone + quarantine / speed) / pace) * pace;
  if (now < until) return { writes: [], again: until };
  const told = {
    ...{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', lastProbeTime: null },
    ...{ lastTransitionTime: timestamp(now), message: 'PodGC: node no longer exists' },
    ...seen(nodes, pod.metadata),
  } as const;
  const conditions = [...(pod.status?.conditions ?? []), told];
  const status = { ...pod.status, phase: 'Failed', conditions };
  const collector = 'kube-controller-manager';
  const fresh = update(collector, { ...pod, status } as KubeObject, '/status');
  // Of what has ended nothing is written any more.
  const isTold = isOver(pod) || pod.status?.conditions?.some(({ type }) => type === told.type);
  return { writes: [...(isTold ? [] : [fresh]), remove(collector, pod, 0)] };
}

/** It was deleted: its containers are told to end, and once they have it is gone. */
function ended(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const grace = (deletionGracePeriodSeconds ?? 0) * 1000;
  const { writes, again, ...told } = stopped(picture, pod, node, Date.parse(deletionTimestamp ?? '') - grace, grace);
  const init = told.init.map((one) => settled(one, false));
  const isLast = again === undefined;
  const ready = init.every((one) => isPrepared(pod, one));
  const main = told.main.map((one) => settled(one, isLast && ready));
  // What never came so far has failed, too.
  const phase = isLast && main.some(({ state }) => !state.terminated) ? 'Failed' : true;
  // That it is to end is another state of it: to have seen that is told, too.
  const known = [pod.status?.containerStatuses ?? [], pod.status?.['initContainerStatuses'] ?? []];
  const isSame = (phase === true || pod.status?.phase === phase) && equal([main, init], known);
  const status = isSame
    ? withObserved(pod.status ?? {}, pod.metadata, ableOf(node))
    : podStatus(picture, pod, { init, main }, {}, phase);
  if (pod.status && !equal(status, pod.status)) writes.unshift(update(by, { ...pod, status } as KubeObject, '/status'));
  // What a finalizer holds has been told of already.
  if (again !== undefined || grace === 0) return { writes, again };
  return { writes: [...writes, remove(by, pod, 0)] };
}

/** A Pod that nothing ends from without: once its work is done, what stays beside it is told to end, and else it lives. */
const goesOn = (picture: Picture, pod: WorkPod, node: Node): Turn =>
  outlived(picture, pod, node) ?? lived(picture, pod, node);

/** A Pod that may be there for so long only: its containers are told to end, and once they have it has failed. */
function overdue(picture: Picture, pod: WorkPod, node: Node): Turn | undefined {
  const { activeDeadlineSeconds, terminationGracePeriodSeconds = 30 } = pod.spec;
  const { startTime } = pod.status ?? {};
  if (typeof activeDeadlineSeconds !== 'number' || !startTime) return undefined;
  const until = Date.parse(startTime) + activeDeadlineSeconds * 1000;
  if (picture.now < until) {
    const turn = goesOn(picture, pod, node);
    return { ...turn, again: earliest([turn.again, until]) };
  }
  const reason = 'DeadlineExceeded';
  const message = 'Pod was active on the node longer than the specified deadline';
  const grace = Number(terminationGracePeriodSeconds) * 1000;
  const { writes, again, init, main } = stopped(picture, pod, node, until, grace);
  if (picture.first(`${pod.metadata.uid}/${reason}`)) {
    const told = { type: 'Normal', reason, message, component: 'kubelet', host: node.metadata.name } as const;
    writes.unshift(event(by, pod, told));
  }
  // It is Running until the last of them has ended.
  const isLast = again === undefined;
  if (!isLast && equal(main, pod.status?.containerStatuses)) return { writes, again };
  const next = podStatus(picture, pod, { init, main }, {}, isLast ? 'Failed' : true);
  const status = isLast ? { ...next, reason, message } : next;
  return { writes: [update(by, { ...pod, status } as KubeObject, '/status'), ...writes], again };
}

/** The deletion of a Pod on a Node that is silent, or when it is due; undefined where it stays for good. */
function givenUp(picture: Picture, pod: WorkPod, node: Node): Turn | undefined {
  const seconds = patience(pod);
  if (seconds === undefined) return undefined;
  const until = Date.parse(readyOf(node)?.lastTransitionTime ?? '') + seconds * 1000;
  // Of one that does not say since when it is silent nobody knows.
  if (Number.isNaN(until)) return undefined;
  return picture.now >= until ? evicted(picture, pod) : { writes: [], again: until };
}

/** When these controllers began to look. */
const BEGUN = 'begun';
const unready = { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' } as const;

/** Of a Pod that somebody else keeps it is told, each time that its Node ceases to be ready, that it is not: nothing but that. */
function calledUnready({ silence, since, rises }: Picture, pod: WorkPod, node: Node): Write[] {
  const at = Date.parse(readyOf(node)?.lastTransitionTime ?? '');
  const ran = pod.status?.conditions?.some(({ type, status }) => type === 'ContainersReady' && status === 'True');
  // Of what was before them others have told.
  if (!ran || silence(node.metadata.name)?.neverReady || !(at >= Math.floor(since(BEGUN) / 1000) * 1000)) return [];
  if (!rises(`${pod.metadata.uid}/unready`, at)) return [];
  return [event('kube-controller-manager', pod, { ...unready, component: 'node-controller' })];
}

/** The Node is silent: its Pods count as not ready, and are taken away after the time that they tolerate. */
function lost(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { now } = picture;
  const controller = 'kube-controller-manager';
  const turn = givenUp(picture, pod, node);
  if (turn && turn.writes.length > 0) return turn;
  const until = turn?.again;
  // Only that a Node ceases to be ready is told of its Pods: k8s.io/kubernetes/pkg/controller/nodelifecycle, monitorNodeHealth.
  if (picture.silence(node.metadata.name)?.neverReady) return { writes: [], again: until };
  const old = pod.status?.conditions ?? [];
  const conditions = old.map((one) =>
    one.type === 'Ready' && one.status === 'True'
      ? { ...one, status: 'False', lastTransitionTime: timestamp(now) }
      : one,
  );
  if (equal(conditions, old)) return { writes: [], again: until };
  const status = { ...pod.status, conditions };
  const writes = [
    update(controller, { ...pod, status } as KubeObject, '/status'),
    event(controller, pod, { ...unready, component: 'node-controller' }),
  ];
  return { writes, again: until };
}
