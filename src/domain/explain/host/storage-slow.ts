import { storageUnderway } from '../../fleet/host-use.ts';
import { conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { hostRef } from '../lookup.ts';
import { agentJournal, describe } from '../steps.ts';
import type { Failure } from '../types.ts';

const PLANS: Readonly<Record<string, string>> = { Prepare: 'storage-prepare', Release: 'storage-release' };

/** Neither done nor failed for too long. */
export const storageSlow: Failure<HostFacts> = {
  id: 'storage-slow',
  test(facts) {
    const { object, cluster } = facts.row;
    if (!storageUnderway(object)) return undefined;
    const since =
      object.storage?.operation?.started ?? object.storageOperation?.updated ?? object.storageCondition?.since;
    const type = object.storageOperation?.type ?? 'Prepare';
    const what = Object.hasOwn(PLANS, type) ? PLANS[type]! : 'storage';
    return late(facts, { cluster, what, since, limit: LIMITS.clean, text: `storage stays ${object.storagePhase}` });
  },
  tell({ row, plan }) {
    const { object } = row;
    const of = hostRef(row);
    const { type, phase, updated } = object.storageOperation ?? {};
    return {
      what: `The volumes of ${row.name} are not as declared yet, and its pool does not give it away before: they stay ${object.storagePhase}.`,
      evidence: [
        fieldOf(of, 'status.storage.phase', object.storagePhase),
        type === undefined
          ? undefined
          : fieldOf(of, 'status.storage.operation', [type, phase].filter(Boolean).join(' '), updated),
        fieldOf(
          of,
          'status.observedStorage.observedAt',
          object.storageObservedAt === undefined ? 'never' : 'last report',
          object.storageObservedAt,
        ),
        conditionOf(of, object.storageCondition),
        planOf(plan),
      ],
      causes: [
        'its observer reports nothing fresh: the provider acts on no report older than five minutes',
        'its agent does not take the storage plan up',
        'the disks are slow, or a device hangs',
      ],
      next: [describe(object, 'read its storage conditions and its observed devices'), agentJournal(object)],
    };
  },
};
