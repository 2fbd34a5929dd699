/** Puts the operator's port together: journal, runner, and what they see of the fleet. */
import { userInfo } from 'node:os';
import { journalFolder } from '../journal/folder.ts';
import { createJournal } from '../journal/journal.ts';
import type { Transport } from '../kube/types.ts';
import { operations } from '../operations/index.ts';
import { createRunner, type Sight } from '../runner/api.ts';
import type { Session } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Dashboard } from './dashboard.tsx';
import { createOperator } from './operator.ts';

/** What the store holds, as operations see it. */
export function sightOf(store: Store): Sight {
  return {
    picture() {
      const { fleet, freshness, session } = store.getState();
      return { fleet, freshness, namespace: session.namespace, now: Date.now() };
    },
    subscribe: (listener) =>
      store.subscribe((state, before) => {
        if (state.fleet !== before.fleet || state.freshness !== before.freshness) listener();
      }),
  };
}

/** Everything that is needed to operate from a dashboard. `stop` on the answer lets go of it. */
export function openOperator({
  store,
  transport,
  session,
  board,
}: {
  store: Store;
  transport: Transport;
  session: Session;
  board: Pick<Dashboard, 'copy' | 'edit' | 'bell'>;
}) {
  const sight = sightOf(store);
  const runner = createRunner({
    transport,
    sight,
    journal: createJournal({ folder: journalFolder(process.env, session.demo) }),
    operations,
    who: {
      user: { os: userInfo().username, kubernetes: session.impersonating ?? session.user },
      context: session.context,
      server: session.host,
    },
    readOnly: session.readOnly,
    bell: () => board.bell(),
  });
  const operator = createOperator({ store, runner, operations, sight, copy: board.copy, edit: board.edit });
  return {
    ...operator,
    stop() {
      operator.stop();
      runner.stop();
    },
  };
}
