/** The Secrets of a cluster that its control plane keeps: authorities and a kubeconfig, with a token that opens nothing. */

import { authority, authorityPublicKey } from '../../api/certificate.ts';
import { kinds } from '../kinds.ts';
import { labels, ownerReference } from '../owners.ts';
import type { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, KubeadmControlPlane } from '../shapes/capi.ts';
import type { Secret } from '../shapes/core.ts';
import { yamlLines } from './plain-yaml.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The common names kubeadm gives its authorities. */
const authorities = { ca: 'kubernetes', etcd: 'etcd-ca', proxy: 'front-proxy-ca' };

/** All such Secrets of a cluster. The authorities are as old as the Cluster. */
export function certificateSecrets(cluster: Cluster, plane: KubeadmControlPlane, random: Random): Secret[] {
  const name = cluster.metadata.name;
  const secret = (suffix: string, data: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-${suffix}`,
      labels: { [labels.cluster]: name },
      ownerReferences: [ownerReference(plane)],
    },
    type: 'cluster.x-k8s.io/secret',
    data,
  });
  const born = Date.parse(cluster.metadata.creationTimestamp ?? '') || 0;
  const made = Object.entries(authorities).map(([suffix, common]) => [suffix, authority(common, born)] as const);
  const pairs = made.map(([suffix, { certificate, key }]) =>
    secret(suffix, { 'tls.crt': base64(certificate), 'tls.key': base64(key) }),
  );
  const { certificate = '', key = '' } = made[0]?.[1] ?? {};
  // Accounts are signed with a bare key.
  const accounts = secret('sa', { 'tls.crt': base64(authorityPublicKey()), 'tls.key': base64(key) });
  const { host = '', port = '' } = cluster.spec?.controlPlaneEndpoint ?? {};
  const user = `${name}-admin`;
  const kubeconfig = yamlLines({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { 'certificate-authority-data': base64(certificate), server: `https://${host}:${port}` } },
    ],
    contexts: [{ name: `${user}@${name}`, context: { cluster: name, user } }],
    'current-context': `${user}@${name}`,
    preferences: {},
    users: [{ name: user, user: { token: `simulated-${random.hex(16)}` } }],
  });
  return [...pairs, accounts, secret('kubeconfig', { value: base64(`${kubeconfig.join('\n')}\n`) })];
}

/** Makes those of a cluster's Secrets that are not there. Throws KubeError. */
export async function certify(rt: Runtime, cluster: Cluster, plane: KubeadmControlPlane): Promise<void> {
  for (const secret of certificateSecrets(cluster, plane, rt.random('certificates', cluster.metadata.name))) {
    if (await rt.client.get(kinds.Secret, secret.metadata.name)) continue;
    await rt.client.create(kinds.Secret, secret);
  }
}
