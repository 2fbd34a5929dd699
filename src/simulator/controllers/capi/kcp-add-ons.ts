/**
 * What the control plane brings up to date in the cluster itself: CoreDNS, once no Machine is left to be replaced
 * (sigs.k8s.io/cluster-api/controlplane/kubeadm/internal: reconcile, UpdateCoreDNS).
 */

import { isRecord } from '../../api/types.ts';
import { parseJson } from '../json.ts';
import { kinds } from '../kinds.ts';
import { ownerName } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmConfigSpec, KubeadmControlPlane } from '../shapes/capi.ts';
import { byAge } from './common.ts';
import { clusterConfigurationAnnotation } from './same-bootstrap.ts';

const skipped = 'controlplane.cluster.x-k8s.io/skip-coredns';

/** The cluster gets the CoreDNS that is wanted, where somebody does not keep it from that. */
export async function updateCoreDns(rt: Runtime, plane: KubeadmControlPlane, cluster: string): Promise<void> {
  const tag = tagOf(plane.spec?.kubeadmConfigSpec?.clusterConfiguration);
  if (tag === undefined || plane.metadata.annotations?.[skipped] !== undefined) return;
  const write = () => void rt.coreDns.set(cluster, tag);
  if (tag === coreDnsOf(rt, plane, cluster)) write();
  else await rt.rolling(cluster, write);
}

/**
 * The tag of the CoreDNS that a cluster runs; undefined where nobody names one. Where that has not been seen, its oldest
 * Machine tells with what it was made: a rollout may be under way.
 */
export function coreDnsOf(rt: Runtime, plane: KubeadmControlPlane, cluster: string): string | undefined {
  const written = rt.coreDns.get(cluster);
  if (written !== undefined) return written;
  const machines = rt.informer(kinds.Machine).list();
  const owned = machines.filter((machine) => ownerName(machine, 'KubeadmControlPlane') === plane.metadata.name);
  const [oldest] = owned.sort(byAge);
  const noted = oldest?.metadata.annotations?.[clusterConfigurationAnnotation];
  return tagOf(parseJson(noted ?? '')) ?? tagOf(plane.spec?.kubeadmConfigSpec?.clusterConfiguration);
}

/** A kubeadm configuration with the CoreDNS that the cluster runs. */
export function withCoreDns(spec: KubeadmConfigSpec, imageTag: string | undefined): KubeadmConfigSpec {
  const { clusterConfiguration = {} } = spec;
  const { dns } = clusterConfiguration as { dns?: object };
  return imageTag ? { ...spec, clusterConfiguration: { ...clusterConfiguration, dns: { ...dns, imageTag } } } : spec;
}

function tagOf(configuration: unknown): string | undefined {
  const dns = isRecord(configuration) ? configuration['dns'] : undefined;
  const tag = isRecord(dns) ? dns['imageTag'] : undefined;
  return typeof tag === 'string' && tag !== '' ? tag : undefined;
}
