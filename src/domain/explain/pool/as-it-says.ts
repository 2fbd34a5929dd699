import { fieldOf, troubledConditions } from '../evidence.ts';
import type { PoolFacts } from '../facts.ts';
import { poolRef } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Anything else that its row finds wrong: figures that do not agree, a condition newer than us. */
export const poolAsItSays: Failure<PoolFacts> = {
  id: 'pool-trouble',
  test: ({ row }) => row.problem,
  tell: ({ row }, { text }) => ({
    what: `${row.name}: ${text}.`,
    evidence: [
      ...troubledConditions(poolRef(row), row.object.conditions),
      ...row.mismatch.map((figure) =>
        fieldOf(poolRef(row), figure, `${row.reported?.[figure]} reported, ${row.counted[figure]} counted`),
      ),
    ],
    causes: ['not known to metaldeck: the evidence is what the objects say'],
    next: [describe(row.object)],
  }),
};
