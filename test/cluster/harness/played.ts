/** A real API server with a world in it that the simulated controllers play, and a home for the program's own commands. */
import { expect } from 'vitest';
import type { Transport } from '../../../src/kube/types.ts';
import { type Remote, type RemoteOptions, startRemote } from '../../../src/simulator/remote/start.ts';
import { type Home, makeHome } from '../../runner/program.ts';
import { type Cluster, NAMESPACE, startCluster } from './cluster.ts';
import { clusterEnvironment } from './environment.ts';

export interface Played {
  cluster: Cluster;
  /** As the admin. */
  api: Transport;
  remote: Remote;
  /** Its kubeconfig is the admin's. */
  home: Home;
  /** Runs an operation, waits for its end, and gives what it printed. */
  lived(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the server, makes the world and plays it, with all controllers, until it is stopped. */
export async function startPlayed(
  options: Pick<RemoteOptions, 'hosts' | 'seed'> & Partial<RemoteOptions>,
): Promise<Played> {
  const { assets, crds, clusterApi } = clusterEnvironment();
  const cluster = await startCluster({ assets, crds });
  const api = cluster.transport();
  const own = cluster.transport();
  const controllers = ['elemental', 'hosts', 'provider', 'capi'] as const;
  const rest = { namespace: NAMESPACE, clusterApi, controllers, speed: 400, waiting: 0, amongRealHosts: false };
  const remote = await startRemote({ transport: own, ...rest, ...options }).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  const home = makeHome(cluster.kubeconfig());
  return {
    cluster,
    api,
    remote,
    home,
    async lived(...args) {
      const { code, out, err } = await home.run('run', ...args, '--wait', '--timeout', '240');
      expect({ code, err, out: code === 0 ? '' : out }).toEqual({ code: 0, err: '', out: '' });
      expect(out).toContain('server dry run: accepted');
      return out;
    },
    async stop() {
      home.remove();
      await remote.stop();
      own.close();
      api.close();
      await cluster.stop();
    },
  };
}
