/** Letting go of a broken off operation: it was dealt with by other means, and what is written of it stays. */
import { type Journal, JournalError } from '../journal/journal.ts';

/** Notes it in the journal. Throws JournalError where there is nothing to leave, or somebody else holds it. */
export async function leave(journal: Journal, id: string, why?: string): Promise<void> {
  const nothing = (status = 'not in the journal') => new JournalError(`${id} is ${status}: there is nothing to leave.`);
  const status = (await journal.read(id))?.status;
  if (status !== 'half done' && status !== 'in doubt') throw nothing(status);
  const operation = await journal.claim(id);
  try {
    // Whoever was faster may have finished it before it was held.
    const resolved = (await journal.read(id))?.resolved;
    if (resolved) throw nothing(resolved.how);
    await operation.note({ type: 'resolved', how: 'left', ...(why ? { why } : {}) });
  } finally {
    await operation.release();
  }
}
