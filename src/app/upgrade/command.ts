/** `metaldeck upgrade`: a Kubernetes upgrade from the command line. */
import { stringify } from 'yaml';
import { type Options, SESSION_VERBS, UsageError } from '../../cli.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Known } from '../../guides/contract.ts';
import { upgrade } from '../../guides/upgrade/index.ts';
import type { State } from '../../store/state.ts';
import { recall, siteOf } from '../learning.ts';
import { matrixPath, readMatrix } from '../matrix-file.ts';
import { withOperator } from '../run.ts';
import { waitForWorkloads } from '../wait.ts';
import { PLAN_SCHEMA, planData } from './plan-data.ts';
import { planMarkdown, planText } from './plan-text.ts';
import { notKnown, planUpgrade } from './planned.ts';
import { sessionCommand } from './session-command.ts';
import { whereTo } from './where-to.ts';

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
        const wants = 'upgrade plan wants --to, a Kubernetes version or a release';
        return say(options, state, EXIT.unknown, `${wants}. ${text}`, { targets });
      }
      const planned = await planUpgrade(known, { cluster, to, rows, order }, transport, offline ? undefined : runner);
      if (typeof planned === 'string') {
        const { text, targets } = whereTo(known, cluster, to);
        return say(options, state, EXIT.inTheWay, [planned, text].filter(Boolean).join('. '), { targets });
      }
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
