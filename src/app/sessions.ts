/** The sessions that are not over, for commands that drive none: what they go through is no news. */

import { openSessions } from '../driver/open.ts';
import type { Found } from '../driver/types.ts';
import { journalFolder } from '../journal/folder.ts';
import { processes } from '../journal/process.ts';
import { createSessions } from '../journal/sessions.ts';
import type { SessionLine } from '../store/guiding.ts';
import type { Store } from '../store/store.ts';
import type { Opened } from './session.ts';

/** A session as the store holds it; `mine`: driven by this process. */
export function sessionLine({ id, title, ask, by, began, holder, here }: Found, mine: boolean): SessionLine {
  return { id, title, ask, by, began, mine, here, ...(holder === undefined || mine ? {} : { holder }) };
}

/** Puts them into the store. What can be read neither here nor in the cluster is not known; never throws. */
export async function recallSessions(
  store: Store,
  { session, transport }: Pick<Opened, 'session' | 'transport'>,
): Promise<void> {
  const found = await openSessions({
    sessions: createSessions({ folder: journalFolder(process.env, session.demo) }),
    transport,
    namespace: session.namespace,
    server: session.host,
    now: Date.now(),
    isGone: (other) => processes.isGone(other),
  }).catch(() => []);
  store.setState({ sessions: found.map((one) => sessionLine(one, false)) });
}
