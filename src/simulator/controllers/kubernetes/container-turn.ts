/** One container's turn on a Node that is up: whether its image is there and its configuration, what it does, and what is told of it. */

import { digest } from '../digest.ts';
import type { Node } from '../shapes/core.ts';
import { timestamp } from '../time.ts';
import { running, waiting } from './container-status.ts';
import { advanced, type Course, nextOf } from './container-steps.ts';
import { rootRefusal } from './container-user.ts';
import { askedAgain, fullImage, type PullFailure, present, pulled, pullFailure } from './images.ts';
import { complain, narrate, type Tell } from './pod-words.ts';
import { proxyStarted } from './proxy-event.ts';
import { keyOf, referencesOf } from './references.ts';
import type { Container, ContainerStatus, WorkPod } from './shapes.ts';
import { configuring } from './tries.ts';
import { event, type Picture, type Write } from './turn.ts';

const by = 'kubelet';
/** Until an image is pulled and its container runs: from, and up to so much more, ms; and where the image is there. */
const pulling = { least: 1500, more: 2500 };
const starting = { least: 700, more: 600 };

/** One container, a step further. */
export type Step = (
  container: Container,
  last: ContainerStatus | undefined,
  field: string,
  from: number,
  more?: Partial<Course>,
) => ContainerStatus;

/** Where one turn of a Pod's containers is played, and what it comes to. */
export interface Scene {
  picture: Picture;
  pod: WorkPod;
  node: Node;
  tell: Tell;
  /** Gets what is told of others than the Pod. */
  writes: Write[];
  /** Gets when it is to be looked again, Unix times in ms. */
  times: (number | undefined)[];
  /** Whether containers can begin at all, and since when that is so, Unix time in ms. */
  reachable: boolean;
  reached: number;
}

/** How each container of a Pod comes one step further, from its last status to the next; `from`: not before, Unix time in ms. */
export function stepOf({ picture, pod, node, tell, writes, times, reachable, reached }: Scene): Step {
  const { now } = picture;
  const { spec } = pod;
  let images: Set<string> | undefined;
  const isThere = (image: string) => {
    images ??= imagesOn(picture, pod, reached);
    return images.has(fullImage(image)) || isLeft(picture, pod, node, fullImage(image), reached);
  };
  /** Whether somebody else has had the same image pulled meanwhile: a kubelet pulls one after the other. */
  const isBrought = (image: string) =>
    imagesOn(picture, pod, now + 1000).has(fullImage(image)) ||
    // Of two in one look one is the first.
    !picture.first(`${node.metadata.uid}/${fullImage(image)}/${now}`);
  const lacks = referencesOf(spec).filter((one) => picture.missing.has(keyOf(one, pod.metadata.namespace)));
  const again = (container: Container, field: string, gone: ContainerStatus) => {
    if (picture.first(`${pod.metadata.uid}/${gone.state.terminated?.finishedAt}/sandbox`)) {
      tell('SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    }
    const next = running(pod, container, gone.restartCount + 1, now, gone.state);
    narrate(tell, pod, container, field, gone, next, { there: true, failure: undefined, took: 0 });
    return next;
  };
  return (container, last, field, from, more = {}) => {
    const gone = last && cutOff(picture, node, last);
    if (gone) return again(container, field, gone);
    const known = last ?? waiting(container, spec.initContainers ? 'PodInitializing' : 'ContainerCreating');
    const key = `${pod.metadata.uid}/${field}`;
    const lacking = lacks.find((one) => one.container === container.name);
    const unread = lacking ? `${lacking.kind} "${lacking.name}" not found` : rootRefusal(pod, container);
    const waits = known.state.waiting?.reason === unreadReason;
    const always = container['imagePullPolicy'] === 'Always';
    if (waits) {
      const { isDue, turn, again } = configuring(picture, key);
      times.push(again);
      if (!isDue) return known;
      if (always) tell('Pulling', `Pulling image "${container.image}"`, field);
      if (unread !== undefined)
        return refused(tell, container, known, field, always ? `${key}/${turn}` : undefined, unread);
    }
    const there = isFresh(known) && !always && (waits || isThere(container.image));
    const begun = Math.max(from, reached);
    const due = reachable ? begun + delayOf(pod, container, there ? starting : pulling) : Number.POSITIVE_INFINITY;
    const nowhere = there ? undefined : failureOf(container, picture.held);
    const failure = nowhere ?? (unread === undefined ? undefined : unreadable(unread));
    const policy = spec.restartPolicy ?? 'Always';
    const course: Course = { pod, now, due, ends: isToEnd(pod), policy, failure, ...more };
    const isPulled = reachable && !there && !nowhere && isFresh(known) && now < due;
    if (isPulled && picture.first(key)) tell('Pulling', `Pulling image "${container.image}"`, field);
    const next = advanced(container, known, course);
    times.push(nextOf(container, next, course));
    if (next.state.waiting?.reason === unreadReason) times.push(configuring(picture, key).again);
    if (isFresh(known) && !isFresh(next)) leave(picture, node, fullImage(container.image));
    narrate(tell, pod, container, field, known, next, { there, failure, took: due - begun, waited: isBrought });
    if (isProxy(pod, container) && next.state.running && !known.state.running) {
      const { name } = node.metadata;
      const about = { apiVersion: '', kind: 'Node', metadata: { name, uid: name } };
      writes.push(event(by, about, proxyStarted(name, `${pod.metadata.uid}/${next.restartCount}`)));
    }
    if (known.state.running) complain(picture, tell, container, field, known, course);
    return next;
  };
}

/** Since when a Node is known, and since when it has run as it was booted last; Unix times in ms. */
export function bootedAt({ since }: Picture, { metadata, status }: Node): { known: number; booted: number } {
  const known = since(`node/${metadata.uid}`);
  return { known, booted: since(`node/${metadata.uid}/${status?.nodeInfo?.bootID}`) };
}

/** A container that ran when its Node was booted anew, as its kubelet finds it; undefined of any other. */
function cutOff(picture: Picture, node: Node, last: ContainerStatus): ContainerStatus | undefined {
  const startedAt = last.state.running?.startedAt;
  const { known, booted } = bootedAt(picture, node);
  if (startedAt === undefined || booted - known < 1000 || Date.parse(startedAt) >= booted - 1000) return undefined;
  const { containerID } = last;
  const end = { exitCode: 255, reason: 'Unknown', startedAt, finishedAt: timestamp(booted), containerID };
  return { ...last, ready: false, started: false, state: { terminated: end } };
}

const unreadReason = 'CreateContainerConfigError';
const unreadable = (message: string): PullFailure => ({ reason: unreadReason, message });

/** A container whose configuration is still missing: its image is looked for all the same each time, and pulled anew as `pulling` says. */
function refused(
  tell: Tell,
  { image }: Container,
  known: ContainerStatus,
  field: string,
  pulling: string | undefined,
  unread: string,
): ContainerStatus {
  const waiting = unreadable(unread);
  tell('Pulled', pulling === undefined ? present(image) : pulled(image, askedAgain(pulling)), field);
  tell('Failed', `Error: ${waiting.message}`, field, 'Warning');
  return { ...known, state: { waiting } };
}

const isProxy = ({ metadata }: WorkPod, { name }: Container): boolean =>
  name === 'kube-proxy' && metadata.namespace === 'kube-system';

function failureOf({ image, imagePullPolicy }: Container, has: Picture['held']): PullFailure | undefined {
  const failure = pullFailure(image, has);
  if (failure?.reason === 'InvalidImageName' || imagePullPolicy !== 'Never') return failure;
  const message = `Container image "${image}" is not present with pull policy of Never`;
  return { reason: 'ErrImageNeverPull', message };
}

const delayOf = ({ metadata }: WorkPod, { name }: Container, { least, more }: typeof pulling): number =>
  least + (Number.parseInt(digest(`${metadata.uid ?? metadata.name}/${name}`).slice(0, 4), 16) / 0xffff) * more;

/** How long it takes a kubelet, ms, from the sandbox of a Pod until a container of it runs whose image it has to pull. */
export const pullTime = (pod: WorkPod, container: Container): number => delayOf(pod, container, pulling);

/** Whether what a Pod runs is meant to end by itself. */
export const isToEnd = ({ metadata, spec }: WorkPod): boolean =>
  spec.restartPolicy !== 'Always' || (metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false);

/** Whether a container has never run; it has no status yet where that is undefined. */
export const isFresh = (status: ContainerStatus | undefined): boolean =>
  status === undefined || (status.state.waiting !== undefined && status.lastState.terminated === undefined);

/** The images that were on the Node of a Pod already at `since`: other Pods there have run them. */
function imagesOn({ pods, others }: Picture, pod: WorkPod, since: number): Set<string> {
  const images = new Set<string>();
  for (const { spec, status, metadata } of [...pods, ...others]) {
    if (spec.nodeName !== pod.spec.nodeName) continue;
    // What prepares the Pod itself has brought its image, too.
    const isOwn = metadata.uid === pod.metadata.uid;
    const init = isOwn ? ((status?.['initContainerStatuses'] ?? []) as ContainerStatus[]) : [];
    for (const { state, image } of isOwn ? init : (status?.containerStatuses ?? [])) {
      const at = state.running?.startedAt ?? state.terminated?.startedAt;
      if (at !== undefined && (isOwn || Date.parse(at) < since)) images.add(fullImage(image));
    }
  }
  return images;
}

const heldBy = ({ metadata }: Node, image: string): string => `${metadata.uid}/image/${image}`;

/** Notes since when an image is on a Node. */
function leave(picture: Picture, node: Node, image: string): void {
  const key = heldBy(node, image);
  if (picture.first(key)) picture.since(key);
}

/**
 * Whether an image was left on a Node before `since` by Pods that are gone: they have begun with it, or the Node told of it when this Pod
 * asked first. Nothing is thrown away for want of room.
 */
function isLeft(picture: Picture, { metadata }: WorkPod, node: Node, image: string, since: number): boolean {
  const key = heldBy(node, image);
  if (picture.told(key) && picture.since(key) < since) return true;
  const asked = `${metadata.uid}/${key}`;
  const isFirst = picture.first(asked);
  if (isFirst && node.status?.images?.some(({ names }) => names.includes(image))) picture.first(`${asked}/told`);
  return picture.told(`${asked}/told`);
}
