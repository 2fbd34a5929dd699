/** What kubeadm pulls before it makes a host one of the control plane. Source: kubeadm, cmd/phases/join/preflight.go. */

import { isRecord } from '../../api/types.ts';
import { coreDnsOf } from '../capi/kcp-add-ons.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmControlPlane } from '../shapes/capi.ts';

/**
 * The first image that the control plane of a cluster names and that its registry has not: kubeadm ends there, before anything of
 * a Node is there (`[ERROR ImagePull]`). Undefined where it goes on, or nobody knows what the registry has.
 */
export function missingImage(rt: Runtime, plane: KubeadmControlPlane | undefined, cluster: string): string | undefined {
  const configuration = plane?.spec?.kubeadmConfigSpec?.clusterConfiguration;
  const { imageRepository: repository, etcd } = (configuration ?? {}) as { imageRepository?: unknown; etcd?: unknown };
  if (plane === undefined || typeof repository !== 'string') return undefined;
  const local = isRecord(etcd) && isRecord(etcd['local']) ? etcd['local']['imageTag'] : undefined;
  const tags = { etcd: local, coredns: coreDnsOf(rt, plane, cluster) };
  const images = Object.entries(tags).flatMap(([name, tag]) => (tag ? [`${repository}/${name}:${tag}`] : []));
  return images.find((image) => rt.held(image) === false);
}
