import { falseCondition } from '../../conditions.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import { hostFacts, type PoolFacts } from '../facts.ts';
import { noPlanSecret } from '../host/no-plan-secret.ts';
import { notReady } from '../host/not-ready.ts';
import { notReadyYet } from '../host/not-ready-yet.ts';
import { storageFailed } from '../host/storage-failed.ts';
import { storageInDoubt } from '../host/storage-in-doubt.ts';
import { hostRef, poolRef } from '../lookup.ts';
import { describe, kubectl, quoted } from '../steps.ts';
import type { Failure, Follow } from '../types.ts';

const absent = ({ row }: PoolFacts) => row.members.filter(({ host }) => host === undefined);

/** The row says which member does not exist only where all hosts are known. */
export const memberMissing: Failure<PoolFacts> = {
  id: 'pool-member-missing',
  mode: 'F3',
  test: ({ row }) => (row.problem?.text.startsWith('member ') ? row.problem : undefined),
  tell(facts) {
    const { row } = facts;
    const names = absent(facts).map(({ name }) => name);
    return {
      what: `${row.name} is not valid: it names ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}, and there is no such host.`,
      evidence: [
        conditionOf(poolRef(row), falseCondition(row.object.conditions, 'MembersValid')),
        conditionOf(poolRef(row), falseCondition(row.object.conditions, 'Ready')),
        fieldOf(poolRef(row), 'status.unavailable', row.reported?.unavailable),
      ],
      causes: [
        'the name is misspelt: it has to be that of the MachineInventory, letter by letter',
        'the host has not registered yet',
        'its MachineInventory was deleted',
      ],
      next: [
        {
          text: 'compare with the hosts there are',
          command: kubectl(row.object.namespace, 'get', 'machineinventories'),
        },
        {
          text: 'correct the list of members; it writes',
          command: kubectl(row.object.namespace, 'edit', 'machineinventorypool', row.name),
        },
        ...names.slice(0, 3).map((name) => ({ text: `look for a host named like ${quoted(name)}` })),
        describe(row.object),
      ],
    };
  },
};

const UNFIT = [noPlanSecret, notReady, notReadyYet, storageInDoubt, storageFailed];

/** A member that may not be given away: the host says why. */
export const unfitMember: Follow<PoolFacts> = {
  follow(around) {
    const { row } = around;
    const said =
      falseCondition(row.object.conditions, 'MembersValid') ?? falseCondition(row.object.conditions, 'Ready');
    if (!said) return [];
    return row.members.flatMap(({ host }) => {
      if (!host) return [];
      const facts = hostFacts(around, host);
      return UNFIT.some((failure) => failure.test(facts)) ? [hostRef(host)] : [];
    });
  },
};

export const asItsRowKnows: Follow<PoolFacts> = { follow: ({ row }) => [row.problem?.cause] };
