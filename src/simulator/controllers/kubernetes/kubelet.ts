/** Kubelets: Pods on Nodes begin, run, end and begin again. After k8s.io/kubernetes/pkg/kubelet: its steps, reasons, words. */

import { digest } from '../digest.ts';
import { equal } from '../json.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { endOf, lifeOf } from './container-life.ts';
import { pull, running, waiting } from './container-status.ts';
import { podAddress } from './pod-address.ts';
import { isActive } from './pods.ts';
import type { Container, ContainerStatus, WorkCondition, WorkPod } from './shapes.ts';
import { each, earliest, event, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kubelet';
/** Until an image is there and its container runs: from, and up to so much more, ms. */
const begin = { least: 1500, more: 2500 };
/** How long what has failed is left alone, ms: doubled each time. */
const rest = { first: 10_000, most: 300_000 };

/** One turn for every Pod that has a Node. */
export function kubelets(picture: Picture): Turn {
  const nodes = new Map(picture.nodes.map((node) => [node.metadata.name, node]));
  const placed = picture.pods.filter((pod) => pod.spec.nodeName);
  const on = (pod: WorkPod, silent: (node: Node) => Turn, up: (node: Node) => Turn): Turn => {
    const node = nodes.get(pod.spec.nodeName!);
    // The collector of Pods: of a Node that is gone nothing is left.
    if (!node) return { writes: [remove('kube-controller-manager', pod, 0)] };
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === 'Unknown' ? silent(node) : up(node);
  };
  const living = each(placed.filter(isActive), (pod) =>
    on(
      pod,
      (node) => lost(picture, pod, node),
      (node) => lived(picture, pod, node),
    ),
  );
  // Of a Node that is silent nobody hears that they have ended.
  const none = () => ({ writes: [] });
  const going = each(placed, (pod) => on(pod, none, (node) => ended(picture, pod, node)), true);
  return { writes: [...living.writes, ...going.writes], again: earliest([living.again, going.again]) };
}

/** It was deleted: its containers are told to end, and once they have it is gone. */
function ended(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { now } = picture;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, uid } = pod.metadata;
  const grace = (deletionGracePeriodSeconds ?? 0) * 1000;
  const since = Date.parse(deletionTimestamp ?? '') - grace;
  const before = pod.status?.containerStatuses ?? [];
  const writes: Write[] = [];
  const times: number[] = [];
  const containers = before.map((last): ContainerStatus => {
    const container = pod.spec.containers.find(({ name }) => name === last.name);
    const { running: runs } = last.state;
    if (!runs || !container) return last;
    const { ms, exitCode } = endOf(container, grace, `${uid}/${last.name}`);
    if (picture.first(`${uid}/${last.name}/killing`)) {
      const told = { type: 'Normal', reason: 'Killing', message: `Stopping container ${last.name}` } as const;
      const field = `spec.containers{${last.name}}`;
      writes.push(event(by, pod, { ...told, component: 'kubelet', host: node.metadata.name, field }));
    }
    if (now < since + ms) {
      times.push(since + ms);
      return last;
    }
    const terminated = {
      ...{ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: runs.startedAt },
      ...{ finishedAt: timestamp(now), containerID: last.containerID },
    };
    return { ...last, ready: false, started: false, state: { terminated } };
  });
  if (!equal(containers, before)) {
    const status = whole(picture, pod, containers, {});
    writes.unshift(update(by, { ...pod, status } as KubeObject, '/status'));
  }
  if (times.length > 0) return { writes, again: Math.min(...times) };
  // What a finalizer holds has been told of already.
  if (grace === 0) return { writes };
  return { writes: [...writes, remove(by, pod, 0)] };
}

/** The Node is silent: its Pods count as not ready, and are taken away after the time that they tolerate. */
function lost({ now }: Picture, pod: WorkPod, node: Node): Turn {
  const since = Date.parse(node.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');
  const key = 'node.kubernetes.io/unreachable';
  const tolerated = (pod.spec.tolerations ?? []).filter((one) => !one.key || one.key === key);
  const seconds = tolerated.some((one) => one.tolerationSeconds === undefined)
    ? undefined
    : Math.max(0, ...tolerated.map((one) => one.tolerationSeconds ?? 0));
  const until = seconds === undefined ? undefined : since + seconds * 1000;
  if (until !== undefined && now >= until) return { writes: [remove('kube-controller-manager', pod)] };
  const old = pod.status?.conditions ?? [];
  const conditions = old.map((one) =>
    one.type === 'Ready' && one.status === 'True'
      ? { ...one, status: 'False', reason: 'NodeNotReady', lastTransitionTime: timestamp(now) }
      : one,
  );
  const status = { ...pod.status, conditions };
  const told = equal(conditions, old)
    ? []
    : [update('kube-controller-manager', { ...pod, status } as KubeObject, '/status')];
  return { writes: told, again: until };
}

function lived(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { now } = picture;
  const { status = {} } = pod;
  const told: Write[] = [];
  const tell = (reason: string, message: string, container?: string, type: 'Normal' | 'Warning' = 'Normal') =>
    told.push(
      event(by, pod, {
        ...{ type, reason, message, component: 'kubelet', host: node.metadata.name },
        ...(container ? { field: `spec.containers{${container}}` } : {}),
      }),
    );
  const hostIP = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const host = hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {};
  const done = (containers: ContainerStatus[], more: object, again?: number): Turn => {
    const next = whole(picture, pod, containers, { ...host, ...more });
    const write = equal(next, status) ? [] : [update(by, { ...pod, status: next } as KubeObject, '/status')];
    return { writes: [...write, ...told], again };
  };
  const startTime = status.startTime ?? timestamp(now);
  const before = status.containerStatuses;
  if (!before) {
    for (const { name, image } of pod.spec.containers) tell('Pulling', `Pulling image "${image}"`, name);
    const containers = pod.spec.containers.map((container) => waiting(container, 'ContainerCreating'));
    return done(containers, { startTime }, now + delayOf(pod));
  }
  const due = Date.parse(startTime) + delayOf(pod);
  const agains: (number | undefined)[] = [];
  const containers = pod.spec.containers.map((container, at): ContainerStatus => {
    const last = before[at] ?? waiting(container, 'ContainerCreating');
    const next = stepped(picture, pod, container, last, due);
    if (next.state.running && !last.state.running) {
      if (last.restartCount === 0 && !last.lastState.terminated)
        tell('Pulled', pull(container, delayOf(pod)), container.name);
      tell('Created', `Created container: ${container.name}`, container.name);
      tell('Started', `Started container ${container.name}`, container.name);
    }
    if (next.state.waiting?.reason === 'CrashLoopBackOff' && last.state.waiting?.reason !== 'CrashLoopBackOff') {
      const { name, namespace, uid } = pod.metadata;
      const words = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
      tell('BackOff', words, container.name, 'Warning');
    }
    agains.push(againOf(pod, container, next, due, now));
    return next;
  });
  return done(containers, { startTime }, earliest(agains));
}

const delayOf = ({ metadata }: WorkPod): number =>
  begin.least + (Number.parseInt(digest(metadata.uid ?? metadata.name).slice(0, 4), 16) / 0xffff) * begin.more;

const ends = ({ metadata, spec }: WorkPod): boolean =>
  spec.restartPolicy !== 'Always' || (metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false);

/** When the next thing happens to a container, Unix ms. */
function againOf(
  pod: WorkPod,
  container: Container,
  { state, restartCount, lastState }: ContainerStatus,
  due: number,
  now: number,
) {
  if (state.running) {
    const { ms } = lifeOf(container, ends(pod));
    return ms === undefined ? undefined : Date.parse(state.running.startedAt) + ms;
  }
  if (!state.waiting) return undefined;
  const end = lastState.terminated?.finishedAt;
  return end === undefined ? Math.max(due, now) : Date.parse(end) + pauseOf(restartCount);
}

/** How long a container rests before it begins again for the `count`th time more. The first time it does at once. */
const pauseOf = (count: number): number => (count === 0 ? 1000 : Math.min(rest.most, rest.first * 2 ** (count - 1)));

function stepped(
  { now }: Picture,
  pod: WorkPod,
  container: Container,
  last: ContainerStatus,
  due: number,
): ContainerStatus {
  const { state, lastState, restartCount } = last;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (state.waiting) {
    const end = lastState.terminated?.finishedAt;
    if (end === undefined) return now >= due ? running(pod, container, 0, now, {}) : last;
    if (now < Date.parse(end) + pauseOf(restartCount)) return last;
    return running(pod, container, restartCount + 1, now, lastState);
  }
  if (!state.running) return last;
  const { ms, exitCode } = lifeOf(container, ends(pod));
  const { startedAt } = state.running;
  if (ms === undefined || now < Date.parse(startedAt) + ms) return last;
  const terminated = {
    ...{ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt, finishedAt: timestamp(now) },
    containerID: last.containerID,
  };
  const over = { ...last, ready: false, started: false };
  if (policy === 'Never' || (policy === 'OnFailure' && exitCode === 0)) return { ...over, state: { terminated } };
  const { name, namespace, uid } = pod.metadata;
  const message = `back-off ${pauseOf(restartCount) / 1000}s restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
  const reason = { reason: 'CrashLoopBackOff', message };
  return { ...over, state: { waiting: reason }, lastState: { terminated } };
}

/** The status of a Pod whose containers are as told. */
function whole(picture: Picture, pod: WorkPod, containers: ContainerStatus[], more: object) {
  const { status = {} } = pod;
  const at = timestamp(picture.now);
  const over = containers.every(({ state }) => state.terminated);
  const failed = containers.some(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
  const begun = containers.some(({ state, lastState }) => state.running || lastState.terminated || state.terminated);
  const phase = over ? (failed ? 'Failed' : 'Succeeded') : begun ? 'Running' : 'Pending';
  const bad = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const why = over && !failed ? { reason: 'PodCompleted' } : unready(bad);
  const set = (type: string, good: boolean, reason: object = {}): WorkCondition => {
    const wanted = good ? 'True' : 'False';
    const last = status.conditions?.find((one) => one.type === type);
    const since = last?.status === wanted ? last.lastTransitionTime : at;
    return { type, status: wanted, lastProbeTime: null, lastTransitionTime: since, ...(good ? {} : reason) };
  };
  const conditions = [
    set('PodReadyToStartContainers', begun && !over),
    set('Initialized', true, {}),
    set('Ready', bad.length === 0, why),
    set('ContainersReady', bad.length === 0, why),
    set('PodScheduled', true),
  ];
  const { hostIP } = more as { hostIP?: string };
  const address = pod.spec.hostNetwork ? hostIP : begun ? addressIn(picture, pod) : undefined;
  const podIP = status.podIP ?? address;
  return {
    ...status,
    ...{ phase, conditions, ...more, containerStatuses: containers },
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
  };
}

const unready = (names: readonly string[]) => ({
  ...{ reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` },
});

/** An address of the Pod network that no other Pod has. */
function addressIn({ network, pods, others }: Picture, { metadata }: WorkPod): string | undefined {
  const taken = new Set([...pods, ...others].map(({ status }) => status?.podIP));
  for (let turn = 0; turn < 64; turn += 1) {
    const address = podAddress(network, `${metadata.uid}/${turn}`);
    if (address === undefined || !taken.has(address)) return address;
  }
  return undefined;
}
