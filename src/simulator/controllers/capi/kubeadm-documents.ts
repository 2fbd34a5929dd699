/** The documents kubeadm is started with, as kubeadm's bootstrap provider writes them: in the API version of a release. */

import { uninitialized } from '../hosts/node-lifecycle.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import type { Cluster, KubeadmConfigSpec, Machine } from '../shapes/capi.ts';
import { isControlPlane } from './common.ts';
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
  const node = (fields: Record<string, unknown> | undefined): { nodeRegistration: Record<string, unknown> } => ({
    ...fields,
    nodeRegistration: { taints: null, ...args(fields?.['nodeRegistration'], 'kubeletExtraArgs', version) },
  });
  if (spec.joinConfiguration) {
    const join = node(spec.joinConfiguration);
    if (!isControlPlane(machine)) join.nodeRegistration.taints = withUninitialized(join.nodeRegistration.taints);
    return [document('JoinConfiguration', join)];
  }
  return [
    document('ClusterConfiguration', clusterConfiguration(spec, machine, cluster, version)),
    document('InitConfiguration', { localAPIEndpoint: {}, ...node(spec.initConfiguration) }),
  ];
}

/**
 * The ClusterConfiguration that kubeadm keeps in the cluster once it has set its defaults, as YAML: k8s.io/kubernetes/cmd/
 * kubeadm/app/apis/kubeadm, of the API version of the release. `rewrittenBy`: a control plane that has replaced Machines has
 * written it anew, without what Cluster API has no fields for, and with its own words for etcd (UpdateClusterConfiguration).
 */
export function keptConfiguration(
  spec: KubeadmConfigSpec,
  machine: Machine,
  cluster: Cluster,
  rewrittenBy?: ClusterApiVersion,
): string {
  const version = kubeadmVersion(machine.spec?.version);
  const { etcd, networking, ...wanted } = clusterConfiguration(spec, machine, cluster, version) as Record<
    string,
    unknown
  >;
  const inside = (value: unknown): Record<string, unknown> => (isMap(value) ? value : {});
  const later = {
    ...(rewrittenBy === 'v1beta1' ? {} : { caCertificateValidityPeriod: '87600h0m0s' }),
    ...(rewrittenBy ? {} : { certificateValidityPeriod: '8760h0m0s', encryptionAlgorithm: 'RSA-2048' }),
    proxy: {},
  };
  const local = inside(etcd)['local'];
  const dataDir = rewrittenBy && local !== undefined ? '' : '/var/lib/etcd';
  const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined && value !== ''));
  const external = inside(etcd)['external'];
  const kept = {
    ...{ apiVersion: `kubeadm.k8s.io/${version}`, kind: 'ClusterConfiguration' },
    ...{ certificatesDir: '/etc/kubernetes/pki', imageRepository: 'registry.k8s.io' },
    ...(version === 'v1beta4' ? later : {}),
    ...said,
    apiServer: {
      ...inside(wanted['apiServer']),
      ...(version === 'v1beta3' && !rewrittenBy && !inside(wanted['apiServer'])['timeoutForControlPlane']
        ? { timeoutForControlPlane: '4m0s' }
        : {}),
    },
    etcd: external ? { external } : { local: { dataDir, ...inside(local) } },
    networking: {
      ...{ dnsDomain: 'cluster.local', serviceSubnet: '10.96.0.0/12' },
      ...Object.fromEntries(Object.entries(inside(networking)).filter(([, value]) => value !== undefined)),
    },
  };
  return `${yamlLines(kept).join('\n')}\n`;
}

/** Workers take no Pods before Cluster API has written on their Nodes what it has to. */
function withUninitialized(taints: unknown): unknown[] {
  const wanted: unknown[] = Array.isArray(taints) ? taints : [];
  if (wanted.some((taint) => isMap(taint) && taint['key'] === uninitialized)) return wanted;
  return [...wanted, { effect: 'NoSchedule', key: uninitialized }];
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
