/** `metaldeck delete cluster NAME`: the operation, with its plan, its confirmation by flag, and its following. */
import { type Options, UsageError } from '../cli.ts';
import type { Sent, World } from '../operations/contract.ts';
import { notLive } from '../operations/define.ts';
import { begunDeletion, deleteCluster } from '../operations/delete-cluster.ts';
import { moved } from './create/drive.ts';
import { EXIT, execute, finish } from './execute.ts';
import { type Reach, withOperator } from './run.ts';
import { progressText } from './run-text.ts';
import { resolveTarget } from './target.ts';

/** Gives the exit code. Throws UsageError and ConnectionProblem. */
export async function deleteCommand(options: Options, version: string): Promise<number> {
  const [what, name, ...rest] = options.operate.words;
  if (what !== 'cluster' || name === undefined || rest.length > 0) {
    throw new UsageError('delete takes down a cluster: delete cluster NAME. Nothing was done.');
  }
  return withOperator(options, version, new Set(deleteCluster.kinds), async (around, state) => {
    const target = resolveTarget(state.fleet, { kind: 'cluster', name });
    if (!target) {
      const why = `there is no Cluster ${name} in ${state.session.namespace}; nothing was done`;
      return finish(around, EXIT.refused, { why });
    }
    const row = state.fleet.clusters.byUid.get(target.uid);
    // Somebody has begun it, or it was begun from here and not seen to its end: the same command goes on looking.
    if (row?.object.deleting !== undefined && options.operate.wait) return followOn(around, begunDeletion(state, row));
    return execute(around, await around.runner.prepare({ operation: deleteCluster.id, targets: [target], values: {} }));
  });
}

const WAIT_MS = 3_600_000;
const CODES = { done: EXIT.done, failed: EXIT.refused, overtaken: EXIT.overtaken } as const;

/** Nothing is written: tells how far it is until it is over. */
async function followOn(around: Reach, sent: Sent): Promise<number> {
  const { store, options, signal, print } = around;
  const deadline = Date.now() + (options.operate.waitMs ?? WAIT_MS);
  let shown = '';
  for (;;) {
    const { fleet, freshness, session } = store.getState();
    const world: World = { fleet, freshness, namespace: session.namespace, now: Date.now(), raw: new Map() };
    const live = notLive(world, deleteCluster.kinds) === undefined;
    const progress = deleteCluster.done(world, sent);
    const text = progressText({ progress, live });
    if (text !== shown && options.output !== 'json') print(text);
    shown = text;
    const bad = progress.milestones.find(({ state }) => state === 'bad');
    // What is not verified may be there still.
    if (live && progress.outcome !== undefined)
      return finish(around, CODES[progress.outcome], {
        why: bad && `it was begun, and fails: ${[bad.title, bad.detail].filter(Boolean).join(': ')}`,
      });
    if (signal.aborted || Date.now() > deadline)
      return finish(around, EXIT.timedOut, { why: 'it goes on, and was not seen to its end' });
    await moved(store, signal, 5_000);
  }
}
