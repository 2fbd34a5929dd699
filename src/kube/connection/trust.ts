import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import type { ServerTrust } from '../http/agents.ts';
import { unreadable } from './load.ts';
import type { KubeCluster } from './model.ts';
import { ConnectionProblem } from './problem.ts';

/**
 * How to know a cluster's server. With a certificate authority of its own, only that one counts; without, those of Node
 * and of this host's system, as kubectl trusts the system's.
 * @throws ConnectionProblem when the authority cannot be read, or is given together with insecure-skip-tls-verify
 */
export async function serverTrust(cluster: KubeCluster): Promise<ServerTrust> {
  const ca = await authority(cluster);
  if (ca !== undefined && cluster.skipTLSVerify) {
    throw new ConnectionProblem(
      `The cluster "${cluster.name}" has both a certificate authority and insecure-skip-tls-verify`,
      'remove one of them from the kubeconfig',
    );
  }
  return {
    ca: ca ?? (cluster.skipTLSVerify ? undefined : commonAuthorities()),
    rejectUnauthorized: !cluster.skipTLSVerify,
    servername: cluster.tlsServerName,
  };
}

async function authority({ name, caData, caFile }: KubeCluster): Promise<string | undefined> {
  if (!caData && !caFile) return undefined;
  const where = caData ? `certificate-authority-data of cluster "${name}"` : `certificate authority ${caFile}`;
  let pem: string;
  try {
    pem = caData ? Buffer.from(caData, 'base64').toString('utf8') : await readFile(caFile as string, 'utf8');
  } catch (error) {
    const reason = unreadable((error as NodeJS.ErrnoException).code);
    throw new ConnectionProblem(`The ${where} ${reason}`, 'check the path in the kubeconfig');
  }
  try {
    // OpenSSL passes over text that is no certificate, and trusts nothing then.
    new X509Certificate(pem);
  } catch {
    throw new ConnectionProblem(`The ${where} holds no certificate`, 'put a PEM certificate there');
  }
  return pem;
}

/** Node 22.15 and later can read the system's store; before, Node's own list must do. */
function commonAuthorities(): string[] | undefined {
  if (typeof tls.getCACertificates !== 'function') return undefined;
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}
