import { conditionOf, fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { isLate, LIMITS } from '../limits.ts';
import { hostRef, poolRef } from '../lookup.ts';
import { describe, kubectl } from '../steps.ts';
import type { Failure } from '../types.ts';

/** The operator makes a plan Secret for every host it takes in; without one a host is never allocated. */
export const noPlanSecret: Failure<HostFacts> = {
  id: 'no-plan-secret',
  mode: 'F4',
  test({ row, now }) {
    const { planSecret, deleting, created } = row.object;
    if (planSecret !== undefined || deleting !== undefined) return undefined;
    // A host that has just registered is in no pool yet, and its Secret comes in a moment.
    const refused = row.ready?.status === 'False' && /PlanCreation/.test(row.ready.reason ?? '');
    if (row.use === 'unpooled' && !refused && !isLate(created, LIMITS.created, now)) return undefined;
    return { severity: 'bad', text: 'no plan Secret: cannot be allocated', since: created };
  },
  tell({ row, pool }) {
    const { namespace } = row.object;
    return {
      what: `${row.name} has no plan Secret, so that nothing can be told to it and no machine may have it.`,
      evidence: [
        fieldOf(hostRef(row), 'status.plan.secretRef', 'not set', row.object.created),
        conditionOf(hostRef(row), row.ready),
        pool &&
          conditionOf(
            poolRef(pool),
            pool.object.conditions.find(({ type }) => type === 'MembersValid'),
          ),
      ],
      causes: [
        'the elemental operator could not create the Secret: a quota, an admission webhook, or missing rights',
        'the elemental operator does not run',
        'the Secret was deleted by hand',
      ],
      next: [
        describe(row.object, 'read the message of its Ready condition'),
        { text: 'see whether a quota is used up', command: kubectl(namespace, 'get', 'resourcequota') },
        {
          text: 'see whether the operator runs',
          command: kubectl('', 'get', 'pods', '-A', '-l', 'app=elemental-operator'),
        },
      ],
    };
  },
};
