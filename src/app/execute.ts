/** One prepared plan from the command line: shown, rehearsed, confirmed by flags, run, awaited. Never a prompt. */
import type { Options } from '../cli.ts';
import {
  isRefused,
  type Prepared,
  type Refused,
  type Rehearsed,
  type Runner,
  type RunResult,
  type Underway,
} from '../runner/api.ts';
import type { Session } from '../store/state.ts';
import { planText, progressText, resultText, runData } from './run-text.ts';

/** What `run` and `journal resume` exit with. */
export const EXIT = { done: 0, refused: 1, unknown: 2, halfDone: 3, timedOut: 4, overtaken: 5 } as const;

const WAIT_MS = 3_600_000;

export interface Execution {
  options: Options;
  session: Session;
  runner: Runner;
  signal: AbortSignal;
  print(text: string): void;
}

/** Why these words do not confirm an operation that wants those, in that order; undefined when they do. */
export function confirmProblem(wanted: readonly string[], given: readonly string[]): string | undefined {
  if (wanted.join('\n') === given.join('\n')) return undefined;
  const flags = (words: readonly string[]) => words.map((word) => `--confirm=${word}`).join(' ');
  if (wanted.length === 0) return 'it wants no --confirm; nothing was written';
  const needed = `it is destructive: say ${flags(wanted)} to run it`;
  const strange = given.filter((word) => !wanted.includes(word));
  if (given.length === 0) return needed;
  return strange.length > 0 ? `${needed}, without ${flags(strange)}` : `${needed}: all of it, in this order`;
}

/** Gives the exit code. */
export async function execute(around: Execution, prepared: Prepared | Refused): Promise<number> {
  const { options, runner, signal } = around;
  const { dryRun, confirm, wait } = options.operate;
  if (isRefused(prepared)) return finish(around, EXIT.refused, { why: prepared.refused });
  const text = options.output !== 'json';
  const rehearsed = await runner.dryRun(prepared);
  if (text) around.print(planText(prepared, rehearsed));
  const all = { prepared, rehearsed };
  if (rehearsed.refused !== undefined) return finish(around, EXIT.refused, { ...all, why: rehearsed.refused });
  if (dryRun) {
    const silent = rehearsed.steps.find(({ result }) => result === 'unknown');
    const why = silent && `the server could not say what it thinks of "${silent.step}": ${silent.message}`;
    return finish(around, silent ? EXIT.unknown : EXIT.done, { ...all, why });
  }
  const { plan } = prepared;
  const unconfirmed = confirmProblem(plan.confirm, confirm);
  if (unconfirmed) return finish(around, EXIT.refused, { ...all, why: unconfirmed });
  const result = await runner.run(prepared, rehearsed, {
    confirm,
    signal,
    onProgress({ index, step, state, detail }) {
      if (text) around.print(`  ${index + 1}/${plan.steps.length} ${step}: ${state}${detail ? ` (${detail})` : ''}\n`);
    },
  });
  if (text) around.print(resultText(result, plan.steps.length));
  if (result.result !== 'written' || !wait) return finish(around, codeOf(result), { ...all, result });
  const underway = await until(around, result.id!);
  const outcome = underway?.progress.outcome;
  return finish(around, CODES[outcome ?? 'none'], { ...all, result, underway, why: whyOf(underway) });
}

/** Why what was written was not seen to be done, as a sentence. */
function whyOf(underway: Underway | undefined): string | undefined {
  const { milestones = [], outcome } = underway?.progress ?? {};
  if (outcome === 'done') return undefined;
  const line = milestones.find(({ state }) => state === 'bad' || state === 'overtaken');
  const detail = [line?.title, line?.detail].filter(Boolean).join(': ');
  if (outcome === 'overtaken') return `it was written, and overtaken: ${detail}`;
  return outcome === 'failed' ? `it was written, and failed: ${detail}` : 'it was written, and was not seen to its end';
}

const CODES = { done: EXIT.done, failed: EXIT.refused, overtaken: EXIT.overtaken, none: EXIT.timedOut } as const;

function codeOf({ result }: RunResult): number {
  switch (result) {
    case 'written':
      return EXIT.done;
    case 'half done':
      return EXIT.halfDone;
    case 'in doubt':
      return EXIT.unknown;
    case 'nothing written':
    case 'refused':
      return EXIT.refused;
  }
}

/** Waits until an operation is seen to its end, the time is over, or the operator has enough. */
function until({ options, runner: { tray }, signal, print }: Execution, id: string): Promise<Underway | undefined> {
  const find = () => tray.list().find((one) => one.id === id);
  let shown = '';
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', finish);
      resolve(find());
    };
    const look = () => {
      const one = find();
      const text = one ? progressText(one) : '';
      if (text !== shown && options.output !== 'json') print(text);
      shown = text;
      if (!one || one.progress.outcome) finish();
    };
    const timer = setTimeout(finish, options.operate.waitMs ?? WAIT_MS);
    const stop = tray.subscribe(look);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
    else look();
  });
}

interface End {
  why?: string;
  prepared?: Prepared;
  rehearsed?: Rehearsed;
  result?: RunResult;
  underway?: Underway;
}

/** Says how it ended, as data where data was asked for; the sentence goes to stderr all the same. Gives the exit code. */
export function finish(
  { options, session, print }: Pick<Execution, 'options' | 'session' | 'print'>,
  code: number,
  end: End,
): number {
  const { host: server, context, namespace } = session;
  const { dryRun } = options.operate;
  if (options.output === 'json') {
    print(`${JSON.stringify(runData({ server, context, namespace, code, dryRun, ...end }), null, 2)}\n`);
  }
  const why = end.why ?? (end.result && end.result.result !== 'written' ? end.result.why : undefined);
  if (why) process.stderr.write(`metaldeck: ${why.replace(/\.$/, '')}.\n`);
  return code;
}
