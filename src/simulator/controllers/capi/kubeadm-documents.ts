/** The documents kubeadm is started with, as kubeadm's bootstrap provider writes them: in the API version of a release. */

import type { Cluster, KubeadmConfigSpec, Machine } from '../shapes/capi.ts';
import { yamlLines } from './plain-yaml.ts';

/** kubeadm of 1.31 and later reads v1beta4; before that, since 1.22, v1beta3. */
export function kubeadmVersion(kubernetes: string | undefined): 'v1beta3' | 'v1beta4' {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubernetes ?? '') ?? [];
  return major === undefined || Number(major) > 1 || Number(minor) >= 31 ? 'v1beta4' : 'v1beta3';
}

/** The documents of a Machine, each as lines: a JoinConfiguration, or a Cluster- and an InitConfiguration. */
export function kubeadmDocuments(spec: KubeadmConfigSpec, machine: Machine, cluster: Cluster): string[][] {
  const version = kubeadmVersion(machine.spec?.version);
  const document = (kind: string, fields: object): string[] =>
    yamlLines({ apiVersion: `kubeadm.k8s.io/${version}`, kind, ...fields });
  const node = (fields: Record<string, unknown> | undefined) => ({
    ...fields,
    nodeRegistration: { taints: null, ...args(fields?.['nodeRegistration'], 'kubeletExtraArgs', version) },
  });
  if (spec.joinConfiguration) return [document('JoinConfiguration', node(spec.joinConfiguration))];
  return [
    document('ClusterConfiguration', clusterConfiguration(spec, machine, cluster, version)),
    document('InitConfiguration', { localAPIEndpoint: {}, ...node(spec.initConfiguration) }),
  ];
}

/** What the user left open is filled in from the Cluster and the Machine. */
function clusterConfiguration(spec: KubeadmConfigSpec, machine: Machine, cluster: Cluster, version: string) {
  const wanted: Record<string, unknown> = spec.clusterConfiguration ?? {};
  const { controlPlaneEndpoint } = cluster.spec ?? {};
  const network = isMap(cluster.spec?.clusterNetwork) ? cluster.spec.clusterNetwork : {};
  const components = ['apiServer', 'controllerManager', 'scheduler'].map((name) => [
    name,
    args(wanted[name], 'extraArgs', version),
  ]);
  return {
    dns: {},
    etcd: {},
    ...wanted,
    ...Object.fromEntries(components),
    clusterName: cluster.metadata.name,
    controlPlaneEndpoint: `${controlPlaneEndpoint?.host ?? ''}:${controlPlaneEndpoint?.port ?? ''}`,
    kubernetesVersion: machine.spec?.version,
    networking: {
      podSubnet: blocks(network['pods']),
      serviceSubnet: blocks(network['services']),
    },
  };
}

/** An object whose field `key` holds arguments of a program: a map in v1beta3, a list in the order of names in v1beta4. */
function args(value: unknown, key: string, version: string): Record<string, unknown> {
  const object = isMap(value) ? value : {};
  const map = object[key];
  if (version === 'v1beta3' || !isMap(map) || Array.isArray(map)) return object;
  const list = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...object, [key]: list.map(([name, text]) => ({ name, value: text })) };
}

function blocks(network: unknown): string | undefined {
  const list = isMap(network) ? network['cidrBlocks'] : undefined;
  return Array.isArray(list) ? list.join(',') : undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
