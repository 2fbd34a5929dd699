import { isUnderway, UNDERWAY } from '../../fleet/host-use.ts';
import type { Condition } from '../../objects.ts';
import { conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { hostRef } from '../lookup.ts';
import { agentJournal, describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** What such a host waits for is its machine's matter, which has limits of its own. */
const MACHINES: readonly string[] = ['allocated', 'reprovisioning', 'preparing'];

const awaited = (ready: Condition | undefined): string => {
  const phrase = UNDERWAY[ready?.reason ?? ''] ?? 'what it does not say';
  return phrase === UNDERWAY['WaitingForPlan'] ? `its ${phrase}` : phrase;
};

/**
 * A host that is on its way to Ready, and takes too long: the operator says WaitingForPlan until the agent has applied a
 * first plan, which it does once the system is on the disk (domain §2.1), and nothing says that it never will.
 */
export const notReadyYet: Failure<HostFacts> = {
  id: 'host-not-ready-yet',
  mode: 'F3',
  test(facts) {
    const { ready, use, object } = facts.row;
    if (ready?.status !== 'False' || !isUnderway(ready) || MACHINES.includes(use)) return undefined;
    if (object.deleting !== undefined) return undefined;
    const since = ready.since ?? object.created;
    const text = `still waits for ${awaited(ready)}`;
    // It is in no cluster yet, or only promised to one: hosts are installed alike, whoever will have them.
    return late(facts, { cluster: undefined, what: 'first-plan', since, limit: LIMITS.firstPlan, text });
  },
  tell({ row, plan }) {
    const of = hostRef(row);
    const { ready, object } = row;
    return {
      what: `${row.name} has registered and is not Ready: it waits for ${awaited(ready)}, and its pool may not give it away before.`,
      evidence: [
        conditionOf(of, ready),
        planOf(plan),
        fieldOf(of, 'metadata.creationTimestamp', 'registered', object.created),
      ],
      causes: [
        'the installation failed or hangs, or the host started from the ISO again and not from its disk',
        'the host is off, or has lost its network after the installation',
        'the API refuses its agent (401 or 403), or the agent cannot verify its certificate',
      ],
      next: [
        { text: 'look at its console: whether it was installed, and from what it started' },
        agentJournal(object),
        describe(object),
      ],
    };
  },
};
