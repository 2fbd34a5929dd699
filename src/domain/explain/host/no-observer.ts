import { storageUnderway } from '../../fleet/host-use.ts';
import { fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { isLate, LIMITS } from '../limits.ts';
import { hostRef } from '../lookup.ts';
import { agentJournal } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Volumes are declared and nobody on the host reports its disks: an older image has no observer. */
export const noObserver: Failure<HostFacts> = {
  id: 'no-storage-observer',
  mode: 'F24',
  test({ row: { object }, now }) {
    if (object.storageDeclared === undefined) return undefined;
    const updated = object.storageOperation?.updated ?? object.storageCondition?.since;
    // What was declared a moment ago waits for its first report.
    if (storageUnderway(object) && !isLate(updated, LIMITS.observation, now)) return undefined;
    const phase = object.storagePhase ?? 'Unmanaged';
    if (object.storageObservedAt === undefined) {
      return phase === 'Unmanaged' && isLate(object.created, LIMITS.observation, now)
        ? { severity: 'bad', text: 'volumes declared, and nothing reports its disks', since: object.created }
        : undefined;
    }
    return isLate(object.storageObservedAt, LIMITS.observation, now)
      ? { severity: 'warn', text: 'its disks are not reported any more', since: object.storageObservedAt }
      : undefined;
  },
  tell({ row }) {
    const { object } = row;
    const of = hostRef(row);
    return {
      what: `${object.storageDeclared} volumes are declared on ${row.name}, and no fresh report of its disks comes: the provider acts on none but fresh ones.`,
      evidence: [
        fieldOf(of, 'spec.storage.volumes', object.storageDeclared),
        fieldOf(of, 'status.storage.phase', object.storagePhase ?? 'not set'),
        fieldOf(
          of,
          'status.observedStorage.observedAt',
          object.storageObservedAt === undefined ? 'never' : 'stale',
          object.storageObservedAt,
        ),
        fieldOf(of, 'os', object.os),
      ],
      causes: [
        'it runs an image from before managed storage, which has no observer',
        'the host is off or cut off',
        'the observer cannot reach the API with its token',
      ],
      next: [
        { text: 'where the image is old: release the host and install it anew before volumes are declared' },
        agentJournal(object),
      ],
    };
  },
};
