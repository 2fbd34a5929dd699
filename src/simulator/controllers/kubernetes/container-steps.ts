/** How a container goes on: its image is pulled, it runs, ends, rests and begins again. After k8s.io/kubernetes/pkg/kubelet/kuberuntime. */

import { timestamp } from '../time.ts';
import { endOf, failedHook, lifeOf } from './container-life.ts';
import { running } from './container-status.ts';
import { HOOK_FAILED, hookWords } from './hook-words.ts';
import { attempts, type PullFailure, unpulled } from './images.ts';
import { type Health, healthOf } from './probes.ts';
import type { Container, ContainerState, ContainerStatus, WorkPod } from './shapes.ts';
import { startError } from './start-errors.ts';

/** How long what has failed is left alone, ms: doubled each time. */
const rest = { first: 10_000, most: 300_000 };
/** Until a kubelet has seen that a container ended, ms. */
const noticed = 1000;

/** A kubelet that could tell nobody for longer than this, ms, tells of an end when it was, and not when it is heard. */
const unheard = 20_000;

/** What is known beside the container itself. */
export interface Course {
  pod: WorkPod;
  now: number;
  /** When its image is there, Unix ms. */
  due: number;
  /** Whether it is meant to end. */
  ends: boolean;
  /** When it begins again: `Always`, `OnFailure`, `Never`. */
  policy: string;
  /** Why its image cannot be had. */
  failure: PullFailure | undefined;
}

/** How long a container rests before it begins again for the `count`th time more. The first time it does at once. */
export const pauseOf = (count: number): number =>
  count === 0 ? 0 : Math.min(rest.most, rest.first * 2 ** (count - 1));

/** What a kubelet says of a container that rests for so many ms before it begins again. */
export function backingOff(
  container: string,
  { name, namespace, uid }: Pick<WorkPod['metadata'], 'name' | 'namespace' | 'uid'>,
  ms: number,
): string {
  const seconds = ms / 1000;
  const pause = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `back-off ${pause} restarting failed container=${container} pod=${name}_${namespace}(${uid})`;
}

/** Whether it has ended for good. */
export const isOver = ({ state }: ContainerStatus, policy: string): boolean =>
  state.terminated !== undefined && (policy === 'Never' || (policy === 'OnFailure' && state.terminated.exitCode === 0));

/** How a container that runs is by its probes. */
export function healthIn(container: Container, { state }: ContainerStatus, { pod, now }: Course): Health {
  const startedAt = Date.parse(state.running?.startedAt ?? '');
  const since = Date.parse(pod.status?.startTime ?? '') || startedAt;
  return healthOf(container, { since, startedAt, address: pod.status?.podIP ?? '' }, now);
}

interface End {
  at: number;
  exitCode: number;
  reason?: string | undefined;
}

/** When a container that runs ends, by itself or by a probe that fails, and how. */
function endIn(container: Container, last: ContainerStatus, course: Course): End {
  const { ms, exitCode, reason } = lifeOf(container, course.ends);
  const own = ms === undefined ? Number.POSITIVE_INFINITY : Date.parse(last.state.running?.startedAt ?? '') + ms;
  const { killed } = healthIn(container, last, course);
  if (!killed) return { at: own, exitCode, reason };
  const { metadata, spec } = course.pod;
  const grace = killed.grace ?? Number(spec['terminationGracePeriodSeconds'] ?? 30);
  const end = endOf(container, grace * 1000, `${metadata.uid}/${container.name}`);
  return killed.at + end.ms < own ? { at: killed.at + end.ms, exitCode: end.exitCode } : { at: own, exitCode, reason };
}

/** A container that begins, or that cannot. */
function begun(pod: WorkPod, container: Container, count: number, now: number, last: ContainerState): ContainerStatus {
  const status = running(pod, container, count, now, last);
  const message = startError(container);
  if (message === undefined) return status;
  const { containerID } = status;
  const terminated = {
    ...{ exitCode: 128, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z' },
    ...{ finishedAt: timestamp(now), containerID },
  };
  return { ...status, ready: false, started: false, state: { terminated } };
}

/** The next state of a container: the same one where nothing is due. */
export function advanced(container: Container, last: ContainerStatus, course: Course): ContainerStatus {
  const { pod, now, due, policy, failure } = course;
  const { state, lastState, restartCount } = last;
  if (state.waiting) {
    const end = lastState.terminated?.finishedAt;
    if (end !== undefined) {
      const isNew = state.waiting.reason === HOOK_FAILED;
      if (isNew && now < Date.parse(end) + noticed) return last;
      if (now < Date.parse(end) + pauseOf(restartCount)) return isNew ? resting(container, last, pod, lastState) : last;
      return begun(pod, container, restartCount + 1, now, lastState);
    }
    if (now < due) return last;
    if (!failure) return begun(pod, container, 0, now, {});
    return { ...last, state: unpulled(container, failure, attempts(due, now).waits) };
  }
  if (state.running) {
    const { startedAt } = state.running;
    const { started, ready } = healthIn(container, last, course);
    const { at, exitCode, reason = exitCode === 0 ? 'Completed' : 'Error' } = endIn(container, last, course);
    if (now < at) return { ...last, ready, started };
    const terminated = {
      ...{ exitCode, reason, startedAt, finishedAt: timestamp(now - at > unheard ? at : now) },
      containerID: last.containerID,
    };
    const ended = { ...last, ready: false, started: false, state: { terminated } };
    const hook = failedHook(container);
    if (!hook || isOver(ended, policy)) return ended;
    const message = hookWords(container, pod, hook.exitCode);
    return { ...ended, state: { waiting: { reason: HOOK_FAILED, message } }, lastState: ended.state };
  }
  if (!state.terminated || isOver(last, policy)) return last;
  if (now < Date.parse(state.terminated.finishedAt) + noticed) return last;
  if (restartCount === 0) return begun(pod, container, 1, now, state);
  return resting(container, last, pod, state);
}

/** A container that has ended so, and rests before it begins again. */
function resting({ name }: Container, last: ContainerStatus, pod: WorkPod, lastState: ContainerState): ContainerStatus {
  const message = backingOff(name, pod.metadata, pauseOf(last.restartCount));
  return { ...last, state: { waiting: { reason: 'CrashLoopBackOff', message } }, lastState };
}

/** When the next thing happens to a container, Unix ms; undefined where nothing does by itself. */
export function nextOf(container: Container, status: ContainerStatus, course: Course): number | undefined {
  const { now, due, policy, failure } = course;
  const { state, lastState, restartCount } = status;
  if (state.running) {
    const { at } = endIn(container, status, course);
    const next = Math.min(at, healthIn(container, status, course).next ?? at);
    return Number.isFinite(next) ? next : undefined;
  }
  if (state.terminated) {
    return isOver(status, policy) ? undefined : Date.parse(state.terminated.finishedAt) + noticed;
  }
  const end = lastState.terminated?.finishedAt;
  if (end !== undefined)
    return Date.parse(end) + (state.waiting?.reason === HOOK_FAILED ? noticed : pauseOf(restartCount));
  if (now < due) return due;
  return failure?.reason === 'ErrImagePull' ? attempts(due, now).again : undefined;
}
