/** What the journal tells of the cluster on screen, for the stories of its objects. */

import type { Told } from '../domain/story/timeline.ts';
import { cleanLine } from '../domain/text.ts';
import type { Journal } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import { here, type Session } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** The operations of one server and namespace, oldest first. Throws JournalError. */
export async function readTold(journal: Pick<Journal, 'list'>, { host, namespace }: Session): Promise<Told[]> {
  const records = await journal.list();
  return records.filter(({ began }) => began.server === host && began.namespace === namespace).map(toldOf);
}

function toldOf({ id, at, began, status }: OperationRecord): Told {
  const { user, plan, request } = began;
  return {
    id,
    at,
    title: cleanLine(plan.title),
    status,
    by: cleanLine(user.kubernetes ? `${user.kubernetes} (${user.os})` : user.os),
    targets: request.targets,
  };
}

/**
 * Reads the journal when an object is opened and when an operation moves, and puts what it tells into the store. A
 * journal that cannot be read leaves what was known: whoever writes says so. Returns a function that stops it.
 */
export function followJournal(store: Store, journal: Pick<Journal, 'list'>): () => void {
  let stopped = false;
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    do {
      again = false;
      const told = await readTold(journal, store.getState().session).catch(() => undefined);
      if (stopped) return;
      if (told && JSON.stringify(told) !== JSON.stringify(store.getState().told)) store.setState({ told });
    } while (again);
    reading = false;
  };
  const unsubscribe = store.subscribe((state, before) => {
    const opened = here(state).ref !== undefined && here(state).ref !== here(before).ref;
    if (opened || state.tray !== before.tray) void read();
  });
  return () => {
    stopped = true;
    unsubscribe();
  };
}
