/** The program under measurement: in a real pty, with a terminal emulator that sees what a person would. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface Size {
  columns: number;
  rows: number;
}

/** Bytes that came together. */
export interface Chunk {
  /** performance.now() when they came. */
  at: number;
  bytes: number;
}

export interface ProgramOptions {
  /** The launcher. */
  file: string;
  args: readonly string[];
  size: Size;
  /** Everything the program keeps goes below this folder. */
  home: string;
  env?: Readonly<Record<string, string>>;
}

interface Waiting {
  seen(program: Program): boolean;
  resolve(at: number): void;
}

/** One run of the program. */
export class Program {
  /** performance.now() at the start, and Date.now(). */
  readonly startedAt = performance.now();
  readonly startedOn = Date.now();
  readonly chunks: Chunk[] = [];
  /** Runs after each chunk is on the screen. */
  onScreen: ((chunk: Chunk) => void) | undefined;
  readonly #pty: IPty;
  readonly #terminal: xterm.Terminal;
  readonly #exited: Promise<number>;
  #waiting: Waiting[] = [];
  #gone = false;

  constructor({ file, args, size, home, env }: ProgramOptions) {
    const { columns: cols, rows } = size;
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    this.#pty = spawn(file, [...args], {
      cols,
      rows,
      name: 'xterm-256color',
      // null means: bytes, not text.
      encoding: null,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        XDG_CACHE_HOME: path.join(home, 'cache'),
        LANG: 'C.UTF-8',
        CI: 'false',
        ...env,
      },
    });
    this.#pty.onData((data: string | Uint8Array) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      const chunk = { at: performance.now(), bytes: bytes.length };
      this.chunks.push(chunk);
      this.#terminal.write(bytes, () => this.#drawn(chunk));
    });
    this.#exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#gone = true;
        resolve(exitCode);
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The text of a line of the screen. */
  line(y: number): string {
    return this.#terminal.buffer.active.getLine(y)?.translateToString(true) ?? '';
  }

  /** All of the screen's text. */
  text(): string {
    return Array.from({ length: this.#terminal.rows }, (_, y) => this.line(y)).join('\n');
  }

  /** The first line whose second cell is drawn inverse: the row under the cursor. -1 where there is none. */
  cursorLine(): number {
    const { active } = this.#terminal.buffer;
    for (let y = 0; y < this.#terminal.rows; y += 1) {
      if (active.getLine(y)?.getCell(1)?.isInverse()) return y;
    }
    return -1;
  }

  /** Every cell of the screen, as text with its inverse mark: for counting what changed. */
  cells(): string[][] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, y) => {
      const line = active.getLine(y);
      return Array.from({ length: this.#terminal.cols }, (_cell, x) => {
        const cell = line?.getCell(x);
        return `${cell?.getChars() || ' '}${cell?.isInverse() ? '!' : ''}${cell?.getFgColor() ?? ''}`;
      });
    });
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /**
   * Waits until the screen shows something. Gives performance.now() of the bytes that brought it. Throws Error with the
   * screen when it does not come within `limitMs`, or the program ends.
   */
  async until(what: string, seen: (program: Program) => boolean, limitMs = 120_000): Promise<number> {
    if (seen(this)) return performance.now();
    let timer: NodeJS.Timeout | undefined;
    const appeared = new Promise<number>((resolve) => this.#waiting.push({ seen, resolve }));
    const never = new Promise<never>((_, reject) => {
      const fail = (why: string) => reject(new Error(`${what} was not seen: ${why}\n${this.text()}`));
      timer = setTimeout(() => fail(`nothing within ${limitMs / 1000} s`), limitMs);
      void this.#exited.then((code) => fail(`the program ended with ${code}`));
    });
    try {
      return await Promise.race([appeared, never]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the program as a person does, and waits for it. */
  async quit(): Promise<void> {
    if (!this.#gone) this.type('\u0003');
    const late = setTimeout(() => this.#pty.kill('SIGKILL'), 5_000);
    await this.#exited;
    clearTimeout(late);
    this.#terminal.dispose();
  }

  #drawn(chunk: Chunk): void {
    this.onScreen?.(chunk);
    const still: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (waiting.seen(this)) waiting.resolve(chunk.at);
      else still.push(waiting);
    }
    this.#waiting = still;
  }
}

/** Resident memory of a process in MB: now, and the most it ever was. Source: proc_pid_status(5). */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Processor time a process has used, in ms. Source: proc_pid_stat(5), fields 14 and 15, in ticks of 10 ms. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The top line is drawn. */
export function hasFrame(program: Program): boolean {
  return program.line(0).includes('metaldeck');
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
