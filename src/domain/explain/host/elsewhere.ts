/** A host's wait whose cause is the machine that holds it; and a node that comes and goes, which is the host's. */
import type { HostFacts } from '../facts.ts';
import { machineRef } from '../lookup.ts';
import { flaps } from '../machine/node-flapping.ts';
import type { Follow } from '../types.ts';

export const itsMachine: Follow<HostFacts> = {
  follow(facts) {
    const { row, machine } = facts;
    if (!machine || row.problem !== undefined) return [];
    return row.waiting !== undefined || flaps({ ...facts, row: machine }) ? [machineRef(machine)] : [];
  },
};
