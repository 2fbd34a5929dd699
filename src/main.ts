/** Composition root: reads the command line and runs one command. Everything heavy is loaded when it is needed. */
import { readFileSync } from 'node:fs';
import { type Options, parseArguments, UsageError } from './cli.ts';

const pkg = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  name: string;
  version: string;
  description: string;
};

/** What changes something: its exit code is the verdict on that, whatever becomes of what it prints. */
const DOING: Partial<Record<Options['command'], (words: readonly string[]) => boolean>> = {
  dashboard: () => true,
  demo: () => process.stdout.isTTY === true,
  simulate: () => true,
  report: () => true,
  run: (words) => words.length > 0,
  create: ([verb = '']) => ['apply', 'hosts'].includes(verb),
  delete: () => true,
  upgrade: ([verb = '']) => !['plan', 'status', 'report'].includes(verb),
  journal: ([verb = '']) => ['resume', 'leave'].includes(verb),
};

/** Whether what is printed is all there is to it; before the command line is understood, only help is printed. */
let telling = true;
let incomplete = false;

/**
 * A reader that went (`| head`) ends nothing: an operation is followed to its end, and the exit code stays the verdict. What
 * could not be written for any other reason is said, and is no verdict: whatever only tells has failed.
 */
function guardPrinting(): void {
  process.stderr.on('error', () => {});
  const failed = ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || incomplete) return;
    process.stderr.write(`What was printed is not complete (${code}).\n`);
    incomplete = true;
    if (telling) process.exitCode = 2;
  };
  process.stdout.on('error', failed);
  // Help ends the process in the breath it is printed in, before its stream can tell.
  process.on('exit', () => {
    const error = telling ? process.stdout.errored : undefined;
    if (error) failed(error);
  });
}

/** Runs the command and gives its exit code. */
async function run(): Promise<number> {
  guardPrinting();
  const options = parseArguments(process.argv.slice(2), import.meta, pkg);
  telling = options.listScenarios || DOING[options.command]?.(options.operate.words) !== true;
  if (options.listScenarios) return (await import('./app/scenarios.ts')).printScenarios();
  if (options.scenario !== undefined) (await import('./app/scenarios.ts')).checkScenario(options.scenario);
  if (options.cluster || options.hosts !== 42) (await import('./app/datacenter-size.ts')).checkSize(options);
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (options.command === 'snapshot') return (await import('./app/print.tsx')).printSnapshot(options, pkg.version);
  if (options.command === 'output')
    return (await import('./app/output-command.ts')).outputCommand(options, pkg.version);
  if (options.command === 'report') return (await import('./app/report.ts')).reportCommand(options, pkg.version);
  if (options.command === 'explain') return (await import('./app/explain.ts')).explainCommand(options, pkg.version);
  if (options.command === 'run') return (await import('./app/run.ts')).runOperation(options, pkg.version);
  if (options.command === 'journal')
    return (await import('./app/journal-command.ts')).journalCommand(options, pkg.version);
  if (options.command === 'create')
    return (await import('./app/create/command.ts')).createCommand(options, pkg.version);
  if (options.command === 'delete')
    return (await import('./app/delete-command.ts')).deleteCommand(options, pkg.version);
  if (options.command === 'upgrade')
    return (await import('./app/upgrade/command.ts')).upgradeCommand(options, pkg.version);
  if (options.command === 'simulate') return (await import('./app/simulate.ts')).simulate(options, pkg.version);
  if (options.command === 'demo' && !terminal) return (await import('./app/print.tsx')).printDemo(options);
  if (!terminal) {
    throw new UsageError(
      'The dashboard needs a terminal on its input and output; nothing was started. For scripts there is "metaldeck snapshot".',
    );
  }
  if (process.env['TERM'] === 'dumb') {
    throw new UsageError(
      'This terminal cannot place text (TERM=dumb); nothing was started. "metaldeck snapshot" prints without a screen.',
    );
  }
  return (await import('./app/interactive.ts')).runDashboard(options, pkg.version);
}

try {
  const code = await run();
  process.exitCode ??= code;
} catch (error) {
  const known = ['ConnectionProblem', 'SimulationProblem', 'JournalError'];
  const expected = error instanceof UsageError || (error instanceof Error && known.includes(error.name));
  const text = expected
    ? (error as Error).message
    : `metaldeck failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
}
