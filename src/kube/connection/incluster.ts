import { access } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Env } from './load.ts';
import type { Target } from './model.ts';

/** Where Kubernetes mounts the service account of a pod. */
export const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The API server of the cluster this process runs in, if it runs in one (client-go, `rest.InClusterConfig`).
 * @param dir where the service account's files are
 */
export async function inClusterTarget(env: Env, dir = serviceAccountDir): Promise<Target | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const tokenFile = join(dir, 'token');
  try {
    await access(tokenFile);
  } catch {
    return undefined;
  }
  return {
    context: 'in-cluster',
    cluster: {
      name: 'in-cluster',
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      caFile: join(dir, 'ca.crt'),
      skipTLSVerify: false,
    },
    user: { name: 'service-account', tokenFile },
    inCluster: true,
  };
}
