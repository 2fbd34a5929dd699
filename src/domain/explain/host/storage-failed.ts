import { conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef } from '../lookup.ts';
import { describe, failedOutput, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

/** A storage operation that failed and touched nothing: it may be asked for again. */
export const storageFailed: Failure<HostFacts> = {
  id: 'storage-failed',
  test({ row: { object } }) {
    const { phase, type, updated } = object.storageOperation ?? {};
    if (phase === 'Failed')
      return { severity: 'bad', text: `storage ${(type ?? 'operation').toLowerCase()} failed`, since: updated };
    if (object.storagePhase === 'Failed')
      return { severity: 'bad', text: 'storage is failed', since: object.storageCondition?.since };
    return undefined;
  },
  tell({ row, plan }) {
    const { object } = row;
    const { type, phase, mutationState, updated } = object.storageOperation ?? {};
    const of = hostRef(row);
    return {
      what: `The volumes of ${row.name} are not as declared: its storage operation failed, and no disk was changed as far as is known.`,
      evidence: [
        fieldOf(of, 'status.storage.phase', object.storagePhase, object.storageObservedAt),
        object.storageOperation &&
          fieldOf(of, 'status.storage.operation', [type, phase, mutationState].filter(Boolean).join(' '), updated),
        conditionOf(of, object.storageCondition),
        plan?.type?.startsWith('storage-') ? planOf(plan) : undefined,
      ],
      causes: [
        'a declared device is not there, or carries another filesystem than expected',
        'a device is in use by something else',
        'the approval to initialise it is of another declaration',
      ],
      next: [
        plan?.type?.startsWith('storage-') ? failedOutput(row) : undefined,
        describe(object, 'read its storage conditions and its observed devices'),
        { text: 'once the cause is gone, retry it: spec.storage.retryNonce goes up, the volumes stay as they are' },
      ],
      remedies: [phase === 'Failed' ? remedy('storage-retry', of) : undefined],
    };
  },
};
