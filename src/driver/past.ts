/** What a session has sent, from the journal of operations, and what of it is not finished. */
import type { Note, SessionOperation } from '../guides/contract.ts';
import type { Journal } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import type { Sent } from '../operations/contract.ts';
import { sentOf } from '../runner/half-done.ts';

/** The operations of a session: those that say so themselves, and those its notes name. */
export function operationsOf(
  id: string | undefined,
  notes: readonly Note[],
  records: readonly OperationRecord[],
): Map<string, SessionOperation> {
  const named = new Set(notes.flatMap((note) => (note.note === 'sent' ? [note.operation] : [])));
  const mine = records.filter(
    (record) => named.has(record.id) || (id !== undefined && record.began.session?.id === id && record.sentAt),
  );
  const here = new Map(mine.map((record) => [record.id, operationOf(record)]));
  const told = notes.flatMap((note): [string, SessionOperation][] => {
    if (note.note !== 'sent' || !note.sent || here.has(note.operation)) return [];
    return [[note.operation, { id: note.operation, sent: note.sent, journalOf: note.by }]];
  });
  return new Map([...told, ...here]);
}

/** What was sent by an operation of this journal, for a note that others read. */
export async function sentIn(journal: Journal, id: string): Promise<{ sent?: Sent }> {
  const record = (await journal.list()).find((one) => one.id === id);
  return record ? { sent: sentOf(record) } : {};
}

function operationOf(record: OperationRecord): SessionOperation {
  const { id, outcome, resolved } = record;
  const end = outcome ?? resolved;
  const how = outcome?.outcome ?? (resolved?.how === 'left' ? 'abandoned' : undefined);
  return {
    id,
    sent: sentOf(record),
    ...(how ? { outcome: how } : {}),
    ...(end ? { ended: Date.parse(end.at) } : {}),
  };
}

/** The notes with those of operations that were sent and of which no note was made before the process ended. */
export function withUnnoted(
  id: string | undefined,
  notes: readonly Note[],
  records: readonly OperationRecord[],
  by: (record: OperationRecord) => string,
): readonly Note[] {
  const noted = new Set(notes.flatMap((note) => (note.note === 'sent' ? [note.operation] : [])));
  const missing = records.flatMap((record): Note[] => {
    const { session } = record.began;
    if (id === undefined || session?.id !== id || record.sentAt === undefined || noted.has(record.id)) return [];
    const { stage, how } = session;
    return [
      { note: 'sent', at: record.sentAt, by: by(record), stage, operation: record.id, how, sent: sentOf(record) },
    ];
  });
  return missing.length === 0 ? notes : [...notes, ...missing];
}
