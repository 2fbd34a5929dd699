/** `metaldeck upgrade`: a Kubernetes upgrade from the command line. */
import { stringify } from 'yaml';
import { type Options, UsageError } from '../../cli.ts';
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Known } from '../../guides/contract.ts';
import { upgrade } from '../../guides/upgrade/index.ts';
import { targetsOf } from '../../guides/upgrade/targets.ts';
import type { State } from '../../store/state.ts';
import { recall, siteOf } from '../learning.ts';
import { matrixPath, readMatrix } from '../matrix-file.ts';
import { withOperator } from '../run.ts';
import { waitForWorkloads } from '../wait.ts';
import { PLAN_SCHEMA, planData } from './plan-data.ts';
import { planMarkdown, planText } from './plan-text.ts';
import { notKnown, planUpgrade } from './planned.ts';
import { SESSION_VERBS, sessionCommand } from './session-command.ts';

const EXIT = { clear: 0, inTheWay: 1, unknown: 2 } as const;
const USAGE = `upgrade takes "plan CLUSTER --to VERSION", or ${SESSION_VERBS.join(', ')} CLUSTER`;

/** `metaldeck upgrade ...`; gives the exit code. Throws UsageError and ConnectionProblem. */
export async function upgradeCommand(options: Options, version: string): Promise<number> {
  const [verb, ...words] = options.operate.words;
  if (verb === 'plan') return planCommand(options, words, version);
  if (verb !== undefined && SESSION_VERBS.includes(verb)) return sessionCommand(options, version);
  throw new UsageError(`${USAGE}; nothing was done.`);
}

/** All that a guide may know of a state; nothing read whole yet. */
export function knownOf(state: State, matrix: Known['matrix'], now: number): Known {
  const { fleet, freshness, session, learnt } = state;
  return { fleet, freshness, namespace: session.namespace, now, raw: new Map(), matrix, learnt };
}

async function planCommand(options: Options, words: readonly string[], version: string): Promise<number> {
  const [name, ...more] = words;
  const { to, rows, groups: order, offline } = options.upgrade;
  if (name === undefined || more.length > 0) throw new UsageError(`${USAGE}; nothing was done.`);
  const matrix = readMatrix(matrixPath(process.env));
  const kinds = new Set<Kind>([...upgrade.kinds, 'appRelease', 'plan', 'event']);
  return withOperator(
    options,
    version,
    kinds,
    async ({ store, transport, runner, session }) => {
      await recall(store, siteOf(store.getState(), options.speed));
      await waitForWorkloads(store, [name], Math.min(10_000, options.timeout));
      const state = store.getState();
      const known = knownOf(state, matrix, Date.now());
      const dead = notKnown(known);
      if (dead.length > 0) {
        return say(
          options,
          state,
          EXIT.unknown,
          `not known: ${dead.map(({ kind, why }) => `${kind} (${why})`).join(', ')}`,
        );
      }
      const cluster = state.fleet.clusters.list.find((each) => each.name === name);
      if (!cluster) return say(options, state, EXIT.unknown, `there is no Cluster ${name} in ${session.namespace}`);
      if (to === undefined) {
        const { text, targets } = whereTo(known, cluster);
        return say(options, state, EXIT.unknown, text, { targets });
      }
      const planned = await planUpgrade(known, { cluster, to, rows, order }, transport, offline ? undefined : runner);
      if (typeof planned === 'string') return say(options, state, EXIT.inTheWay, planned);
      const code = planned.inTheWay.length > 0 ? EXIT.inTheWay : EXIT.clear;
      const data = () => JSON.parse(JSON.stringify(planData(planned, session, code))) as unknown;
      if (options.output === 'json') process.stdout.write(`${JSON.stringify(data(), null, 2)}\n`);
      else if (options.output === 'yaml') process.stdout.write(stringify(data()));
      else process.stdout.write(offline ? planMarkdown(planned, session) : planText(planned));
      return code;
    },
    PLAN_SCHEMA,
  );
}

/** Where the cluster can go, for whoever does not say it. */
function whereTo(known: Known, cluster: ClusterRow): { text: string; targets: unknown[] } {
  const found = targetsOf(known, cluster);
  const wants = 'upgrade plan wants --to, a Kubernetes version or a release';
  if (typeof found === 'string') return { text: `${wants}; ${found}`, targets: [] };
  const { from, targets } = found;
  const lines = targets.map(({ row: { kubernetes, acp }, over, refused }) => {
    const rest = kubernetes === from ? 'its workers, which have yet to follow' : '';
    const way = refused ? `no: ${refused}` : over.length > 0 ? `over ${over.join(', ')}` : rest;
    return `  ${kubernetes.padEnd(16)}${acp.padEnd(10)}${way}`.trimEnd();
  });
  const list = lines.length > 0 ? `:\n${lines.join('\n')}\n` : ': nothing, by the support matrix';
  return {
    text: `${wants}. From ${from} ${cluster.name} can go to${list}`,
    targets: targets.map(({ row: { kubernetes, acp }, over, refused }) => ({
      kubernetes,
      release: acp,
      over,
      refused,
    })),
  };
}

/** Says why there is no plan; a script that reads data gets data. */
function say(options: Options, { session, now }: State, code: number, why: string, more: object = {}): number {
  const data = {
    schema: PLAN_SCHEMA,
    at: new Date(now).toISOString(),
    server: session.host,
    context: session.context,
    namespace: session.namespace,
    exitCode: code,
    why,
    ...more,
  };
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else if (options.output === 'yaml') process.stdout.write(stringify(data));
  else process.stderr.write(`${why}${why.endsWith('\n') ? 'N' : '; n'}othing was planned.\n`);
  return code;
}
