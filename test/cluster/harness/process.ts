import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A child process that dies with this one. */
export interface Managed {
  /** Its last output, for error messages. */
  output(): string;
  /** True until it has ended. */
  running(): boolean;
  /** Ends it and waits until it has gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
// A signal would end this process without its exit handlers, and leave servers and their files behind.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

const OUTPUT_KEPT = 8_000;

/** Starts `command`; its output is kept, not shown. */
export function start(command: string, args: readonly string[]): Managed {
  // In a session of its own: a Ctrl-C is for us, and we end it. A bench can then make the whole session give way.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  children.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise<void>((resolve) => {
    child.on('error', (cause) => {
      output += String(cause);
      children.delete(child);
      resolve();
    });
    child.on('exit', () => {
      children.delete(child);
      resolve();
    });
  });
  return {
    output: () => output,
    running: () => children.has(child),
    async stop(signal = 'SIGTERM') {
      if (children.has(child)) child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/**
 * Ports of 127.0.0.1 that nobody listened on a moment ago, below those that the system hands out to clients: a server
 * that is restarted finds its own still free.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
