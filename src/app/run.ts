/** `metaldeck run`: the operations of the dashboard, for scripts. The same code, the same journal. */
import { readFileSync } from 'node:fs';
import { type Options, UsageError } from '../cli.ts';
import type { Named } from '../domain/fleet/by-name.ts';
import { createFleet } from '../domain/fleet/index.ts';
import { API_KIND, type Kind } from '../domain/kinds.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import type { Transport } from '../kube/types.ts';
import type { Operation, Request } from '../operations/contract.ts';
import { operations } from '../operations/index.ts';
import { kubeOvn } from '../operations/kube-ovn.ts';
import type { Session, State } from '../store/state.ts';
import { createAppStore, type Store } from '../store/store.ts';
import { EXIT, type Execution, execute, finish } from './execute.ts';
import { recallFalls } from './falling.ts';
import { type Following, follow } from './follow.ts';
import { recall, siteOf } from './learning.ts';
import { matrixPath, readMatrix } from './matrix-file.ts';
import { askedOf } from './operating.ts';
import { operationsData, operationsText, usageOf } from './run-list.ts';
import { runData } from './run-text.ts';
import { openRunner, sightOf } from './runner.ts';
import { firstAnswer, openCluster, pendingSession } from './session.ts';
import { candidatesOf, resolveTarget } from './target.ts';
import { waitFor } from './wait.ts';
import { clusterOf } from './wanted-workloads.ts';

/** How long the kinds an operation relies upon may take to be live, where no --timeout says otherwise. */
const LIVE_MS = 30_000;

/** `metaldeck run OPERATION KIND/NAME...`; gives the exit code. Throws UsageError and ConnectionProblem. */
export async function runOperation(options: Options, version: string): Promise<number> {
  const [id = '', ...texts] = options.operate.words;
  if (id === '' && Object.keys(options.operate.fields).length === 0) {
    const data = options.output === 'json';
    process.stdout.write(
      data ? `${JSON.stringify(operationsData(operations), null, 2)}\n` : operationsText(operations),
    );
    return EXIT.done;
  }
  const operation = operations.find((one) => one.id === id);
  if (!operation)
    throw new UsageError(`there is no operation "${id}"; there are ${names(operations)}. Nothing was done.`);
  if (texts.length === 0) {
    throw new UsageError(`${id} wants a target: ${usageOf(operation)}. Nothing was done.`);
  }
  const wanted = texts.map((text) => candidatesOf(text, operation.on));
  const values = valuesOf(operation, options.operate.fields);
  // Rows of the user's own that cannot be understood are said before anything is judged by the others.
  if (operation.id === kubeOvn.id) readMatrix(matrixPath(process.env));
  const kinds = new Set<Kind>([...operation.kinds, ...wanted.flat().map(({ kind }) => kind)]);
  return withOperator(options, version, kinds, async (around, state) => {
    const dead = [...kinds].find((kind) => !isLive(state, kind));
    if (dead !== undefined) {
      const { error, phase } = state.freshness[dead];
      const why = `${API_KIND[dead]} could not be read (${error ?? phase}); nothing was done`;
      return finish(around, EXIT.unknown, { why });
    }
    const found = wanted.map((all) => all.flatMap((one) => resolveTarget(state.fleet, one) ?? []));
    const odd = found.findIndex((all) => all.length !== 1);
    if (odd >= 0) return execute(around, { refused: notOne(wanted[odd]!, found[odd]!, state.session.namespace) });
    const known = found.flat();
    const request: Request = {
      operation: id,
      targets: known,
      values: { ...chosenOf(operation, around.store, known), ...values },
    };
    // Some of what an operation waits for only the workload cluster itself can tell.
    const asked = request.targets.flatMap((target) => clusterOf(state.fleet, target) ?? []);
    around.store.setState({ asked: [...new Set(asked)] });
    return execute(around, await around.runner.prepare(request));
  });
}

/** Why a name that was given does not say which object is meant. */
function notOne(wanted: readonly Named[], found: readonly Named[], namespace: string): string {
  const name = wanted[0]?.name;
  if (found.length > 1) {
    const all = found.map(({ kind }) => `${kind}/${name}`).join(' or ');
    return `${name} is not one object alone: say ${all}; nothing was done`;
  }
  const kinds = wanted.map(({ kind }) => API_KIND[kind]).join(' or ');
  return `there is no ${kinds} ${name} in ${namespace}; nothing was done`;
}

const names = (all: readonly Operation[]) => all.map(({ id }) => id).join(', ');

/** What was given for the operation's fields. A document is given as `@FILE`, or `@-` for the standard input. */
function valuesOf({ id, fields }: Operation, given: Readonly<Record<string, string>>): Record<string, string> {
  const flags = new Map(askedOf({ fields }).map((field) => [field.flag ?? field.name, field]));
  const odd = Object.keys(given).find((flag) => !flags.has(flag));
  if (odd !== undefined) {
    const known = [...flags.keys()].map((flag) => `--${flag}`).join(', ') || 'none';
    throw new UsageError(`${id} takes no --${odd}; it takes ${known}. Nothing was done.`);
  }
  const values: Record<string, string> = {};
  for (const [flag, { name, title, optional, kind, choices }] of flags) {
    const text = Object.hasOwn(given, flag) ? given[flag] : undefined;
    // What there is to choose from only the cluster tells: the operation itself refuses then, and names it.
    const named = kind === 'text' && choices !== undefined;
    if (text === undefined && !optional && !named)
      throw new UsageError(`${id} wants --${flag}: ${title}. Nothing was done.`);
    if (text === undefined && !optional) values[name] = '';
    if (text !== undefined) values[name] = kind === 'editor' && text.startsWith('@') ? fileText(text.slice(1)) : text;
  }
  return values;
}

/** What stands chosen on the screen before anybody chooses: the same that is done where no flag says otherwise. */
function chosenOf({ fields }: Operation, store: Store, targets: Request['targets']): Record<string, string> {
  const world = { ...sightOf(store).picture(), raw: new Map() };
  const left = fields.filter(({ kind, optional, unasked }) => kind === 'choice' && optional && !unasked);
  return Object.fromEntries(left.map(({ name, initial }) => [name, initial(world, targets)]));
}

function fileText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Nothing was done.`);
  }
}

function isLive({ freshness }: State, kind: Kind): boolean {
  return freshness[kind].phase === 'live' && freshness[kind].synced;
}

/** What a command that works in steps needs beside the writer: the picture, and reading beyond it. */
export interface Reach extends Execution {
  store: Store;
  transport: Pick<Transport, 'json'>;
}

/**
 * Connects, waits until `kinds` are live or cannot be, and does the work with the one writer of this process. `schema`: of
 * the command's documents; where there is none to be made, `-o json` says why under it (see README).
 */
export async function withOperator(
  options: Options,
  version: string,
  kinds: ReadonlySet<Kind>,
  work: (around: Reach, state: State) => Promise<number>,
  schema?: string,
): Promise<number> {
  const store = createAppStore(pendingSession(options), createFleet().snapshot(), Date.now());
  const print = (text: string) => process.stdout.write(text);
  const open = async () =>
    options.demo ? (await import('./demo.ts')).openDemo(options) : openCluster(options, version);
  const opened = await open().catch((error: unknown) => {
    throw toldAsData(error, options, store.getState().session, print, schema);
  });
  let following: Following | undefined;
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    store.setState({ session: opened.session });
    const runner = openRunner(options, opened, store, {
      onError: (error) =>
        process.stderr.write(`metaldeck: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    await firstAnswer(opened);
    const site = siteOf(store.getState(), options.speed);
    await Promise.all([recall(store, site), recallFalls(store, site)]);
    following = follow({
      store,
      transport: opened.transport,
      namespace: opened.session.namespace,
      onError: (error) => process.stderr.write(`metaldeck: ${describeFailure(error, 'reading')}\n`),
    });
    const out = new Set(['forbidden', 'absent']);
    const ready = (state: State) =>
      [...kinds].every((kind) => isLive(state, kind) || out.has(state.freshness[kind].phase));
    await waitFor(store, ready, Math.min(options.operate.waitMs ?? LIVE_MS, LIVE_MS));
    const { session, transport } = opened;
    const around = { options, session, runner, signal: stop.signal, print, store, transport };
    try {
      return await work(around, store.getState());
    } finally {
      // Whoever has no dashboard open learns what became of what was written before.
      await runner.tray.load().catch(() => {});
      runner.stop();
    }
  } catch (error) {
    const told =
      error instanceof Error && error.name === 'KubeError'
        ? Object.assign(new Error(describeFailure(error, `Asking ${opened.session.host}`)), {
            name: 'ConnectionProblem',
          })
        : error;
    throw toldAsData(told, options, opened.session, print, schema);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await following?.stop();
    await opened.close();
  }
}

/** A script that reads data gets data, whatever happened; the error goes on, and is said on stderr. */
function toldAsData(
  error: unknown,
  { output, operate }: Options,
  session: Session,
  print: (text: string) => void,
  schema: string | undefined,
): unknown {
  if (output === 'json' && error instanceof Error) {
    const { host: server, context, namespace } = session;
    const where = { server, context, namespace };
    const why = error.message;
    const data =
      schema === undefined
        ? runData({ ...where, code: EXIT.unknown, why, dryRun: operate.dryRun })
        : { schema, at: new Date().toISOString(), ...where, exitCode: EXIT.unknown, why };
    print(`${JSON.stringify(data, null, 2)}\n`);
  }
  return error;
}
