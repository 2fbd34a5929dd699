/** The built program in a real pseudo-terminal, with its screen held by a real terminal emulator. */
import { resolve } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { expect } from 'vitest';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface Program {
  pty: IPty;
  /** The screen as lines of text. */
  lines(): string[];
  text(): string;
  /** Types bytes. */
  send(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves with the screen once `seen` holds for it; rejects with the screen when it never does. */
  until(seen: (text: string) => boolean, what: string, ms?: number): Promise<string>;
  /** Resolves with how it ended. */
  exited: Promise<{ exitCode: number; signal?: number }>;
  /** Bytes drawn so far. */
  bytes(): number;
  /** The emulator, for its modes and buffers. */
  terminal: Terminal;
  kill(signal?: string): void;
}

/** Starts the launcher with `args` on a terminal of the given size. */
export function startProgram(
  args: readonly string[],
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Program {
  const { columns = 80, rows = 24 } = options;
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', CI: '1', ...options.env };
  const pty = spawn(resolve(ROOT, 'bin/metaldeck'), [...args], {
    cols: columns,
    rows,
    cwd: ROOT,
    env,
    name: 'xterm-256color',
  });
  let bytes = 0;
  const listeners = new Set<() => void>();
  pty.onData((data) => {
    bytes += Buffer.byteLength(data);
    terminal.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  const exited = new Promise<{ exitCode: number; signal?: number }>((done) => {
    pty.onExit((how) => {
      // The emulator reads behind: what was said last is on its screen only once it has come to here.
      terminal.write('', () => {
        done(how);
        for (const listener of listeners) listener();
      });
    });
  });
  const drawn = (): string[] => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    );
  };
  // As a terminal that knows mode 2026 does: what stands between its begin and end is never seen half drawn, though
  // the pseudo-terminal hands it over in pieces. The emulator parses that mode and shows the pieces all the same.
  let before: string[] | undefined;
  const synchronised = (params: readonly (number | number[])[]) => params.includes(2026);
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => {
    if (synchronised(params)) before = drawn();
    return false;
  });
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => {
    if (synchronised(params)) before = undefined;
    return false;
  });
  const lines = (): string[] => before ?? drawn();
  const text = () => lines().join('\n');
  return {
    pty,
    terminal,
    lines,
    text,
    exited,
    send: (keys) => pty.write(keys),
    resize(wide, high) {
      terminal.resize(wide, high);
      pty.resize(wide, high);
    },
    bytes: () => bytes,
    kill: (signal) => pty.kill(signal),
    until(seen, what, ms = 30_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const now = text();
          if (!seen(now)) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(now);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`never saw ${what}; the screen was:\n${text()}`));
        }, ms);
        listeners.add(look);
        look();
      });
    },
  };
}

/** Whether the demo's header says that everything is live: not only some kinds, with which operations are still refused. */
export function isLive(text: string): boolean {
  return /DEMO.* live +\d\d:\d\d/.test(text);
}

/** Ends a program by a signal: it gives the terminal back, and says by its code what ended it. */
export async function endedBy(program: Program, signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM', code: number): Promise<void> {
  expect(program.terminal.buffer.active.type).toBe('alternate');
  program.kill(signal);
  expect((await program.exited).exitCode).toBe(code);
  expect(program.terminal.buffer.active.type).toBe('normal');
}
