/** What the rows of installation media and of registrations say. */
import { findCondition } from '../conditions.ts';
import type { Registration, SeedImage } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { bad } from './problems.ts';
import type { Problem, RegistrationRow, SeedImageRow, SeedImageState } from './rows.ts';

/** Reasons of `SeedImageReady` (elemental-operator, controllers/seedimage_controller.go). */
const BY_REASON: Readonly<Record<string, SeedImageState>> = {
  SeedImageBuildNotStarted: 'not started',
  SeedImageBuildOngoing: 'building',
  SeedImageBuildSuccess: 'ready',
  SeedImageBuildDeadline: 'expired',
  SeedImageBuildFailure: 'failed',
  SeedImageExposeFailure: 'failed',
};

/** `status.state`, should a controller ever write it. */
const BY_STATE: Readonly<Record<string, SeedImageState>> = {
  NotStarted: 'not started',
  Initialized: 'not started',
  Started: 'building',
  Completed: 'ready',
  Failed: 'failed',
};

function lookUp(table: Readonly<Record<string, SeedImageState>>, key: string | undefined): SeedImageState | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

function stateOf(image: SeedImage): SeedImageState {
  const condition = findCondition(image.conditions, 'SeedImageReady');
  const state = lookUp(BY_REASON, condition?.reason) ?? lookUp(BY_STATE, image.reportedState);
  if (state) return state;
  return condition === undefined && image.conditions.length === 0 && image.reportedState === undefined
    ? 'not started'
    : 'unknown';
}

function imageProblem(image: SeedImage, state: SeedImageState): Problem | undefined {
  const condition = findCondition(image.conditions, 'SeedImageReady');
  const ready = findCondition(image.conditions, 'Ready');
  if (state === 'failed') {
    return bad(
      shorten(`build failed: ${condition?.message ?? condition?.reason ?? image.reportedState}`, CAUSE_CAP),
      condition?.since,
    );
  }
  if (ready?.status === 'False')
    return bad(shorten(`not ready: ${ready.message ?? ready.reason ?? ''}`, CAUSE_CAP), ready.since);
  // An expired image is no trouble: `cleanupAfterMinutes` is meant to pass, and the state says so.
  return undefined;
}

/** Builds the row of a SeedImage. */
export function seedImageRow(image: SeedImage): SeedImageRow {
  const state = stateOf(image);
  return {
    kind: 'seedImage',
    uid: image.uid,
    name: image.name,
    object: image,
    state,
    // Its condition is True from when it was built: by when its time was over nobody has written down.
    since: state === 'expired' ? undefined : findCondition(image.conditions, 'SeedImageReady')?.since,
    problem: imageProblem(image, state),
  };
}

/** Builds the row of a MachineRegistration. */
export function registrationRow(registration: Registration): RegistrationRow {
  const ready = findCondition(registration.conditions, 'Ready');
  return {
    kind: 'registration',
    uid: registration.uid,
    name: registration.name,
    object: registration,
    ready,
    problem:
      ready?.status === 'False'
        ? bad(shorten(`not ready: ${ready.reason ?? ready.message ?? ''}`, CAUSE_CAP), ready.since)
        : undefined,
  };
}
