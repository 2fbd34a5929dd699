/** The ClusterConfiguration of a control plane as Cluster API up to 1.10 notes it on each Machine: as Go writes JSON. */

import type { KubeadmControlPlane } from '../shapes/capi.ts';
import { asGoWrites } from './go-structs.ts';

/** The order of the fields in kubeadm's types; whatever is not here comes last, by name. */
const order = [
  'local',
  'external',
  'endpoints',
  'caFile',
  'certFile',
  'keyFile',
  'etcd',
  'networking',
  'kubernetesVersion',
  'controlPlaneEndpoint',
  'apiServer',
  'controllerManager',
  'scheduler',
  'dns',
  'certificatesDir',
  'imageRepository',
  'imageTag',
  'dataDir',
  'extraArgs',
  'extraVolumes',
  'extraEnvs',
  'serverCertSANs',
  'peerCertSANs',
  'certSANs',
  'timeoutForControlPlane',
  'featureGates',
  'clusterName',
];
const rank = new Map(order.map((key, at) => [key, at]));
const place = (key: string): number => rank.get(key) ?? order.length;

/** The text of the annotation. */
export function clusterConfigurationText(plane: KubeadmControlPlane): string {
  const configuration = plane.spec?.kubeadmConfigSpec?.clusterConfiguration;
  // Where there is none, Go writes a nil pointer.
  return configuration ? JSON.stringify(sorted(asGoWrites('clusterConfiguration', configuration))) : 'null';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
