import { type ChildProcess, spawn } from 'node:child_process';

/** How a program ended. */
export interface Finished {
  stdout: string;
  stderr: string;
  code: number | null;
  killedBy?: string;
  notFound?: boolean;
  /** The error code that kept it from starting. */
  notStarted?: string;
  timedOut?: boolean;
  tooMuch?: boolean;
  stopped?: boolean;
}

interface Options {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  timeoutMs: number;
  signal?: AbortSignal;
}

const maxBytes = 1_000_000;
/** A program that ended may leave a child that holds its output open; what is written is there by then. */
const drainMs = 1_000;

/**
 * Runs a program without input and without a terminal, and collects what it writes. Never throws. The program leads a
 * session of its own: it cannot open /dev/tty, and when it must be ended, its children end with it.
 */
export function runProgram({ command, args, env, timeoutMs, signal }: Options): Promise<Finished> {
  return new Promise((resolve) => {
    const finished: Finished = { stdout: '', stderr: '', code: null };
    if (signal?.aborted) {
      resolve({ ...finished, stopped: true });
      return;
    }
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let child: ChildProcess | undefined;
    let drain: NodeJS.Timeout | undefined;

    const done = (more: Partial<Finished>) => {
      clearTimeout(timer);
      clearTimeout(drain);
      signal?.removeEventListener('abort', stop);
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      resolve({ ...finished, stdout: text(out), stderr: text(err), ...more });
    };
    const end = (why: Partial<Finished>) => {
      kill(child);
      done(why);
    };
    const stop = () => end({ stopped: true });
    const timer = setTimeout(() => end({ timedOut: true }), timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });

    try {
      child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    } catch (error) {
      done(startFailure(error));
      return;
    }
    let size = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) end({ tooMuch: true });
      else into.push(chunk);
    };
    child.stdout?.on('data', collect(out));
    child.stderr?.on('data', collect(err));
    child.on('error', (error) => done(startFailure(error)));
    child.on('exit', (code, killedBy) => {
      drain = setTimeout(() => done({ code, killedBy: killedBy ?? undefined }), drainMs);
    });
    child.on('close', (code, killedBy) => done({ code, killedBy: killedBy ?? undefined }));
  });
}

function startFailure(error: unknown): Partial<Finished> {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? { notFound: true } : { notStarted: code ?? 'unknown error' };
}

/** Ends the program and what it started. */
function kill(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
