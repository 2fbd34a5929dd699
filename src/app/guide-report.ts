/** The report of a session, from what is on the board. */
import type { Fleet } from '../domain/fleet/rows.ts';
import type { SessionOperation } from '../guides/contract.ts';
import { reportOf } from '../guides/report.ts';
import { verified } from '../guides/verify.ts';
import type { Guiding } from '../store/guiding.ts';
import type { Session } from '../store/state.ts';

/** Markdown. */
export function reportText(
  guiding: Pick<Guiding, 'title' | 'id' | 'ask' | 'notes' | 'began' | 'course' | 'closed'>,
  operations: ReadonlyMap<string, SessionOperation>,
  { host, namespace }: Pick<Session, 'host' | 'namespace'>,
  fleet: Fleet,
  now: number,
): string {
  const { title, id, ask, notes, began, course, closed } = guiding;
  const session = { ask, notes, operations, ...(began === undefined ? {} : { began }) };
  return reportOf({
    title,
    ...(id === undefined ? {} : { id }),
    server: host,
    namespace,
    now,
    session,
    ...(course ? { course } : {}),
    ...(closed ? { closed } : {}),
    checks: verified(fleet, session),
  });
}
