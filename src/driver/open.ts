/** The sessions that are not over: those of the journal here, and those that others carry in the cluster. */
import { cleanLine } from '../domain/text.ts';
import type { ProcessId } from '../journal/entries.ts';
import type { SessionRecord, Sessions } from '../journal/sessions.ts';
import type { Transport } from '../kube/types.ts';
import { carriedIn } from '../runner/lease.ts';
import { nameOf } from '../runner/people.ts';
import { foundIn } from './carried.ts';
import type { Found } from './types.ts';

export interface OpenOptions {
  sessions: Pick<Sessions, 'list'>;
  transport: Pick<Transport, 'json'>;
  namespace: string;
  /** As the journal names it. */
  server: string;
  /** Epoch ms. */
  now: number;
  isGone(process: ProcessId): boolean;
}

/** The newest first. What may not be read in the cluster is left out. Throws JournalError. */
export async function openSessions({
  sessions,
  transport,
  namespace,
  server,
  ...around
}: OpenOptions): Promise<Found[]> {
  const [records, carried] = await Promise.all([sessions.list(), carriedIn(transport, namespace, around)]);
  const known = new Map(records.map((record) => [record.id, record]));
  const isHere = ({ status, began }: SessionRecord) =>
    status === 'open' && began.server === server && began.namespace === namespace;
  const here = records.filter(isHere).map(foundHere);
  const there = carried.flatMap((each) => foundIn(each) ?? []);
  for (const found of here) {
    // Another account may have gone on with it since: its Lease says more than our file.
    const twin = there.find(({ id }) => id === found.id);
    if (twin?.holder !== undefined) found.holder ??= twin.holder;
  }
  const foreign = there.filter(({ id }) => !known.has(id));
  return [...here, ...foreign].sort((a, b) => b.began - a.began);
}

function foundHere({ id, began, at, notes, holder }: SessionRecord): Found {
  const process = holder?.process;
  return {
    id,
    title: cleanLine(began.title),
    ask: began.ask,
    by: cleanLine(began.from?.by ?? nameOf(began.user)),
    began: at,
    notes,
    ...(process ? { holder: `process ${process.pid} on ${cleanLine(process.host)}` } : {}),
    here: true,
  };
}
