import { fieldOf } from '../evidence.ts';
import type { PoolFacts } from '../facts.ts';
import { poolRef } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** What the provider reports of a pool, against what its hosts say. The rows know when the two must agree. */
export const figuresDisagree: Failure<PoolFacts> = {
  id: 'pool-figures-disagree',
  test: ({ row }) => (/^report(?:s|ed figures) /.test(row.problem?.text ?? '') ? row.problem : undefined),
  tell: ({ row }, { text }) => ({
    what: `The figures of ${row.name} cannot be trusted: ${text}.`,
    evidence: row.mismatch.map((figure) =>
      fieldOf(poolRef(row), `status.${figure}`, `${row.reported?.[figure]} reported, ${row.counted[figure]} counted`),
    ),
    causes: [
      'the provider has not looked at the pool since a host changed: it does not run, or is behind',
      "a host's annotations were changed by hand",
      'the provider counts wrongly',
    ],
    next: [
      { text: 'go by the figures counted from the hosts before anything is scaled' },
      describe(row.object, 'see when the provider last wrote its status'),
    ],
  }),
};
