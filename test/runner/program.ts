/** `metaldeck run` and `metaldeck journal` as processes, with a journal and a config of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

export interface Home {
  folder: string;
  /** Writes a file into the home; gives its path. */
  file(name: string, text: string): string;
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> };
  run(...args: string[]): Promise<Ended>;
  remove(): void;
}

export function makeHome(kubeconfig: string): Home {
  const folder = mkdtempSync(join(tmpdir(), 'metaldeck-run-'));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const env = {
    ...process.env,
    HOME: folder,
    NODE_COMPILE_CACHE: join(folder, 'code'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    KUBECONFIG: file('kubeconfig', kubeconfig),
  };
  const home: Home = {
    folder,
    file,
    start(...args) {
      const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), ...args], { cwd: ROOT, env });
      const said = { out: '', err: '' };
      child.stdin.end();
      child.stdout.on('data', (chunk: Buffer) => {
        said.out += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said.err += chunk.toString();
      });
      const ended = new Promise<Ended>((done) => {
        child.once('close', (code, signal) => done({ code, signal, ...said }));
      });
      return { child, ended };
    },
    run: (...args) => home.start(...args).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return home;
}

/** A kubeconfig for a server that speaks plain HTTP. */
export function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'jane', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'jane', namespace: 'cpaas-system' } }],
    'current-context': 'test',
  });
}
