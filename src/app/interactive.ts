/** The dashboard's life: first frame at once, then the connection, then data until the operator quits. */
import type { Options } from '../cli.ts';
import { createFleet } from '../domain/fleet/index.ts';
import { KINDS, OPTIONAL_KINDS } from '../domain/kinds.ts';
import { createAppStore } from '../store/store.ts';
import { openDashboard } from './dashboard.tsx';
import type { Following } from './follow.ts';
import { createInSight } from './in-sight.ts';
import { firstAnswer, NoNamespace, type Opened, openCluster, pendingSession } from './session.ts';

/** Runs until the operator quits; gives the exit code. What ended it early is said on stderr in one sentence. */
export async function runDashboard(options: Options, version: string): Promise<number> {
  const store = createAppStore(pendingSession(options), createFleet().snapshot(), Date.now(), options.view);
  let opened: Opened | undefined;
  let following: Following | undefined;
  let operator: { stop(): Promise<void> } | undefined;
  let stopTelling: (() => void) | undefined;
  let stopMinding: (() => Promise<void>) | undefined;
  let ended = false;
  let lastWords = '';
  const board = openDashboard(store, () => {
    ended = true;
  });

  const fail = (sentence: string): void => {
    if (ended) return;
    lastWords = sentence;
    board.close(1);
  };

  const connect = async (): Promise<void> => {
    opened =
      options.command === 'demo'
        ? await (await import('./demo.ts')).openDemo(options)
        : await openCluster(options, version);
    if (ended) return;
    store.setState({ session: opened.session });
    // Bad credentials, a wrong CA or a server that is not there end the program now; later they are only staleness.
    await firstAnswer(opened);
    if (ended) return;
    const [
      { follow },
      { openOperator },
      { followJournal },
      { openJournal },
      learning,
      { openMind },
      { followFalls, recallFalls },
    ] = await Promise.all([
      import('./follow.ts'),
      import('./open-operator.ts'),
      import('./told.ts'),
      import('./runner.ts'),
      import('./learning.ts'),
      import('./mind.ts'),
      import('./falling.ts'),
    ]);
    const site = learning.siteOf(store.getState(), options.speed);
    await recallFalls(store, site);
    following = follow({
      store,
      transport: opened.transport,
      namespace: opened.session.namespace,
      reads: createInSight(board.lists),
      onError: (error) => {
        throw error;
      },
    });
    const made = openOperator(options, opened, store, board);
    operator = made;
    board.setOperator(made);
    board.setGuides(made.guides);
    const creator = (await import('./creator.ts')).createCreator({
      store,
      transport: opened.transport,
      begin: ({ operation, targets, values }) => made.begin(operation, targets, values),
      edit: board.edit,
      who: (cluster) => made.alone.look({ what: 'create', of: cluster }),
    });
    board.setCreator(creator);
    const stops = [
      creator.stop,
      followFalls(store, site),
      followJournal(store, openJournal(opened.session.demo)),
      learning.followDurations(store, site),
    ];
    const mind = openMind(store, site);
    board.setMind(mind);
    stopMinding = mind.stop;
    stopTelling = () => {
      for (const stop of stops) stop();
    };
  };

  const unsubscribe = store.subscribe((state) => {
    const refused = KINDS.every((kind) => state.freshness[kind].phase === 'forbidden' || OPTIONAL_KINDS.includes(kind));
    if (refused) {
      fail(
        `Reading anything in namespace ${state.session.namespace} on ${state.session.host} was refused (403); nothing was shown; ask for list and watch there, or use another --context or --as.`,
      );
    }
  });

  connect().catch(async (error: unknown) => {
    const { describeFailure } = await import('../kube/connection/problem.ts');
    fail(
      error instanceof NoNamespace
        ? error.message
        : describeFailure(error, `Asking ${opened?.session.host ?? 'the API server'}`),
    );
  });

  const code = await board.finished;
  ended = true;
  unsubscribe();
  const letGo = operator?.stop();
  stopTelling?.();
  if (lastWords !== '') process.stderr.write(`${lastWords}\n`);
  // What is still open must not hold the shell's prompt back.
  // A session is let go of over the connection: that is closed last.
  const stopping = Promise.all([letGo, stopMinding?.(), following?.stop()]).then(() => opened?.close());
  await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  return code;
}
