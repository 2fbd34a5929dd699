/** The report of a session, from what is on the board. */

import type { Fleet } from '../domain/fleet/rows.ts';
import type { SessionOperation } from '../guides/contract.ts';
import { reportOf } from '../guides/report.ts';
import { verified } from '../guides/verify.ts';
import type { Journal } from '../journal/journal.ts';
import { nameOf } from '../runner/people.ts';
import type { Guiding } from '../store/guiding.ts';
import type { Session } from '../store/state.ts';
import { openJournal } from './runner.ts';

/** Markdown. Throws JournalError. */
export async function reportText(
  guiding: Pick<Guiding, 'title' | 'id' | 'ask' | 'notes' | 'began' | 'course' | 'closed' | 'from'>,
  operations: ReadonlyMap<string, SessionOperation>,
  { host, namespace, demo }: Pick<Session, 'host' | 'namespace' | 'demo'>,
  fleet: Fleet,
  now: number,
): Promise<string> {
  const { title, id, ask, notes, began, course, closed, from } = guiding;
  const session = { ask, notes, operations, ...(began === undefined ? {} : { began }), ...(from ? { from } : {}) };
  return reportOf({
    title,
    ...(id === undefined ? {} : { id }),
    server: host,
    namespace,
    now,
    session,
    ...(course ? { course } : {}),
    ...(closed ? { closed } : {}),
    present: new Set(fleet.machines.list.map(({ uid }) => uid)),
    others: await others(openJournal(demo), guiding, host, namespace),
    checks: verified(fleet, session),
  });
}

/** What was written meanwhile and was no part of it. */
async function others(
  journal: Journal,
  { id, began, notes, closed }: Pick<Guiding, 'id' | 'began' | 'notes' | 'closed'>,
  server: string,
  namespace: string,
) {
  if (began === undefined) return [];
  const end = closed ? (notes.at(-1)?.at ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return (await journal.list())
    .filter((record) => record.began.server === server && record.began.namespace === namespace)
    .filter((record) => record.at >= began && record.at <= end && record.began.session?.id !== id)
    .map(({ at, began: { user, plan }, status }) => ({ at, by: nameOf(user), title: plan.title, status }));
}
