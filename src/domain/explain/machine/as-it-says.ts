import { baremetalRef, fieldOf, planOf, troubledConditions } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { describe, open } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Anything else that its row finds wrong, in the objects' own words: nothing is hidden for being unknown. */
export const machineAsItSays: Failure<MachineFacts> = {
  id: 'machine-trouble',
  test: ({ row }) => row.problem,
  tell: ({ row, plan, host }, { text }) => ({
    what: `${row.name}: ${text}.`,
    evidence: [
      ...troubledConditions(machineRef(row), row.machine?.conditions),
      ...(row.baremetal ? troubledConditions(baremetalRef(row), row.baremetal.conditions) : []),
      fieldOf(
        machineRef(row),
        'failure',
        [row.machine?.failure?.reason, row.machine?.failure?.message].filter(Boolean).join(': ') || undefined,
      ),
      fieldOf(
        baremetalRef(row),
        'failure',
        [row.baremetal?.failure?.reason, row.baremetal?.failure?.message].filter(Boolean).join(': ') || undefined,
      ),
      planOf(plan),
    ],
    causes: ['not known to metaldeck: the evidence is what the objects say'],
    next: [
      row.machine && describe(row.machine),
      row.baremetal && describe(row.baremetal),
      open(host && hostRef(host), 'look at its host'),
    ],
  }),
};
