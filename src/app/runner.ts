/** Puts the runner on a connection and a picture: for the dashboard and for commands. */
import { userInfo } from 'node:os';
import type { Options } from '../cli.ts';
import type { MatrixRow } from '../domain/matrix.ts';
import { guideOperations } from '../guides/index.ts';
import { journalFolder } from '../journal/folder.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import { operations } from '../operations/index.ts';
import { createRunner, type Runner, type Sight } from '../runner/api.ts';
import type { Store } from '../store/store.ts';
import { configPath, readConfig, whyReadOnly } from './config.ts';
import { matrixPath, readMatrix } from './matrix-file.ts';
import type { Opened } from './session.ts';

let rows: { matrix?: readonly MatrixRow[] } | undefined;

/** The support matrix, read once. Whoever relies upon the user's rows has read them before, and was told what is wrong with them. */
function knownRows(): { matrix?: readonly MatrixRow[] } {
  if (!rows) {
    try {
      rows = { matrix: readMatrix(matrixPath(process.env)) };
    } catch {
      rows = {};
    }
  }
  return rows;
}

/** What is shown on screen, as the runner's picture. */
export function sightOf(store: Store): Sight {
  return {
    picture() {
      const { fleet, freshness, session, learnt, falls, doubts, sessions } = store.getState();
      const seen = { falls, doubts, sessions };
      return { fleet, freshness, namespace: session.namespace, now: Date.now(), learnt, seen, ...knownRows() };
    },
    subscribe: (listener) =>
      store.subscribe((state, before) => {
        if (state.fleet !== before.fleet || state.freshness !== before.freshness) listener();
      }),
  };
}

/** This user's journal; that of the demo is another. */
export function openJournal(demo: boolean): Journal {
  return createJournal({ folder: journalFolder(process.env, demo) });
}

/**
 * The one writer of this process. The store must hold the session already. Throws UsageError where the config file
 * cannot be understood.
 */
export function openRunner(
  options: Options,
  opened: Opened,
  store: Store,
  more: { bell?(): void; onError?(error: unknown): void } = {},
): Runner {
  const { session, transport } = opened;
  const config = readConfig(configPath(process.env));
  return createRunner({
    transport,
    sight: sightOf(store),
    journal: openJournal(session.demo),
    operations: [...operations, ...guideOperations],
    who: whoOf(session),
    readOnly: whyReadOnly(config, session.context, options.operate.readOnly),
    ...more,
  });
}

/** Who writes where, for the journal. */
export function whoOf(session: Opened['session']) {
  return {
    user: { os: osUser(), kubernetes: session.impersonating ?? session.user },
    context: session.context,
    server: session.host,
  };
}

/** Who is logged in; on a jump host with one account for all, sudo tells more. */
export function osUser(): string {
  try {
    const { username } = userInfo();
    const sudo = process.env['SUDO_USER'];
    return sudo && sudo !== username ? `${sudo} as ${username}` : username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
