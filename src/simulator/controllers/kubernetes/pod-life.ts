/** A Pod on a Node that is up: what prepares it, what it runs, and what is told of both. */

import { digest } from '../digest.ts';
import { equal } from '../json.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { running, waiting } from './container-status.ts';
import { advanced, type Course, nextOf } from './container-steps.ts';
import { askedAgain, fullImage, type PullFailure, present, pulled, pullFailure } from './images.ts';
import { type Containers, isPrepared, podStatus } from './pod-status.ts';
import { complain, narrate, type Tell } from './pod-words.ts';
import { proxyStarted } from './proxy-event.ts';
import { keyOf, type Reference, referencesOf } from './references.ts';
import { sandboxAgain, sandboxFailure, unplugged } from './sandbox.ts';
import type { Container, ContainerStatus, WorkCondition, WorkPod } from './shapes.ts';
import { spared } from './taints.ts';
import { configuring, unmounted } from './tries.ts';
import { earliest, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kubelet';
/** Until an image is pulled and its container runs: from, and up to so much more, ms; and where the image is there. */
const pulling = { least: 1500, more: 2500 };
const starting = { least: 700, more: 600 };

/** One turn of a Pod's kubelet. */
export function lived(picture: Picture, pod: WorkPod, node: Node): Turn {
  const { now } = picture;
  const { status = {}, spec } = pod;
  const writes: Write[] = [];
  const tell: Tell = (reason, message, field, type = 'Normal') => {
    const told = { type, reason, message, component: 'kubelet', host: node.metadata.name };
    writes.push(event(by, pod, { ...told, ...(field ? { field } : {}) }));
  };
  const hostIP = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const startTime = status.startTime ?? timestamp(now);
  const more = { ...(hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {}), startTime };
  let images: Set<string> | undefined;
  const isThere = (image: string) => {
    images ??= imagesOn(picture, pod, reached);
    return images.has(fullImage(image));
  };
  /** Whether somebody else has had the same image pulled meanwhile: a kubelet pulls one after the other. */
  const isBrought = (image: string) =>
    imagesOn(picture, pod, now + 1000).has(fullImage(image)) ||
    // Of two in one look one is the first.
    !picture.first(`${node.metadata.uid}/${fullImage(image)}/${now}`);
  const times: (number | undefined)[] = [];
  const lacks = referencesOf(spec).filter((one) => picture.missing.has(keyOf(one, pod.metadata.namespace)));
  const mounts = status.phase === 'Pending' ? unmounted(picture, pod, Date.parse(startTime)) : MOUNTED;
  times.push(mounts.again);
  for (const words of mounts.failures) tell('FailedMount', words, undefined, 'Warning');
  const isMounted = mounts.volumes.length === 0;
  const isConnected = spec.hostNetwork === true || isReady(node);
  const cut = isConnected && isMounted ? unplugged(picture, pod, node) : undefined;
  if (cut !== undefined) {
    const lasts = now - picture.since(`${pod.metadata.uid}/unplugged`);
    const turn = Math.floor(lasts / sandboxAgain);
    times.push(now + (lasts < searching ? 1000 : searching));
    // To try it takes its time.
    if (lasts >= 1000 && picture.first(`${pod.metadata.uid}/sandbox/${turn}`))
      tell('FailedCreatePodSandBox', sandboxFailure(cut, pod, turn), undefined, 'Warning');
  }
  const reachable = isConnected && cut === undefined && isMounted;
  // Nothing is pulled before there is a network.
  const isNew = spec.containers.some((_, at) => isFresh(status.containerStatuses?.[at] ?? NEW));
  const reached = Math.max(
    Date.parse(startTime),
    reachable && isNew ? picture.since(`${pod.metadata.uid}/reached`) : 0,
  );
  if (!isConnected && isMounted && !status.containerStatuses && picture.first(`${pod.metadata.uid}/network`)) {
    tell('NetworkNotReady', NO_NETWORK, undefined, 'Warning');
  }
  const step = (container: Container, last: ContainerStatus | undefined, field: string, from: number, more = {}) => {
    const gone = last && cutOff(picture, node, last);
    if (gone && picture.first(`${pod.metadata.uid}/${gone.state.terminated?.finishedAt}/sandbox`)) {
      tell('SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    }
    if (gone) {
      const next = running(pod, container, gone.restartCount + 1, now, gone.state);
      narrate(tell, pod, container, field, gone, next, { there: true, failure: undefined, took: 0 });
      return next;
    }
    const known = last ?? waiting(container, spec.initContainers ? 'PodInitializing' : 'ContainerCreating');
    const key = `${pod.metadata.uid}/${field}`;
    const unread = lacks.find((one) => one.container === container.name);
    const waits = known.state.waiting?.reason === unreadReason;
    const always = container['imagePullPolicy'] === 'Always';
    if (waits) {
      const { isDue, turn, again } = configuring(picture, key);
      times.push(again);
      if (!isDue) return known;
      if (always) tell('Pulling', `Pulling image "${container.image}"`, field);
      if (unread) return refused(tell, container, known, field, always ? `${key}/${turn}` : undefined, unread);
    }
    const there = isFresh(known) && !always && (waits || isThere(container.image));
    const begun = Math.max(from, reached);
    const due = reachable ? begun + delayOf(pod, container, there ? starting : pulling) : Number.POSITIVE_INFINITY;
    const nowhere = there ? undefined : failureOf(container, picture.held);
    const failure = nowhere ?? (unread && unreadable(unread));
    const policy = spec.restartPolicy ?? 'Always';
    const course: Course = { pod, now, due, ends: ends(pod), policy, failure, ...more };
    const isPulled = reachable && !there && !nowhere && isFresh(known) && now < due;
    if (isPulled && picture.first(key)) tell('Pulling', `Pulling image "${container.image}"`, field);
    const next = advanced(container, known, course);
    times.push(nextOf(container, next, course));
    if (next.state.waiting?.reason === unreadReason) times.push(configuring(picture, key).again);
    narrate(tell, pod, container, field, known, next, { there, failure, took: due - begun, waited: isBrought });
    if (isProxy(pod, container) && next.state.running && !known.state.running) {
      const { name } = node.metadata;
      const about = { apiVersion: '', kind: 'Node', metadata: { name, uid: name } };
      writes.push(event(by, about, proxyStarted(name, `${pod.metadata.uid}/${next.restartCount}`)));
    }
    if (known.state.running) complain(picture, tell, container, field, known, course);
    return next;
  };
  const containers = prepared(pod, Date.parse(startTime), step);
  const added = debuggers(picture, pod, step);
  const next = podStatus(picture, pod, containers, { ...more, ...added });
  if (isBack(status, next)) writes.push(...spared(pod));
  const write = equal(next, status) ? [] : [update(by, { ...pod, status: next } as KubeObject, '/status')];
  const again = earliest(times.filter((at) => at !== undefined && Number.isFinite(at)));
  return { writes: [...write, ...writes], again };
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

/** Whether a Pod is ready again whose containers have been so all the time: its Node was silent. */
function isBack(before: NonNullable<WorkPod['status']>, after: { conditions: WorkCondition[] }): boolean {
  const is = (conditions: readonly WorkCondition[] | undefined, type: string) =>
    conditions?.find((one) => one.type === type)?.status === 'True';
  const was = before.conditions;
  return is(was, 'ContainersReady') && !is(was, 'Ready') && is(after.conditions, 'Ready');
}

/** How often a network that is missing is looked for, ms. */
const searching = 3000;

const MOUNTED = { volumes: [], failures: [], again: undefined };
const unreadReason = 'CreateContainerConfigError';
const unreadable = ({ kind, name }: Reference): PullFailure => ({
  ...{ reason: unreadReason, message: `${kind} "${name}" not found` },
});

/** A container whose configuration is still missing: its image is looked for all the same each time, and pulled anew as `pulling` says. */
function refused(
  tell: Tell,
  { image }: Container,
  known: ContainerStatus,
  field: string,
  pulling: string | undefined,
  unread: Reference,
): ContainerStatus {
  const waiting = unreadable(unread);
  tell('Pulled', pulling === undefined ? present(image) : pulled(image, askedAgain(pulling)), field);
  tell('Failed', `Error: ${waiting.message}`, field, 'Warning');
  return { ...known, state: { waiting } };
}

const NO_NETWORK =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
const NEW = { state: { waiting: {} }, lastState: {} } as ContainerStatus;
const isFresh = ({ state, lastState }: ContainerStatus): boolean =>
  state.waiting !== undefined && lastState.terminated === undefined;

type Step = (
  container: Container,
  last: ContainerStatus | undefined,
  field: string,
  from: number,
  more?: Partial<Course>,
) => ContainerStatus;

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

const ends = ({ metadata, spec }: WorkPod): boolean =>
  spec.restartPolicy !== 'Always' || (metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false);

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
