/** The Secrets of a cluster that its control plane keeps: authorities and a kubeconfig with a client certificate. */

import { authority, authorityPublicKey, certified } from '../../api/certificate.ts';
import { kinds } from '../kinds.ts';
import { labels, ownerReference } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { BootstrapFile, Cluster, KubeadmControlPlane } from '../shapes/capi.ts';
import type { Secret } from '../shapes/core.ts';
import { yamlLines } from './plain-yaml.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const year = 365 * 86_400_000;

/** Cluster API calls each of its authorities the same, whatever kubeadm would (util/secret, newCertificateAuthority). */
const common = 'kubernetes';
const authorities = ['ca', 'etcd', 'proxy'];
/** As clocks differ, what it makes is valid a little before it is made, ms. */
const early = 300_000;

/** How long the first of them takes to come, ms: never the same, and keys take a moment each. */
const delay = (name: string): number =>
  ([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 20) * 1000;

/** All such Secrets of a cluster. The authorities are hardly younger than the Cluster. */
export function certificateSecrets(cluster: Cluster, plane: KubeadmControlPlane): Secret[] {
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
  const from = born - early + delay(name);
  const made = authorities.map((suffix, at) => [suffix, authority(common, from + at * 1000, { last: true })] as const);
  const pairs = made.map(([suffix, { certificate, key }]) =>
    secret(suffix, { 'tls.crt': base64(certificate), 'tls.key': base64(key) }),
  );
  const { certificate = '', key = '' } = made[0]?.[1] ?? {};
  // Accounts are signed with a bare key.
  const accounts = secret('sa', { 'tls.crt': base64(authorityPublicKey()), 'tls.key': base64(key) });
  const { host = '', port = '' } = cluster.spec?.controlPlaneEndpoint ?? {};
  const user = `${name}-admin`;
  const admin = certified(
    { name: 'kubernetes-admin', organization: 'system:masters', from, until: born + year },
    { name: common, key },
  );
  const kubeconfig = yamlLines({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { 'certificate-authority-data': base64(certificate), server: `https://${host}:${port}` } },
    ],
    contexts: [{ name: `${user}@${name}`, context: { cluster: name, user } }],
    'current-context': `${user}@${name}`,
    preferences: {},
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
      },
    ],
  });
  return [...pairs, accounts, secret('kubeconfig', { value: base64(`${kubeconfig.join('\n')}\n`) })];
}

/** Where kubeadm looks for what a Secret with this suffix holds: a certificate or public key, and its private key. */
const places: Readonly<Record<string, readonly [string, string]>> = {
  ca: ['ca.crt', 'ca.key'],
  etcd: ['etcd/ca.crt', 'etcd/ca.key'],
  proxy: ['front-proxy-ca.crt', 'front-proxy-ca.key'],
  sa: ['sa.pub', 'sa.key'],
};

/**
 * The files with which the Machines of a control plane begin, of the Secrets of their cluster by suffix. Source of the
 * order and the permissions: Cluster API 1.10, util/secret, Certificates.AsFiles.
 */
export function certificateFiles(secretOf: (suffix: string) => Secret | undefined): BootstrapFile[] {
  return Object.entries(places).flatMap(([suffix, [certificate, key]]) => {
    const data = secretOf(suffix)?.data ?? {};
    const file = (name: string, text: string | undefined, permissions: string): BootstrapFile[] =>
      text === undefined
        ? []
        : [
            {
              path: `/etc/kubernetes/pki/${name}`,
              owner: 'root:root',
              permissions,
              content: Buffer.from(text, 'base64').toString('utf8'),
            },
          ];
    return [...file(certificate, data['tls.crt'], '0640'), ...file(key, data['tls.key'], '0600')];
  });
}

/** The same, read from the API. Throws KubeError. */
export async function bootstrapCertificates(rt: Runtime, cluster: Cluster): Promise<BootstrapFile[]> {
  const { name } = cluster.metadata;
  const found = new Map<string, Secret | undefined>();
  for (const suffix of Object.keys(places)) found.set(suffix, await rt.client.get(kinds.Secret, `${name}-${suffix}`));
  return certificateFiles((suffix) => found.get(suffix));
}

/**
 * Makes those of a cluster's Secrets that are not there. Where they are `known` to have been made, the two are asked for
 * that operators lose. Throws KubeError.
 */
export async function certify(
  rt: Runtime,
  cluster: Cluster,
  plane: KubeadmControlPlane,
  known: boolean,
): Promise<void> {
  const { name } = cluster.metadata;
  const there = (secret: string) => rt.client.get(kinds.Secret, secret);
  if (known && (await there(`${name}-kubeconfig`)) && (await there(`${name}-ca`))) return;
  for (const secret of certificateSecrets(cluster, plane)) {
    if (!(await there(secret.metadata.name))) await rt.client.create(kinds.Secret, secret);
  }
}
