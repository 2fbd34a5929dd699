/** The SeedImage controller: builds an ISO and takes it away again. `status.state` is never written (domain §2.3). */

import { find, isTrue, type Saying, say } from '../conditions.ts';
import { durations } from '../durations.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { imageID } from '../kubernetes/images.ts';
import { checksumOf } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { PodStatus } from '../shapes/core.ts';
import type { MachineRegistration, SeedImage } from '../shapes/elemental.ts';
import { timestamp } from '../time.ts';
import { baseImageAnnotation, builder, builders, outputOf, seedImageObjects } from './seedimage-objects.ts';
import { ensure } from './side-objects.ts';

/** A build is looked after so often, in simulated ms: somebody may have done away with its Pod. */
const look = 15_000;

/** Registers the controller. `serverUrl` is the platform's address, without a slash at its end. */
export function seedImageController(rt: Runtime, serverUrl: string): void {
  const images = rt.informer(kinds.SeedImage);
  const registrations = rt.informer(kinds.MachineRegistration);
  images.index('registration', (image) => [image.spec?.registrationRef?.name ?? '']);
  const controller = rt.controller('seedimage', reconcile);
  const gone = rt.controller('seedimage-objects', async (name) => {
    if (images.get(name)) return undefined;
    await removeServing(name);
    await rt.client.remove(kinds.ConfigMap, name);
    return undefined;
  });
  images.onChange((image, change) => {
    if (change !== 'deleted') return controller.enqueue(image.metadata.name);
    rt.delays.forget(key(image.metadata.name));
    gone.enqueue(image.metadata.name);
  });
  registrations.onChange((registration) => {
    for (const image of images.by('registration', registration.metadata.name)) controller.enqueue(image.metadata.name);
  });
  rt.faults.onImage((name) => controller.enqueue(name));

  async function reconcile(name: string): Promise<number | undefined> {
    const image = images.get(name);
    if (!image || image.metadata.deletionTimestamp) return undefined;
    rt.log(image, 'seedimage_controller.go:121', 'Reconciling seedimage object');
    const registration = registrations.get(image.spec?.registrationRef?.name);
    const draft = copy(image);
    let again: number | undefined;
    if (!registration || !isTrue(registration.status?.conditions, 'Ready')) {
      const message = `registration ${image.spec?.registrationRef?.name ?? ''} not found or not ready`;
      speak(draft, [{ type: 'Ready', status: 'False', reason: 'RegistrationNotFound', message }]);
    } else if (image.spec?.retriggerBuild) {
      rt.delays.forget(key(name));
      await removeServing(name);
      // The next ISO is called otherwise.
      await rt.client.remove(kinds.ConfigMap, name);
      draft.spec!.retriggerBuild = false;
      draft.status = { conditions: draft.status?.conditions };
      speak(draft, notStarted);
    } else {
      again = await build(draft, registration);
    }
    await rt.client.replace(kinds.SeedImage, image, draft);
    return again;
  }

  function speak(draft: SeedImage, sayings: Saying[]): void {
    draft.status = { ...draft.status, conditions: say(draft.status?.conditions, sayings, rt.timestamp()) };
  }

  async function removeServing(name: string): Promise<void> {
    await rt.client.remove(kinds.Pod, name);
    await rt.client.remove(kinds.Service, name);
  }

  async function build(draft: SeedImage, registration: MachineRegistration): Promise<number | undefined> {
    const name = draft.metadata.name;
    const reason = find(draft.status?.conditions, 'SeedImageReady')?.reason;
    if (reason === 'SeedImageBuildFailure' || reason === 'SeedImageBuildDeadline') return undefined;
    if (reason === 'SeedImageBuildSuccess') return expire(draft);
    if (reason === undefined) {
      speak(draft, notStarted);
      return 0;
    }
    const { config, pod, service } = seedImageObjects(draft, registration, rt.clock.now());
    const told = await ensure(rt, kinds.ConfigMap, config);
    const building = await ensure(rt, kinds.Pod, pod);
    await ensure(rt, kinds.Service, service);
    const trouble = rt.faults.ofImage(name);
    const left = rt.delays.left(key(name), 'build', () =>
      rt.random('build', name, rt.clock.now()).around(durations.seedImage),
    );
    const broken = trouble === 'build' || !draft.spec?.baseImage;
    if (building?.status?.phase === 'Failed' || (broken && left <= 0)) {
      await setPod(name, 'Failed');
      speak(draft, [resources, no('SeedImageBuildFailure', 'pod failed')]);
      rt.delays.forget(key(name));
      await rt.event(draft, 'Warning', 'SimSeedImageFailed', 'pod failed', operator);
      return undefined;
    }
    if (left > 0) {
      await setPod(name, 'Pending');
      speak(draft, [resources, no('SeedImageBuildOngoing', 'seed image build ongoing')]);
      return Math.min(left, look);
    }
    await setPod(name, 'Running');
    if (trouble === 'expose') {
      speak(draft, [resources, no('SeedImageExposeFailure', 'the service of the image has no address')]);
      return look;
    }
    rt.delays.forget(key(name));
    const token = rt.random('download', name, rt.clock.now()).suffix(54);
    setBuilt(draft, serverUrl, outputOf(told, registration.metadata.name, rt.clock.now()), token, rt.clock.now());
    await rt.event(draft, 'Normal', 'SimSeedImageBuilt', 'seed image iso available', operator);
    return expire(draft);
  }

  async function setPod(name: string, phase: 'Pending' | 'Running' | 'Failed'): Promise<void> {
    const pod = await rt.client.get(kinds.Pod, name);
    // A Pod is Pending as soon as it is made, and says more when its node has taken it.
    if (!pod || (pod.status?.phase === phase && pod.status.conditions !== undefined)) return;
    const exitCode = pod.metadata.annotations?.[baseImageAnnotation] ? unpacked : misused;
    await rt.client.change(kinds.Pod, pod, (draft) => {
      draft.status = { ...draft.status, ...podStatus(phase, rt.timestamp(), draft.status?.startTime, exitCode) };
    });
  }

  /** Takes the image away when its time is over; gives the simulated ms until then. */
  async function expire(draft: SeedImage): Promise<number | undefined> {
    const minutes = draft.spec?.cleanupAfterMinutes ?? 60;
    const ready = find(draft.status?.conditions, 'SeedImageReady');
    if (minutes <= 0 || !ready) return undefined;
    const left = minutes * 60_000 - rt.since(ready.lastTransitionTime);
    if (left > 0) return left;
    await removeServing(draft.metadata.name);
    setExpired(draft, rt.timestamp());
    return undefined;
  }
}

const operator = 'sim-elemental-operator';
const key = (name: string): string => `seedimage/${name}`;

/**
 * The status of the Pod of an image since `at`: it builds, and then serves; or ends with `exitCode`, as its base did not come.
 * `startedAt`: when its first container began, whose image had to come.
 */
export function podStatus(
  phase: 'Pending' | 'Running' | 'Failed',
  at: string,
  startTime = at,
  exitCode: number = unpacked,
  startedAt = startTime,
): PodStatus {
  const built = phase === 'Running';
  const condition = (type: string, holds: boolean, lastTransitionTime = at) => ({
    ...{ type, status: holds ? 'True' : 'False', lastTransitionTime, lastProbeTime: null },
    ...(holds ? {} : reasonOf(type, phase)),
  });
  /** A container keeps its id from its first second to after its end. */
  const idOf = (name: string) => ({ containerID: `containerd://${checksumOf(`${name} ${startTime}`)}` });
  const container = (name: string, state: object, more: object) => ({
    ...('waiting' in state ? {} : idOf(name)),
    ...{ name, image: builder, imageID: 'waiting' in state ? '' : imageID(builder) },
    ...{ restartCount: 0, state, lastState: {}, ...more },
  });
  const ended = (name: string, startedAt: string, finishedAt: string, code = 0) => ({
    terminated: {
      ...{ exitCode: code, reason: code === 0 ? 'Completed' : 'Error', startedAt, finishedAt },
      ...idOf(name),
    },
  });
  const waiting = { waiting: { reason: 'PodInitializing' } };
  // What it is made from is fetched first, and is there for longer than what is packed with it takes.
  const [fetches, packs] = builders;
  const took = Date.parse(at) - Date.parse(startTime);
  const fetched = timestamp(Date.parse(at) - Math.min(packing, took * 0.4));
  const preparing = built
    ? [
        container(fetches, ended(fetches, startedAt, fetched), { ready: true, started: false }),
        container(packs, ended(packs, fetched, at), { ready: true, started: false }),
      ]
    : [
        phase === 'Pending'
          ? container(fetches, { running: { startedAt: at } }, { ready: false, started: true })
          : container(fetches, ended(fetches, startedAt, at, exitCode), { ready: false, started: false }),
        container(packs, waiting, { ready: false, started: false }),
      ];
  const serve = built
    ? container('serve', { running: { startedAt: at } }, { ready: true, started: true })
    : container('serve', waiting, { ready: false, started: false });
  return {
    phase,
    qosClass: 'BestEffort',
    startTime,
    conditions: [
      condition('PodReadyToStartContainers', true, startTime),
      condition('Initialized', built),
      condition('Ready', built),
      condition('ContainersReady', built),
      condition('PodScheduled', true, startTime),
    ],
    initContainerStatuses: preparing,
    containerStatuses: [serve],
  };
}

/** How long packing takes at most, in ms: of a build that is played fast it takes its share. */
const packing = 9000;

/** How elemental exits where it could not unpack an image, and where it is called without one. Source: elemental-toolkit, pkg/error. */
const [unpacked, misused] = [66, 1];

function reasonOf(type: string, phase: string): { reason: string; message: string } {
  if (type === 'Initialized') {
    return {
      reason: 'ContainersNotInitialized',
      message: `containers with incomplete status: [${builders.join(' ')}]`,
    };
  }
  return phase === 'Failed'
    ? { reason: 'PodFailed', message: '' }
    : { reason: 'ContainersNotReady', message: 'containers with unready status: [serve]' };
}

const no = (reason: string, message: string): Saying => ({ type: 'SeedImageReady', status: 'False', reason, message });

const resources: Saying = {
  type: 'Ready',
  status: 'True',
  reason: 'ResourcesSuccessfullyCreated',
  message: 'resources created successfully',
};

const notStarted: Saying[] = [
  { type: 'Ready', status: 'Unknown', reason: 'ResourcesNotCreatedYet' },
  { type: 'SeedImageReady', status: 'False', reason: 'SeedImageBuildNotStarted' },
];

/** Writes into `draft` that what builds the image is there since `at`, Unix time in ms. */
export function setBegun(draft: SeedImage, at: number): void {
  const said = say(
    draft.status?.conditions,
    [resources, no('SeedImageBuildOngoing', 'seed image build ongoing')],
    timestamp(at),
  );
  draft.status = { ...draft.status, conditions: said };
}

/** Writes into `draft` that the image can be downloaded since `at` (Unix time, ms) as the file `output`. */
export function setBuilt(draft: SeedImage, serverUrl: string, output: string, token: string, at: number): void {
  const time = timestamp(at);
  const url = `${serverUrl}/elemental/seedimage/${token}/${output}`;
  const ready: Saying = {
    type: 'SeedImageReady',
    status: 'True',
    reason: 'SeedImageBuildSuccess',
    message: 'seed image iso available',
  };
  draft.status = {
    ...draft.status,
    downloadToken: token,
    downloadURL: url,
    checksumURL: `${url}.sha256`,
    conditions: say(draft.status?.conditions, [resources, ready], time),
  };
}

/** Writes into `draft` that the image has been taken away. */
export function setExpired(draft: SeedImage, at: string): void {
  const saying: Saying = {
    type: 'SeedImageReady',
    status: 'True',
    reason: 'SeedImageBuildDeadline',
    message: 'seed image deadline elapsed',
  };
  draft.status = {
    downloadToken: draft.status?.downloadToken,
    conditions: say(draft.status?.conditions, [saying], at),
  };
}
