/** A host's wait whose cause is the machine that holds it. */
import type { HostFacts } from '../facts.ts';
import { machineRef } from '../lookup.ts';
import type { Follow } from '../types.ts';

export const itsMachine: Follow<HostFacts> = {
  follow: ({ row, machine }) =>
    machine && row.waiting !== undefined && row.problem === undefined ? [machineRef(machine)] : [],
};
