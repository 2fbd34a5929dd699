/** A Pod on a Node that is up: what prepares it, what it runs, and what is told of both. */

import { equal } from '../json.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { waiting } from './container-status.ts';
import { isFresh, type Step, stepOf } from './container-turn.ts';
import { type Containers, isPrepared, podStatus } from './pod-status.ts';
import type { Tell } from './pod-words.ts';
import { sandboxAgain, sandboxFailure, unplugged } from './sandbox.ts';
import type { Container, ContainerStatus, WorkCondition, WorkPod } from './shapes.ts';
import { spared } from './taints.ts';
import { unmounted } from './tries.ts';
import { earliest, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kubelet';

/** One turn of a Pod's kubelet. */
export function lived(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { now } = picture;
  const { status = {} } = pod;
  const writes: Write[] = [];
  const tell: Tell = (reason, message, field, type = 'Normal') => {
    const told = { type, reason, message, component: 'kubelet', host: node.metadata.name };
    writes.push(event(by, pod, { ...told, ...(field ? { field } : {}) }));
  };
  const hostIP = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const startTime = status.startTime ?? timestamp(now);
  const more = { ...(hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {}), startTime };
  const { reachable, reached, times } = sandboxed(picture, pod, node, Date.parse(startTime), tell);
  const step = stepOf({ picture, pod, node, tell, writes, times, reachable, reached });
  const containers = prepared(pod, Date.parse(startTime), step);
  const added = debuggers(picture, pod, step);
  const next = podStatus(picture, pod, containers, { ...more, ...added });
  if (isBack(status, next)) writes.push(...spared(pod));
  const write = equal(next, status) ? [] : [update(by, { ...pod, status: next } as KubeObject, '/status')];
  const again = earliest(times.filter((at) => at !== undefined && Number.isFinite(at)));
  return { writes: [...write, ...writes], again };
}

/** How often a network that is missing is looked for, ms. */
const searching = 3000;

const MOUNTED = { volumes: [], failures: [], again: undefined };
const NO_NETWORK =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

/**
 * Whether the containers of a Pod can begin: its volumes are mounted, and its sandbox has a network. What hinders it is told, and looked
 * at again at `times`. `reached`: since when nothing has hindered it, Unix time in ms, as is `since`, when its Node took it on.
 */
function sandboxed(picture: Picture, pod: WorkPod, node: Node, since: number, tell: Tell) {
  const { now } = picture;
  const { status = {}, spec } = pod;
  const { uid } = pod.metadata;
  const mounts = status.phase === 'Pending' ? unmounted(picture, pod, since) : MOUNTED;
  const times: (number | undefined)[] = [mounts.again];
  for (const words of mounts.failures) tell('FailedMount', words, undefined, 'Warning');
  const isMounted = mounts.volumes.length === 0;
  const isConnected = spec.hostNetwork === true || isReady(node);
  const cut = isConnected && isMounted ? unplugged(picture, pod, node) : undefined;
  if (cut !== undefined) {
    const lasts = now - picture.since(`${uid}/unplugged`);
    const turn = Math.floor(lasts / sandboxAgain);
    times.push(now + (lasts < searching ? 1000 : searching));
    // To try it takes its time.
    if (lasts >= 1000 && picture.first(`${uid}/sandbox/${turn}`))
      tell('FailedCreatePodSandBox', sandboxFailure(cut, pod, turn), undefined, 'Warning');
  }
  const reachable = isConnected && cut === undefined && isMounted;
  // Nothing is pulled before there is a network.
  const isNew = spec.containers.some((_, at) => isFresh(status.containerStatuses?.[at]));
  const reached = Math.max(since, reachable && isNew ? picture.since(`${uid}/reached`) : 0);
  if (!isConnected && isMounted && !status.containerStatuses && picture.first(`${uid}/network`)) {
    tell('NetworkNotReady', NO_NETWORK, undefined, 'Warning');
  }
  return { reachable, reached, times };
}

/** Whether a Pod is ready again whose containers have been so all the time: its Node was silent. */
function isBack(before: NonNullable<WorkPod['status']>, after: { conditions: WorkCondition[] }): boolean {
  const is = (conditions: readonly WorkCondition[] | undefined, type: string) =>
    conditions?.find((one) => one.type === type)?.status === 'True';
  const was = before.conditions;
  return is(was, 'ContainersReady') && !is(was, 'Ready') && is(after.conditions, 'Ready');
}

/** Containers that somebody has added to a Pod that runs: each runs once. */
function debuggers({ since }: Picture, { metadata, spec, status }: WorkPod, step: Step): object {
  const added = (spec['ephemeralContainers'] ?? []) as Container[];
  if (added.length === 0) return {};
  const known = (status?.['ephemeralContainerStatuses'] ?? []) as ContainerStatus[];
  const ephemeralContainerStatuses = added.map((container) => {
    const field = `spec.ephemeralContainers{${container.name}}`;
    const last = known.find(({ name }) => name === container.name);
    return {
      ...step(container, last, field, since(`${metadata.uid}/${field}`), { policy: 'Never', ends: false }),
      ready: false,
    };
  });
  return { ephemeralContainerStatuses };
}

/** All containers, each as far as those before it let it come. */
function prepared(pod: WorkPod, since: number, step: Step): Containers {
  const { spec, status = {} } = pod;
  const known = (status['initContainerStatuses'] ?? []) as ContainerStatus[];
  let from: number | undefined = since;
  const init = (spec.initContainers ?? []).map((container, at): ContainerStatus => {
    const last = known[at] ?? waiting(container, 'PodInitializing');
    if (from === undefined) return last;
    const stays = container['restartPolicy'] === 'Always';
    const policy = stays ? 'Always' : spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    const next = step(container, last, `spec.initContainers{${container.name}}`, from, { policy, ends: !stays });
    const whole = stays ? next : { ...next, ready: next.state.terminated?.exitCode === 0 };
    const { terminated, running } = whole.state;
    const end = Date.parse(terminated?.finishedAt ?? running?.startedAt ?? '');
    from = isPrepared(pod, whole) ? end : undefined;
    return whole;
  });
  const main = spec.containers.map((container, at): ContainerStatus => {
    const last = status.containerStatuses?.[at];
    if (from === undefined) return last ?? waiting(container, 'PodInitializing');
    return step(container, last, `spec.containers{${container.name}}`, from);
  });
  return { init, main };
}
