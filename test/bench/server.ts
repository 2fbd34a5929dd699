/** The API server the measurements are taken against: a real one, or the embedded one where there is none. */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import type { Transport } from '../../src/kube/types.ts';
import { NAMESPACE, startCluster } from '../cluster/harness/cluster.ts';
import { httpTransport } from '../contract/http-transport.ts';

/** Where a process of the bench finds the server. */
export interface Target {
  url: string;
  token: string;
  /** File with the certificates to trust. */
  ca: string;
  namespace: string;
}

export interface Server {
  real: boolean;
  target: Target;
  /** File with a kubeconfig for it. */
  kubeconfig: string;
  transport(): Transport;
  /** From here on it has the processor only when nobody else wants it: for measurements, not for filling it. */
  giveWay(): void;
  stop(): Promise<void>;
}

type Started = Omit<Server, 'giveWay'>;

const VARIABLE = 'METALDECK_BENCH_TARGET';

/** The environment that tells a process of the bench of the target. */
export function environmentOf(target: Target): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(target), NODE_EXTRA_CA_CERTS: target.ca };
}

/** What `environmentOf` told. Throws SyntaxError where it did not. */
export function targetFromEnvironment(): Target {
  return JSON.parse(process.env[VARIABLE] ?? '') as Target;
}

/** Where the real server's binaries and the CRDs are; undefined where one of the two is not named. */
export function realServerAssets(): { assets: string; crds: string[] } | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const crds = (process.env['METALDECK_TEST_CRDS'] ?? '').split(path.delimiter).filter(Boolean);
  return assets && crds.length > 0 ? { assets, crds } : undefined;
}

/** Starts the server; its files go to `folder`. */
export async function startServer(folder: string): Promise<Server> {
  const found = realServerAssets();
  const server = await (found ? startReal(folder, found) : startEmbedded(folder));
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return {
    ...server,
    giveWay() {
      for (const child of children) giveWay(Number(child));
    },
  };
}

/**
 * Lets a process, which must lead a session of its own, have the processor only when nobody else wants it: in life the
 * server and those who change things on it run elsewhere. Source: sched(7), setpriority(2).
 */
export function giveWay(pid: number): void {
  // Each thread has its own niceness, and gives it to those it makes.
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    setPriority(Number(thread), constants.priority.PRIORITY_LOW);
  }
  try {
    // Where the kernel shares the processor among sessions (autogroup), that of a thread counts only within its own: the
    // program under measurement has a terminal, and so another session.
    writeFileSync(`/proc/${pid}/autogroup`, `${constants.priority.PRIORITY_LOW}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function describe(folder: string, at: { url: string; token: string; ca: string; kubeconfig: string }) {
  const target: Target = { url: at.url, token: at.token, ca: path.join(folder, 'ca.crt'), namespace: NAMESPACE };
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(target.ca, at.ca);
  writeFileSync(kubeconfig, at.kubeconfig, { mode: 0o600 });
  return { target, kubeconfig, transport: () => httpTransport({ url: at.url, token: at.token, ca: at.ca }) };
}

async function startReal(folder: string, found: { assets: string; crds: string[] }): Promise<Started> {
  // Its own limit on requests in flight would refuse the seeding.
  const flags = [
    '--max-requests-inflight=0',
    '--max-mutating-requests-inflight=0',
    '--enable-priority-and-fairness=false',
  ];
  const cluster = await startCluster({ ...found, flags });
  const at = { url: cluster.url, token: cluster.tokens.admin, ca: cluster.ca, kubeconfig: cluster.kubeconfig() };
  return { real: true, ...describe(folder, at), stop: () => cluster.stop() };
}

async function startEmbedded(folder: string): Promise<Started> {
  const child = fork(new URL('./embedded.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const at = await new Promise<{ url: string; token: string; ca: string; kubeconfig: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as never));
    child.once('exit', (code) => reject(new Error(`the embedded API ended with ${code}`)));
  });
  return {
    real: false,
    ...describe(folder, at),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}
