/** What the words of managed storage mean: the provider's phases, its journal of operations, and its volumes. */
import type { HostStorage } from '../objects.ts';

/** `status.storage.phase`. */
const PHASES: Readonly<Record<string, string>> = {
  Unmanaged: 'no volume is declared: no disk of the host is touched',
  Observed: 'the host has reported its disks; nothing is prepared',
  Validating: 'the declared volumes are compared with the disks reported',
  Preparing: 'filesystems are being made or adopted, by a storage-prepare plan',
  Prepared: 'filesystems are there and not mounted: the host can be allocated',
  Activating: 'the volumes are being mounted for the machine that has the host',
  Active: 'the volumes are mounted and in use',
  Deactivating: 'the volumes are being unmounted, since the machine goes away',
  Releasing: 'the volumes are being given up, by a storage-release plan',
  Degraded: 'a volume is not as it should be; what runs may go on',
  Failed: 'the last operation failed; what it says is below',
};

/** `operation.phase`. */
const STEPS: Readonly<Record<string, string>> = {
  Pending: 'written down, not begun',
  Running: 'its plan is with the host',
  Applied: 'its plan is applied',
  Failed: 'its plan failed',
};

const MUTATIONS: Readonly<Record<string, string>> = {
  None: 'nothing on the disks was changed',
  DurableStateChanged: 'the disks were changed',
  Unknown: 'nobody knows if the disks were changed',
};

const known = (words: Readonly<Record<string, string>>, word: string | undefined) =>
  word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;

/** What a storage phase means; `undefined` for one that is not known here. */
export const storageMeaning = (phase: string | undefined) => known(PHASES, phase);
/** What the phase of a storage operation means. */
export const operationMeaning = (phase: string | undefined) => known(STEPS, phase);
/** What a mutation state means. */
export const mutationMeaning = (state: string | undefined) => known(MUTATIONS, state);

/**
 * Whether a failed operation may be tried again, as a sentence; `undefined` where none failed. The provider's
 * documentation allows it only where nothing is pending and nothing was changed.
 */
export function retryAdvice(storage: HostStorage | undefined): string | undefined {
  if (storage?.operation?.phase !== 'Failed') return undefined;
  if (storage.pendingSpecHash) return 'do not retry: a changed declaration is pending; contact support';
  if (storage.operation.mutationState !== 'None')
    return 'do not retry: the disks may have been changed; contact support';
  return 'may be retried with storagectl: raise spec.storage.retryNonce, and leave the volumes as they are';
}
