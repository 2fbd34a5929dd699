import { fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { refTo } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

const claimants = ({ fleet, row }: HostFacts) =>
  fleet.machines.list.flatMap(({ baremetal }) => (baremetal?.inventory === row.name ? [baremetal] : []));

/** At most one BaremetalMachine may hold a host. */
export const claimedTwice: Failure<HostFacts> = {
  id: 'host-claimed-twice',
  test: ({ row }) =>
    row.problem?.text.startsWith('claimed by ') ? { severity: 'bad', text: row.problem.text } : undefined,
  tell(facts) {
    const { row } = facts;
    const found = claimants(facts);
    return {
      what: `${row.name} is held by ${found.length} BaremetalMachines at once; only one can have its node there.`,
      evidence: found.map((each) => fieldOf(refTo(each), 'status.machineInventoryRef.name', row.name, each.created)),
      causes: [
        'objects were restored from a backup while the originals were still there',
        'an object was copied by hand with its status',
      ],
      next: [
        ...found.map((each) => describe(each)),
        { text: 'delete no MachineInventory; ask support which of the two is the older claim' },
      ],
    };
  },
};
