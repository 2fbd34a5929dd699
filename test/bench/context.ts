import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { Program, type Size } from './program.ts';
import type { Server } from './server.ts';

/** The namespace in which nothing happens. */
export const QUIET = { namespace: 'bench-quiet', hosts: 42 };

/** What a part of the bench works with. */
export interface Context {
  server: Server;
  /** The launcher of the program under measurement. */
  file: string;
  hosts: number;
  runs: number;
  /** performance.now() when the quiet fleet was complete. */
  quietSince: number;
  /** A folder that is removed at the end. */
  folder: string;
  /** Says what is going on. */
  say(line: string): void;
}

export const WIDE: Size = { columns: 200, rows: 50 };

/** Starts the program on the context's server. `home` shares a compile cache among runs; absent: an empty one. */
export function startProgram(
  context: Context,
  options: { args?: readonly string[]; size?: Size; home?: string; env?: Readonly<Record<string, string>> } = {},
): Program {
  const { args = [], size = WIDE, env } = options;
  return new Program({
    file: context.file,
    args: ['--kubeconfig', context.server.kubeconfig, ...args],
    size,
    home: options.home ?? mkdtempSync(path.join(context.folder, 'home-')),
    env,
  });
}

/** The top line says that what is shown is verified, for every kind. */
export function isLive(program: Program): boolean {
  return /\blive {2}[\d:]+Z$/.test(program.line(0).trimEnd());
}

/** The top line names the server. */
export function isConnected(context: Context, program: Program): boolean {
  return program.line(0).includes(new URL(context.server.target.url).host);
}

/** A home in which the program has run once, so that its code is compiled. */
export async function warmHome(context: Context): Promise<string> {
  const home = mkdtempSync(path.join(context.folder, 'warm-'));
  const program = startProgram(context, { home, args: ['--namespace', QUIET.namespace] });
  await program.until('live data', isLive);
  await program.quit();
  return home;
}
