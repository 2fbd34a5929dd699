import { conditionOf, fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { poolRef } from '../lookup.ts';
import { describe, open } from '../steps.ts';
import type { Failure } from '../types.ts';

const pools = ({ fleet, row }: HostFacts) =>
  fleet.pools.list.filter(({ members }) => members.some(({ name }) => name === row.name));

/** A host may be in one active pool only (provider documentation, creation of clusters). */
export const twoPools: Failure<HostFacts> = {
  id: 'host-in-two-pools',
  test: ({ row }) =>
    row.problem?.text.startsWith('listed by ') ? { severity: 'bad', text: row.problem.text } : undefined,
  tell(facts) {
    const { row, pool } = facts;
    const listing = pools(facts);
    return {
      what: `${row.name} is a member of ${listing.length} pools, and the provider allows one.`,
      evidence: [
        ...listing.map((each) => fieldOf(poolRef(each), 'spec.machineInventories', row.name)),
        pool &&
          conditionOf(
            poolRef(pool),
            pool.object.conditions.find(({ type }) => type === 'MembersValid'),
          ),
      ],
      causes: [
        'it was added to a second pool and not taken out of the first',
        'two manifests were written from the same list',
      ],
      next: [
        ...listing.map((each) => open(poolRef(each), `decide whether ${each.name} keeps it`)),
        describe(row.object, 'see which pool the provider has annotated it for'),
      ],
      remedies: [],
    };
  },
};
