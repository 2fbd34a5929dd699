import { conditionOf, fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** A failed storage operation that may have written to the disks: to try again could destroy what is on them. */
export const storageInDoubt: Failure<HostFacts> = {
  id: 'storage-in-doubt',
  mode: 'F23',
  test({ row: { object } }) {
    const { phase, type, mutationState, updated } = object.storageOperation ?? {};
    const doubt = object.storagePending === true || (mutationState !== undefined && mutationState !== 'None');
    if (phase !== 'Failed' || !doubt) return undefined;
    return {
      severity: 'bad',
      text: `storage ${(type ?? 'operation').toLowerCase()} failed, disks in doubt`,
      decisive: true,
      since: updated,
    };
  },
  tell({ row }) {
    const { object } = row;
    const { type, phase, mutationState, updated } = object.storageOperation ?? {};
    const of = hostRef(row);
    return {
      what: `The storage operation ${type ?? ''} of ${row.name} failed after it may have written to its disks; nothing may be tried again before support has looked.`.replace(
        'operation  of',
        'operation of',
      ),
      evidence: [
        fieldOf(of, 'status.storage.operation', [type, phase].filter(Boolean).join(' '), updated),
        fieldOf(of, 'status.storage.operation.mutationState', mutationState),
        object.storagePending ? fieldOf(of, 'status.storage.pendingSpecHash', 'set') : undefined,
        conditionOf(of, object.storageCondition),
      ],
      causes: ['the disk failed while it was written to', 'the host went down in the middle of the operation'],
      next: [
        { text: 'do not raise retryNonce and do not change the volumes; contact support' },
        describe(object, 'collect status.storage for support'),
        { text: 'check the disk itself: SMART values, the kernel log of the host' },
      ],
    };
  },
};
