/** Prints what the dashboard would show, once: for scripts, pipes and CI. */
import { renderToString } from 'ink';
import { keymapOf } from '../../hooks/keymap.ts';
import { createLists } from '../../hooks/lists.ts';
import { App } from '../../views/app.tsx';
import { screens } from '../../views/screens/index.ts';
import { type Options, UsageError } from '../cli.ts';
import { createFleet } from '../domain/fleet/index.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import type { State } from '../store/state.ts';
import { createAppStore, resize, type Store, tick } from '../store/store.ts';
import { capabilities } from '../terminal/capabilities.ts';
import { toAscii } from '../terminal/glyphs.ts';
import { recallFalls } from './falling.ts';
import { type Following, follow } from './follow.ts';
import { printedPlans } from './in-sight.ts';
import { recall, siteOf } from './learning.ts';
import { recallAcknowledged } from './mind.ts';
import { firstAnswer, type Opened, openCluster, pendingSession } from './session.ts';
import { recallSessions } from './sessions.ts';
import { failureText, snapshotText } from './snapshot.ts';
import { verdictOf } from './verdict.ts';
import { plansTold, settled, waitFor, waitForWorkloads } from './wait.ts';

/** A workload cluster that does not answer by then is told of as that, ms. */
const WORKLOADS_MS = 5_000;
/** Plans that are not read by then are told of as they are reported, ms. */
const PLANS_MS = 5_000;

/**
 * Connects, waits until the picture is whole or `options.timeout` is over, and gives it to `use`. `asks` names the
 * clusters whose own APIs are asked then, besides those in trouble; what `view` tells of plans is read. Throws ConnectionProblem.
 */
export async function collect(
  options: Options,
  open: () => Promise<Opened>,
  use: (store: Store, opened: Opened) => void | Promise<void>,
  asks: (state: State) => readonly string[] = () => [],
  view?: string,
): Promise<void> {
  const store = createAppStore(pendingSession(options), createFleet().snapshot(), Date.now());
  let following: Following | undefined;
  const printed = printedPlans(view);
  const opened = await open();
  try {
    store.setState({ session: opened.session });
    await firstAnswer(opened, Math.min(10_000, options.timeout));
    const site = siteOf(store.getState(), options.speed);
    await recallFalls(store, site);
    following = follow({
      store,
      transport: opened.transport,
      namespace: opened.session.namespace,
      reads: printed,
      onError: (error) => process.stderr.write(`metaldeck: ${describeFailure(error, 'reading')}\n`),
    });
    const began = performance.now();
    await Promise.all([
      waitFor(store, settled, options.timeout),
      recall(store, site),
      recallAcknowledged(store, site),
      recallSessions(store, opened),
    ]);
    await waitForWorkloads(
      store,
      asks(store.getState()),
      Math.min(WORKLOADS_MS, options.timeout - (performance.now() - began)),
    );
    await waitFor(store, (state) => plansTold(state, printed(state)), PLANS_MS);
    tick(store, Date.now());
    await use(store, opened);
  } catch (error) {
    throw error instanceof Error && error.name === 'KubeError'
      ? Object.assign(new Error(describeFailure(error, `Asking ${opened.session.host}`)), { name: 'ConnectionProblem' })
      : error;
  } finally {
    await following?.stop();
    await opened.close();
  }
}

/** `metaldeck snapshot`: gives 0 healthy, 1 attention needed, 2 could not know. */
export async function printSnapshot(options: Options, version: string): Promise<number> {
  if (options.watch && options.output === 'yaml') {
    throw new UsageError('--watch prints lines: -o json gives one object a line, and yaml none; nothing was started.');
  }
  let verdict = 2;
  const data = options.output === 'json' || options.output === 'yaml';
  const open = async () =>
    options.demo ? (await import('./demo.ts')).openDemo(options) : openCluster(options, version);
  const work = collect(
    options,
    open,
    async (store) => {
      const state = store.getState();
      if (options.watch) {
        const { watchSnapshot } = await import('./watch.ts');
        verdict = await watchSnapshot(store, createLists(screens), options);
        return;
      }
      process.stdout.write(snapshotText(state, createLists(screens), options.view ?? 'overview', options.output));
      verdict = verdictOf(state);
    },
    (state) =>
      /^(clusters|machines)$/.test(options.view ?? '') ? state.fleet.clusters.list.map(({ name }) => name) : [],
    options.view,
  );
  await work.catch((error: unknown) => {
    // A script that reads data gets data, whatever happened; the sentence goes to stderr all the same.
    if (data && error instanceof Error) process.stdout.write(failureText(options, error.message));
    throw error;
  });
  return verdict;
}

/** `metaldeck demo` without a terminal: the same screen as text. */
export async function printDemo(options: Options): Promise<number> {
  const { openDemo } = await import('./demo.ts');
  await collect(
    options,
    () => openDemo(options),
    (store) => {
      const lists = createLists(screens);
      const columns = Number(process.env['COLUMNS']) || 80;
      resize(store, columns, 24);
      const { utf8 } = capabilities(process.env, false);
      const deck = { store, lists, bindings: keymapOf(lists), utf8 };
      const screen = renderToString(<App deck={deck} />, { columns });
      // A pipe is no terminal: what stays is the text.
      const text = screen.replace(/\u001b\[[0-9;]*m/g, '').replace(/[ \t]+$/gm, '');
      process.stdout.write(`${utf8 ? text : toAscii(text)}\n`);
    },
  );
  return 0;
}
