import { isUnderway } from '../../fleet/host-use.ts';
import { allocationOf, conditionOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef } from '../lookup.ts';
import { agentJournal, describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** `Ready=False` with a reason that does not pass by itself, whichever it is. */
export const notReady: Failure<HostFacts> = {
  id: 'host-not-ready',
  mode: 'F3',
  test({ row, plan }) {
    const { ready } = row;
    if (ready?.status !== 'False' || isUnderway(ready)) return undefined;
    const known = plan !== undefined && plan.state.source !== 'reported' && plan.state.source !== 'unknown';
    if (ready.reason === 'PlanFailure' && known && plan.problem === undefined) return undefined;
    const failing = /Fail/.test(ready.reason ?? '');
    return {
      severity: failing ? 'bad' : 'warn',
      text: `not ready: ${ready.reason ?? 'no reason given'}`,
      since: ready.since,
    };
  },
  tell({ row, plan }) {
    return {
      what: `${row.name} is not Ready (${row.ready?.reason ?? 'no reason given'}), so that its pool may not give it away.`,
      evidence: [conditionOf(hostRef(row), row.ready), planOf(plan), allocationOf(row)],
      causes: ['what the condition says', 'the elemental operator cannot reach or change what it needs'],
      next: [describe(row.object), agentJournal(row.object)],
    };
  },
};
