/** `metaldeck delete cluster NAME`: the operation, with its plan, its confirmation by flag, and its following. */
import { type Options, UsageError } from '../cli.ts';
import { deleteCluster } from '../operations/delete-cluster.ts';
import { EXIT, execute, finish } from './execute.ts';
import { withOperator } from './run.ts';
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
    return execute(around, await around.runner.prepare({ operation: deleteCluster.id, targets: [target], values: {} }));
  });
}
