/** The SeedImage controller: builds an ISO and takes it away again. `status.state` is never written (domain §2.3). */

import { find, isTrue, type Saying, say } from '../conditions.ts';
import { durations } from '../durations.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { SeedImage } from '../shapes/elemental.ts';

/** Registers the controller. `serverUrl` is the platform's address, without a slash at its end. */
export function seedImageController(rt: Runtime, serverUrl: string): void {
  const images = rt.informer(kinds.SeedImage);
  const registrations = rt.informer(kinds.MachineRegistration);
  images.index('registration', (image) => [image.spec?.registrationRef?.name ?? '']);
  const controller = rt.controller('seedimage', reconcile);
  images.onChange((image, change) => {
    if (change === 'deleted') rt.delays.forget(key(image.metadata.name));
    else controller.enqueue(image.metadata.name);
  });
  registrations.onChange((registration) => {
    for (const image of images.by('registration', registration.metadata.name)) controller.enqueue(image.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const image = images.get(name);
    if (!image || image.metadata.deletionTimestamp) return undefined;
    const registration = registrations.get(image.spec?.registrationRef?.name);
    const draft = copy(image);
    let again: number | undefined;
    if (!registration || !isTrue(registration.status?.conditions, 'Ready')) {
      const message = `registration ${image.spec?.registrationRef?.name ?? ''} not found or not ready`;
      speak(draft, [{ type: 'Ready', status: 'False', reason: 'RegistrationNotFound', message }]);
    } else if (image.spec?.retriggerBuild) {
      rt.delays.forget(key(name));
      draft.spec!.retriggerBuild = false;
      draft.status = { conditions: draft.status?.conditions };
      speak(draft, notStarted);
    } else {
      again = await build(draft, registration.metadata.name);
    }
    await rt.client.replace(kinds.SeedImage, image, draft);
    return again;
  }

  function speak(draft: SeedImage, sayings: Saying[]): void {
    draft.status = { ...draft.status, conditions: say(draft.status?.conditions, sayings, rt.timestamp()) };
  }

  async function build(draft: SeedImage, registration: string): Promise<number | undefined> {
    const name = draft.metadata.name;
    const state = find(draft.status?.conditions, 'SeedImageReady')?.reason;
    if (state === 'SeedImageBuildFailure' || state === 'SeedImageBuildDeadline') return undefined;
    if (state === 'SeedImageBuildSuccess') return expire(draft);
    if (state === undefined) speak(draft, notStarted);
    const left = rt.delays.left(key(name), 'build', () =>
      rt.random('build', name, rt.clock.now()).around(durations.seedImage),
    );
    if (left > 0) {
      speak(draft, [
        { type: 'Ready', status: 'True', reason: 'ResourcesSuccessfullyCreated' },
        {
          type: 'SeedImageReady',
          status: 'False',
          reason: 'SeedImageBuildOngoing',
          message: 'seed image build ongoing',
        },
      ]);
      return left;
    }
    rt.delays.forget(key(name));
    setBuilt(draft, serverUrl, registration, rt.random('download', name, rt.clock.now()).suffix(54), rt.clock.now());
    await rt.event(draft, 'Normal', 'SimSeedImageBuilt', 'seed image iso available', 'sim-elemental-operator');
    return expire(draft);
  }

  /** Takes the image away when its time is over; gives the simulated ms until then. */
  function expire(draft: SeedImage): number | undefined {
    const minutes = draft.spec?.cleanupAfterMinutes ?? 60;
    const ready = find(draft.status?.conditions, 'SeedImageReady');
    if (minutes <= 0 || !ready) return undefined;
    const left = minutes * 60_000 - rt.since(ready.lastTransitionTime);
    if (left > 0) return left;
    setExpired(draft, rt.timestamp());
    return undefined;
  }
}

const key = (name: string): string => `seedimage/${name}`;

const notStarted: Saying[] = [
  { type: 'Ready', status: 'Unknown', reason: 'ResourcesNotCreatedYet' },
  { type: 'SeedImageReady', status: 'False', reason: 'SeedImageBuildNotStarted' },
];

/** Writes into `draft` that the image can be downloaded since `at` (Unix time, ms). */
export function setBuilt(draft: SeedImage, serverUrl: string, registration: string, token: string, at: number): void {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const url = `${serverUrl}/elemental/seedimage/${token}/${registration}-${time}.iso`;
  draft.status = {
    ...draft.status,
    downloadToken: token,
    downloadURL: url,
    checksumURL: `${url}.sha256`,
    conditions: say(
      draft.status?.conditions,
      [
        {
          type: 'Ready',
          status: 'True',
          reason: 'ResourcesSuccessfullyCreated',
          message: 'resources created successfully',
        },
        {
          type: 'SeedImageReady',
          status: 'True',
          reason: 'SeedImageBuildSuccess',
          message: 'seed image iso available',
        },
      ],
      time,
    ),
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
