/** Puts the driver of sessions on a connection and a picture: for the dashboard and for commands. */

import type { MatrixRow } from '../domain/matrix.ts';
import { createDriver, type Driver } from '../driver/driver.ts';
import type { DriverOptions } from '../driver/types.ts';
import { guides } from '../guides/index.ts';
import { journalFolder } from '../journal/folder.ts';
import { createSessions } from '../journal/sessions.ts';
import type { Runner } from '../runner/api.ts';
import type { Store } from '../store/store.ts';
import { openJournal, sightOf, whoOf } from './runner.ts';
import type { Opened } from './session.ts';

/** The store must hold the session already. */
export function openDriver(
  { session, transport }: { session: Opened['session']; transport: DriverOptions['transport'] },
  store: Store,
  runner: Runner,
  matrix: readonly MatrixRow[],
  more: { bell?(): void; onError?(error: unknown): void } = {},
): Driver {
  return createDriver({
    transport,
    sight: sightOf(store),
    runner,
    journal: openJournal(session.demo),
    sessions: createSessions({ folder: journalFolder(process.env, session.demo) }),
    guides,
    matrix,
    learnt: () => store.getState().learnt,
    seen: () => {
      const { falls, doubts, sessions } = store.getState();
      return { falls, doubts, sessions };
    },
    who: whoOf(session),
    wanted(clusters) {
      const { asked = [] } = store.getState();
      const all = [...new Set([...asked, ...clusters])];
      if (all.length !== asked.length) store.setState({ asked: all });
    },
    ...more,
  });
}
