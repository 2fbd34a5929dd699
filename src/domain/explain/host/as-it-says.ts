import { allocationOf, planOf, troubledConditions } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Anything else that its row finds wrong, in the host's own words: nothing is hidden for being unknown. */
export const hostAsItSays: Failure<HostFacts> = {
  id: 'host-trouble',
  test: ({ row }) => row.problem,
  tell: ({ row, plan }, { text }) => ({
    what: `${row.name}: ${text}.`,
    evidence: [...troubledConditions(hostRef(row), row.object.conditions), planOf(plan), allocationOf(row)],
    causes: ['not known to metaldeck: the evidence is what the objects say'],
    next: [describe(row.object)],
  }),
};
