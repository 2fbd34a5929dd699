/** The simulated datacenter as something to connect to: over HTTP, exactly as a real server. */
import { Worker } from 'node:worker_threads';
import type { Options } from '../cli.ts';
import { fixedCredentials } from '../kube/http/credentials.ts';
import { httpTransport } from '../kube/http/transport.ts';
import type { Opened } from './session.ts';

// Bundled, this file is a chunk beside the worker's entry; from source, it stands beside the worker's source.
const WORKER = import.meta.url.endsWith('.ts') ? './datacenter-worker.ts' : './datacenter.mjs';

/** Starts a datacenter and gives the way to it. Rejects when the simulation cannot start. */
export async function openDemo(options: Options): Promise<Opened> {
  const { hosts, cluster, waiting, still, seed, speed, scenario } = options;
  const workerData = { hosts, shape: cluster, waiting, still, seed, speed, scenario };
  const worker = new Worker(new URL(WORKER, import.meta.url), { workerData });
  const started = await new Promise<{ url: string; token: string }>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the simulation ended with ${code} before it began`)));
  });
  const server = new URL(started.url);
  const transport = httpTransport({
    server,
    userAgent: 'metaldeck-demo',
    credentials: fixedCredentials({ headers: { authorization: `Bearer ${started.token}` } }),
  });
  return {
    session: {
      context: 'simulated',
      cluster: 'simulated',
      host: server.host,
      namespace: 'cpaas-system',
      demo: true,
    },
    transport,
    async close() {
      transport.close();
      await worker.terminate();
    },
  };
}
