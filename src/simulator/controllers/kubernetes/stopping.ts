/** How the containers of a Pod are told to end: those that do its work, and after them what stays beside it. After pkg/kubelet/kuberuntime. */

import { equal } from '../json.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { endOf, lifeOf } from './container-life.ts';
import { settled } from './container-status.ts';
import { isOver } from './container-steps.ts';
import { isToEnd } from './container-turn.ts';
import { isStaying, podStatus } from './pod-status.ts';
import type { Container, ContainerStatus, WorkPod } from './shapes.ts';
import { earliest, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kubelet';
/** What stays beside a Pod has so long at least, ms: minimumGracePeriodInSeconds. */
const least = 2000;

const initOf = ({ status }: WorkPod) => (status?.['initContainerStatuses'] ?? []) as ContainerStatus[];

/**
 * The containers of a Pod that were told to end at a time, with `grace`, both in ms: those that have, what is told of it, and when the next
 * one does. What stays beside the others is told so once they have ended.
 */
export function stopped(picture: Picture, pod: WorkPod, node: Node, since: number, grace: number) {
  const work = partOf(picture, pod, node, 'containers', since, grace);
  const init = initOf(pod);
  if (work.again !== undefined) return { writes: work.writes, main: work.containers, init, again: work.again };
  const then = Math.max(since, lastEnd(work.containers));
  const left = grace === 0 ? 0 : Math.max(least, grace - (then - since));
  const rest = partOf(picture, pod, node, 'initContainers', then, left);
  const writes = [...work.writes, ...rest.writes];
  return { writes, main: work.containers, init: rest.containers, again: rest.again };
}

/**
 * A Pod whose work is done, and beside which something stays: that is told to end, and until then the Pod runs. Undefined of any other.
 * Source: pkg/kubelet/kuberuntime, computePodActions; pkg/kubelet, getPhase.
 */
export function outlived(picture: Picture, pod: WorkPod, node: Node): Turn | undefined {
  const { restartPolicy = 'Always', terminationGracePeriodSeconds = 30 } = pod.spec;
  const main = pod.status?.containerStatuses ?? [];
  const isDone = main.length > 0 && main.every((one) => isOver(one, restartPolicy));
  if (!isDone || !initOf(pod).some((one) => isStaying(pod, one))) return undefined;
  const grace = Number(terminationGracePeriodSeconds) * 1000;
  const { writes, containers, again } = partOf(picture, pod, node, 'initContainers', lastEnd(main), grace);
  const init = containers.map((one) => settled(one, false));
  const status = podStatus(picture, pod, { init, main }, {});
  const write = equal(status, pod.status) ? [] : [update(by, { ...pod, status } as KubeObject, '/status')];
  return { writes: [...write, ...writes], again };
}

/** When the last of these ended, Unix ms. */
const lastEnd = (containers: readonly ContainerStatus[]): number =>
  Math.max(0, ...containers.map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '') || 0));

/** The containers of a part of a Pod that were told to end at a time. */
function partOf(
  picture: Picture,
  pod: WorkPod,
  node: Node,
  part: 'containers' | 'initContainers',
  since: number,
  grace: number,
) {
  const { now } = picture;
  const { uid } = pod.metadata;
  const before = part === 'containers' ? (pod.status?.containerStatuses ?? []) : initOf(pod);
  const writes: Write[] = [];
  const times: number[] = [];
  const containers = before.map((last): ContainerStatus => {
    const container = pod.spec[part]?.find(({ name }) => name === last.name);
    const { running: runs } = last.state;
    if (!runs || !container) return last;
    const { at, exitCode } = soonerOf(pod, container, runs, since, endOf(container, grace, `${uid}/${last.name}`));
    if (picture.first(`${uid}/${last.name}/killing`)) {
      const told = { type: 'Normal', reason: 'Killing', message: `Stopping container ${last.name}` } as const;
      const field = `spec.${part}{${last.name}}`;
      writes.push(event(by, pod, { ...told, component: 'kubelet', host: node.metadata.name, field }));
    }
    if (now < at) {
      times.push(at);
      return last;
    }
    const terminated = {
      ...{ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: runs.startedAt },
      ...{ finishedAt: timestamp(now), containerID: last.containerID },
    };
    return { ...last, ready: false, started: false, state: { terminated } };
  });
  return { writes, containers, again: earliest(times) };
}

/** When a container ends that was told to at a time, Unix ms, and how: what comes to its own end before that ends so. */
function soonerOf(
  pod: WorkPod,
  container: Container,
  { startedAt }: { startedAt: string },
  since: number,
  { ms, exitCode }: { ms: number; exitCode: number },
) {
  const own = lifeOf(container, isToEnd(pod) && container['restartPolicy'] !== 'Always');
  const at = Date.parse(startedAt) + (own.ms ?? Number.POSITIVE_INFINITY);
  return at < since + ms ? { at: Math.max(at, since), exitCode: own.exitCode } : { at: since + ms, exitCode };
}
