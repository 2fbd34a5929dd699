/** The Kubernetes versions the image catalog knows, from the OS Support Matrix. */

import { kinds } from '../controllers/kinds.ts';
import { encode } from '../controllers/plan-secret.ts';
import { registrySecret } from '../controllers/provider/registry.ts';
import type { ConfigMap, Secret } from '../controllers/shapes/core.ts';

export interface Release {
  version: string;
  coredns: string;
  etcd: string;
  kubeOvn: string;
}

const release = (version: string, coredns: string, etcd: string, kubeOvn: string): Release => ({
  version,
  coredns,
  etcd,
  kubeOvn,
});

/** The oldest first. */
export const releases: readonly Release[] = [
  release('v1.31.14-2', '1.12.4-v4.0.20', 'v3.5.25-251215', 'v4.0.47'),
  release('v1.32.7', '1.12.4-v4.1.2', 'v3.5.21', 'v4.1.11'),
  release('v1.32.11-2', '1.12.4-v4.1.5', 'v3.5.25-251215', 'v4.1.32'),
  release('v1.33.6', '1.12.4-v4.2.3', 'v3.5.21-251117', 'v4.2.6'),
  release('v1.33.7-1', '1.12.4-v4.2.4', 'v3.5.25-251215', 'v4.2.15'),
  release('v1.33.7-2', '1.12.4-v4.2.7', 'v3.5.25-251215', 'v4.2.24'),
  release('v1.33.7-3', '1.12.4-v4.2.8', 'v3.5.27-260305', 'v4.2.26'),
  release('v1.33.7-4', '1.14.3-v4.2.11', 'v3.5.28-260421', 'v4.2.33'),
  release('v1.34.5', '1.14.2-v4.3.4', 'v3.5.28-260325', 'v4.3.3'),
  release('v1.34.5-1', '1.14.2-v4.3.9', 'v3.5.28-260421', 'v4.3.5'),
  release('v1.34.5-3', '1.14.2-v4.3.11', 'v3.5.28-260625', 'v4.3.11'),
  release('v1.35.6-acp.1', '1.14.3-v4.4.6', 'v3.6.13-acp.0', 'v4.4.1'),
];

export const registry = 'registry.dc1.example';

/** The image that brings a version. */
export function imageOfVersion(version: string): string {
  return `${registry}/tkestack/baremetal-base-image:v0.0.0-beta-${version.replace(/^v/, '')}`;
}

/** The release of a version; the newest where the catalog does not know it. */
export function releaseOf(version: string): Release {
  return releases.find((one) => one.version === version) ?? releases[releases.length - 1]!;
}

/** The ConfigMap the provider resolves images with. */
export function imageCatalog(): ConfigMap {
  return {
    apiVersion: kinds.ConfigMap.apiVersion,
    kind: 'ConfigMap',
    metadata: {
      name: 'elemental-image-catalog',
      labels: { 'app.kubernetes.io/part-of': 'cluster-api-provider-baremetal' },
    },
    data: Object.fromEntries(releases.map(({ version }) => [version, imageOfVersion(version)])),
  };
}

/** The Secret with the platform registry's address, for clusters whose Cluster does not name one. */
export function platformRegistry(): Secret {
  return {
    apiVersion: kinds.Secret.apiVersion,
    kind: 'Secret',
    metadata: { name: registrySecret },
    type: 'Opaque',
    data: { address: encode(registry) },
  };
}
