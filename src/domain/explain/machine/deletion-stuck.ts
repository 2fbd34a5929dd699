import { baremetalRef, conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { describe, open } from '../steps.ts';
import type { Failure } from '../types.ts';
import { stageOf } from './deletion.ts';

/** The last steps of a deletion, where its host does not explain the wait. */
export const deletionStuck: Failure<MachineFacts> = {
  id: 'deletion-stuck',
  test(facts) {
    const { row } = facts;
    const at = stageOf(row);
    const since = row.machine?.deleting ?? row.baremetal?.deleting;
    if (at?.stage === 'error') return { severity: 'bad', text: 'deletion fails', since };
    if (since === undefined || (at && at.stage !== 'infrastructure' && at.stage !== 'later')) return undefined;
    const wait = { cluster: row.cluster, what: 'machine-gone', since, limit: LIMITS.clean };
    return late(facts, { ...wait, text: 'deletion does not end' });
  },
  tell({ row, host }) {
    const of = machineRef(row);
    const finalizers = [...new Set([...(row.machine?.finalizers ?? []), ...(row.baremetal?.finalizers ?? [])])];
    const who = row.baremetal ? `BaremetalMachine ${row.baremetal.name}` : 'what is left of it';
    return {
      what: `The deletion of ${row.name} waits for ${who}, which does not go.`,
      evidence: [
        conditionOf(of, stageOf(row)?.condition),
        fieldOf(baremetalRef(row), 'metadata.finalizers', finalizers.join(' ') || 'none', row.baremetal?.deleting),
        fieldOf(baremetalRef(row), 'status.phase', row.baremetal?.phase),
      ],
      causes: [
        'the provider does not run, or is paused for this object',
        'the host it holds is not known any more, so that it cannot be cleaned',
        'the provider meets an error it repeats: its log names it',
      ],
      next: [
        open(host && hostRef(host), 'look at its host'),
        row.baremetal && describe(row.baremetal),
        row.machine && describe(row.machine),
      ],
    };
  },
};
