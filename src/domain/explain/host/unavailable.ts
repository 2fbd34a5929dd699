import { allocationOf, conditionOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef } from '../lookup.ts';
import { agentJournal, describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Given up by the provider, and nothing that can be seen says why any more. */
export const unavailable: Failure<HostFacts> = {
  id: 'host-unavailable',
  mode: 'F3',
  test: ({ row }) =>
    row.object.allocation === 'Unavailable' ? { severity: 'bad', text: 'unavailable', since: row.since } : undefined,
  tell: ({ row, plan }) => ({
    what: `The provider has given ${row.name} up: it stays Unavailable, and its pool does not give it away.`,
    evidence: [allocationOf(row), planOf(plan), conditionOf(hostRef(row), row.ready)],
    causes: [
      'an earlier plan failed on it, and the provider has not taken it back since',
      'it was not fit when the provider last looked: not Ready, or its storage not prepared',
    ],
    next: [
      describe(row.object),
      agentJournal(row.object),
      { text: 'how an Unavailable host is taken back is not documented: once it is repaired, ask support' },
    ],
  }),
};
