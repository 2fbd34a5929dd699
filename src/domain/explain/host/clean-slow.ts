import { findCondition } from '../../conditions.ts';
import { allocationOf, conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { agentJournal, open } from '../steps.ts';
import type { Failure } from '../types.ts';

/** A deletion waits for the infrastructure, which waits for the clean plan; nothing replaces the machine before. */
export const cleanSlow: Failure<HostFacts> = {
  id: 'clean-slow',
  test(facts) {
    const { row, plan } = facts;
    if (row.use !== 'preparing' || (plan?.type === 'clean' && plan.state.word === 'failed')) return undefined;
    const wait = { cluster: row.cluster, what: 'clean', since: row.since, limit: LIMITS.clean };
    return late(facts, { ...wait, text: 'cleaning takes long' });
  },
  tell({ row, plan, machine }) {
    const of = hostRef(row);
    const deleting = findCondition(machine?.machine?.conditions, 'Deleting');
    const storage = row.object.storageOperation;
    return {
      what: `${machine ? `The deletion of ${machine.name}` : 'Its release'} waits for the clean plan on ${row.name}, which is neither applied nor failed.`,
      evidence: [
        planOf(plan),
        allocationOf(row),
        machine && conditionOf(machineRef(machine), deleting),
        storage &&
          fieldOf(
            of,
            'status.storage.operation',
            [storage.type, storage.phase].filter(Boolean).join(' '),
            storage.updated,
          ),
      ],
      causes: [
        'the disks are large or slow',
        'the host is off or hangs, or its agent cannot reach the API',
        'a container or a mount on it does not go',
      ],
      next: [
        agentJournal(row.object),
        open(
          plan && { kind: 'plan', uid: plan.uid, name: plan.name },
          'open the plan: its checksums tell when it is applied',
        ),
        { text: 'take no finalizer off by hand: the host would go back to its pool uncleaned' },
      ],
    };
  },
};
