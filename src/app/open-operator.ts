/** Everything that is needed to operate from a dashboard: the runner, and the port the screens call. */
import type { Options } from '../cli.ts';
import { guideOperations } from '../guides/index.ts';
import { siteFolder } from '../local/folder.ts';
import { operations } from '../operations/index.ts';
import type { Store } from '../store/store.ts';
import type { Dashboard } from './dashboard.tsx';
import { openDriver } from './driver.ts';
import { createGuides } from './guides.ts';
import { siteOf } from './learning.ts';
import { matrixPath, readMatrix } from './matrix-file.ts';
import { createOperator } from './operator.ts';
import { openRunner, sightOf } from './runner.ts';
import type { Opened } from './session.ts';

/**
 * The operator's port over a connection. `stop` on the answer lets go of it. Throws UsageError where the config file
 * cannot be understood.
 */
export function openOperator(
  options: Options,
  opened: Opened,
  store: Store,
  board: Pick<Dashboard, 'copy' | 'edit' | 'bell'>,
) {
  const runner = openRunner(options, opened, store, { bell: () => board.bell() });
  store.setState(({ session }) => ({ session: { ...session, readOnly: runner.readOnly } }));
  const { copy, edit } = board;
  const sight = sightOf(store);
  const operator = createOperator({
    store,
    runner,
    operations: [...operations, ...guideOperations],
    sight,
    copy,
    edit,
    folder: siteFolder(process.env, siteOf(store.getState(), options.speed)),
  });
  const matrix = readMatrix(matrixPath(process.env));
  const driver = openDriver(opened, store, runner, matrix, { bell: () => board.bell() });
  const guides = createGuides({ store, driver, parts: operator, matrix, sight });
  return {
    ...operator,
    guides,
    alone: runner.alone,
    async stop() {
      operator.stop();
      await guides.stop();
      runner.stop();
    },
  };
}
