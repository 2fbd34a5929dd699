/** The real kubectl as a user has it, against `metaldeck simulate` as a user starts it. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');
/** How long one kubectl may take, in ms: far more than any needs. */
const patience = 60_000;

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Read by `-f -`. */
  input?: string;
  env?: Record<string, string>;
  /** Another kubeconfig than the simulation's. */
  kubeconfig?: string;
}

/** A simulation and a kubectl that speaks to it. */
export interface Simulation {
  /** For files of the test; removed in the end. */
  folder: string;
  kubeconfig: string;
  line: string;
  process: ChildProcess;
  stderr(): string;
  /** Runs kubectl, whatever comes of it. Arguments are one string, split at spaces, or a list. */
  run(args: string | readonly string[], options?: RunOptions): Promise<Answer>;
  /** Runs kubectl and gives what it printed. Throws where it fails. */
  ok(args: string | readonly string[], options?: RunOptions): Promise<string>;
  /** Runs kubectl until what it prints passes; gives that. Throws with the last answer when it does not. */
  until(args: string | readonly string[], passes: (text: string) => boolean, options?: RunOptions): Promise<string>;
  /** Writes a file into the folder and gives its path. */
  file(name: string, text: string): string;
  stop(): Promise<void>;
}

/** Starts `metaldeck simulate` with these flags, from source. */
export async function startSimulation(...flags: string[]): Promise<Simulation> {
  const folder = mkdtempSync(join(tmpdir(), 'metaldeck-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'src/main.ts'), 'simulate', '--write-kubeconfig', kubeconfig, ...flags],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const line = await new Promise<string>((found, failed) => {
    createInterface({ input: child.stdout }).once('line', found);
    child.once('exit', (code) => failed(new Error(`metaldeck simulate ended with ${code}: ${said}`)));
  });

  const run = (args: string | readonly string[], options: RunOptions = {}): Promise<Answer> =>
    new Promise((done) => {
      const list = typeof args === 'string' ? args.split(/\s+/).filter((one) => one !== '') : args;
      const env = { ...process.env, HOME: folder, KUBECONFIG: options.kubeconfig ?? kubeconfig, ...options.env };
      const kubectl = execFile(
        'kubectl',
        list,
        { env, timeout: patience, maxBuffer: 2 ** 26 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          done({ code, stdout, stderr });
        },
      );
      kubectl.stdin?.on('error', () => {});
      kubectl.stdin?.end(options.input ?? '');
    });
  const ok: Simulation['ok'] = async (args, options) => {
    const { code, stdout, stderr } = await run(args, options);
    if (code !== 0) throw new Error(`kubectl ${String(args)} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };

  return {
    folder,
    kubeconfig,
    line,
    process: child,
    stderr: () => said,
    run,
    ok,
    async until(args, passes, options) {
      const end = Date.now() + patience;
      let last = '';
      while (Date.now() < end) {
        const { code, stdout, stderr } = await run(args, options);
        last = stdout + stderr;
        if (code === 0 && passes(stdout)) return stdout;
        await new Promise((next) => setTimeout(next, 250));
      }
      throw new Error(`kubectl ${String(args)} did not come to what was awaited; it last said:\n${last}`);
    },
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o700 });
      return path;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A manifest of `manifests`, with every `<placeholder>` filled in. Throws where one stays empty. */
export function manifest(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(import.meta.dirname, 'manifests', name), 'utf8');
  return text.replace(/<([a-z0-9-]+)>/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name} wants a value for <${key}>`);
    return value;
  });
}

/** The lines of a table without its header, each split into cells. */
export const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s{2,}/));

/** The header of a table, cell by cell. */
export const header = (table: string): string[] => (table.split('\n')[0] ?? '').trim().split(/\s{2,}/);

/** Major and minor version of the kubectl that is installed, as 1.32 is [1, 32]. */
export async function clientVersion(simulation: Simulation): Promise<[number, number]> {
  const { clientVersion: own } = JSON.parse(await simulation.ok('version --client -o json')) as {
    clientVersion: { gitVersion: string };
  };
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(own.gitVersion) ?? [];
  return [Number(major), Number(minor)];
}
