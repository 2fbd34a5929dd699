/** Which part of a session's record is here, and which is in somebody else's journal. */
import type { Session } from './contract.ts';

/** One sentence; undefined where all of it is here. */
export function elsewhere({ from, operations }: Pick<Session, 'from' | 'operations'>): string | undefined {
  const foreign = [...operations.values()].filter(({ journalOf }) => journalOf !== undefined);
  const owners = [...new Set(foreign.map(({ journalOf }) => journalOf))].join(', ');
  const parts = [
    from && `begun by ${from.by} with another journal: what was said and seen there came with the Lease`,
    from?.missing && `${from.missing} notes did not fit into the Lease and are in the journal of ${from.by} only`,
    foreign.length > 0 &&
      `${foreign.length === 1 ? '1 operation is' : `${foreign.length} operations are`} told by the Lease, with steps and answers in the journal of ${owners}: ${foreign.map(({ id }) => id).join(', ')}`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? undefined : parts.join('; ');
}
