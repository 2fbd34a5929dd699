/** A host's wait whose cause is the machine that holds it; and a node that is lost, or comes and goes: it stands there. */

import { downCondition } from '../../falls.ts';
import type { HostFacts } from '../facts.ts';
import { machineRef } from '../lookup.ts';
import { flaps } from '../machine/node-flapping.ts';
import type { Follow } from '../types.ts';

export const itsMachine: Follow<HostFacts> = {
  follow(facts) {
    const { row, machine } = facts;
    if (!machine || row.problem !== undefined) return [];
    const fell = machine.problem !== undefined && downCondition(machine.machine) !== undefined;
    return row.waiting !== undefined || fell || flaps({ ...facts, row: machine }) ? [machineRef(machine)] : [];
  },
};
