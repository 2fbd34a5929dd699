/** The Secrets of a cluster that its control plane keeps: authorities and a kubeconfig, with made-up contents. */

import { labels, ownerReference } from '../owners.ts';
import type { Random } from '../random.ts';
import type { Cluster, KubeadmControlPlane } from '../shapes/capi.ts';
import type { Secret } from '../shapes/core.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function pem(kind: string, random: Random): string {
  const body = Array.from({ length: 6 }, () => base64(random.hex(48)));
  return [`-----BEGIN ${kind}-----`, ...body, `-----END ${kind}-----`, ''].join('\n');
}

/** All such Secrets of a cluster. None of the keys is one. */
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
  const authority = (suffix: string): Secret =>
    secret(suffix, {
      'tls.crt': base64(pem('SIMULATED CERTIFICATE', random)),
      'tls.key': base64(pem('SIMULATED KEY', random)),
    });
  const endpoint = cluster.spec?.controlPlaneEndpoint;
  const kubeconfig = [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{name: ${name}, cluster: {server: "https://${endpoint?.host ?? ''}:${endpoint?.port ?? ''}"}}]`,
    `contexts: [{name: ${name}-admin@${name}, context: {cluster: ${name}, user: ${name}-admin}}]`,
    `current-context: ${name}-admin@${name}`,
    `users: [{name: ${name}-admin, user: {token: simulated-${random.hex(16)}}}]`,
    '',
  ].join('\n');
  return [...['ca', 'etcd', 'proxy', 'sa'].map(authority), secret('kubeconfig', { value: base64(kubeconfig) })];
}
