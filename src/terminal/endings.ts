import { constants } from 'node:os';

/** The signals that end the process and can be caught: from the terminal, from a person, from a limit. */
const FATAL = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGABRT', 'SIGALRM', 'SIGUSR2', 'SIGXCPU'] as const;

export interface Endings {
  /** @param code the exit code a shell would report: 128 and the number of the signal. */
  signal(name: NodeJS.Signals, code: number): void;
  /** An uncaught exception or an unhandled rejection. */
  crash(error: unknown): void;
  /** The process is about to exit for whatever reason; only synchronous work is possible. */
  exit(): void;
}

/**
 * Listens for everything that ends the process. signal-exit, which Ink uses, leaves a signal alone when it has another
 * listener, and runs its own clean-up on the `exit` event that follows.
 * @returns a function that stops listening.
 */
export function watchEndings(process: NodeJS.Process, endings: Endings): () => void {
  const onSignal = (name: NodeJS.Signals) => endings.signal(name, 128 + constants.signals[name]);
  const onCrash = (error: unknown) => endings.crash(error);
  const onExit = () => endings.exit();
  for (const name of FATAL) process.on(name, onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  process.on('exit', onExit);
  return () => {
    for (const name of FATAL) process.off(name, onSignal);
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
    process.off('exit', onExit);
  };
}

/** One sentence and the stack, without control characters: an error may quote what a host wrote. */
export function lastWords(error: unknown): string {
  const known = error instanceof Error;
  const message = known ? error.message : String(error);
  const stack = known && error.stack ? `${error.stack}\n` : '';
  const text = `metaldeck stopped on an error it did not expect: ${message}\n${stack}`;
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}
