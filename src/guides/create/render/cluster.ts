/** Step 3 of the document: address, template, control plane and the Cluster. */
import { minorOf } from '../../../domain/forecast/versions.ts';
import type { Raw } from '../../../operations/contract.ts';
import type { Answers } from '../answers.ts';
import { NAMESPACE, namesOf } from '../names.ts';
import { splitPair } from '../rules/networks.ts';
import { HARDENED_ARGS, hardenedFiles, kubeletPatch, PATCHES } from './hardened.ts';

export const INFRA = 'infrastructure.cluster.x-k8s.io/v1beta1';
export const CAPI = 'cluster.x-k8s.io/v1beta1';
const CONTROL_PLANE = 'controlplane.cluster.x-k8s.io/v1beta1';

export const metadata = (name: string, more: Raw = {}): Raw => ({ name, namespace: NAMESPACE, ...more });

/** A BaremetalMachineTemplate: nothing but the pool its machines take hosts from. */
export function machineTemplate(name: string, pool: string): Raw {
  return {
    apiVersion: INFRA,
    kind: 'BaremetalMachineTemplate',
    metadata: metadata(name),
    spec: { template: { spec: { machineInventoryPoolRef: { name: pool } } } },
  };
}

/** The user people look at a node with. */
export function users({ ssh }: Answers): Raw[] {
  return [
    { name: 'boot', sudo: 'ALL=(ALL) NOPASSWD:ALL', shell: '/bin/bash', sshAuthorizedKeys: [...ssh.authorizedKeys] },
  ];
}

/** The minor of Kubernetes 1 that a version is of. */
export function kubernetesMinor({ kubernetesVersion }: Answers): number {
  return minorOf(kubernetesVersion)?.minor ?? 0;
}

/** The BaremetalCluster. */
export function baremetalCluster({ cluster, endpoint }: Answers): Raw {
  const { type, host, port, vrid } = endpoint;
  const controlPlaneLoadBalancer = { type, host, port, ...(type === 'Internal' ? { vrid } : {}) };
  return {
    apiVersion: INFRA,
    kind: 'BaremetalCluster',
    metadata: metadata(cluster),
    spec: { controlPlaneLoadBalancer, networkType: 'kube-ovn' },
  };
}

/** The KubeadmControlPlane. One machine at a time: bare metal has no spare host to begin with. */
export function kubeadmControlPlane(answers: Answers): Raw {
  const { cluster, kubernetesVersion, controlPlane, registry, images, profile } = answers;
  const names = namesOf(cluster);
  const hardened = profile === 'hardened';
  const minor = kubernetesMinor(answers);
  const files = hardened ? hardenedFiles(minor) : minor >= 35 ? [kubeletPatch(minor, {})] : [];
  const patches = files.length > 0 ? { patches: { directory: PATCHES } } : {};
  const common = { profiling: 'false', 'tls-min-version': 'VersionTLS12' };
  const others = { extraArgs: { ...(hardened ? HARDENED_ARGS.others : {}), ...common } };
  const node = { nodeRegistration: { kubeletExtraArgs: { 'node-labels': 'kube-ovn/role=master' } } };
  return {
    apiVersion: CONTROL_PLANE,
    kind: 'KubeadmControlPlane',
    metadata: metadata(names.controlPlane),
    spec: {
      replicas: controlPlane.replicas,
      version: kubernetesVersion,
      rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
      machineTemplate: {
        nodeDrainTimeout: '5m',
        nodeVolumeDetachTimeout: '5m',
        infrastructureRef: { apiVersion: INFRA, kind: 'BaremetalMachineTemplate', name: names.controlPlaneTemplate },
      },
      kubeadmConfigSpec: {
        users: users(answers),
        ...(files.length > 0 ? { files } : {}),
        ...(hardened ? { postKubeadmCommands: [...HARDENED_ARGS.after] } : {}),
        clusterConfiguration: {
          imageRepository: `${registry.address}/tkestack`,
          dns: { imageTag: images.dns },
          etcd: { local: { imageTag: images.etcd } },
          apiServer: {
            extraArgs: { ...(hardened ? HARDENED_ARGS.apiServer : {}), ...common },
            ...(hardened ? { extraVolumes: [{ ...HARDENED_ARGS.volume }] } : {}),
          },
          controllerManager: others,
          scheduler: structuredClone(others),
        },
        initConfiguration: { ...patches, ...node },
        joinConfiguration: structuredClone({ ...patches, ...node }),
      },
    },
  };
}

/** The Cluster, with the annotations the provider reads. */
export function cluster(answers: Answers): Raw {
  const { cluster: name, networks, images, registry } = answers;
  return {
    apiVersion: CAPI,
    kind: 'Cluster',
    metadata: metadata(name, {
      annotations: {
        'capi.cpaas.io/resource-group-version': INFRA,
        'capi.cpaas.io/resource-kind': 'BaremetalCluster',
        'cpaas.io/kube-ovn-join-cidr': networks.join,
        ...(images.kubeOvn === undefined ? {} : { 'cpaas.io/kube-ovn-version': images.kubeOvn }),
        ...(registry.annotate ? { 'cpaas.io/registry-address': registry.address } : {}),
        'cpaas.io/sentry-deploy-type': 'Baremetal',
        'cpaas.io/alb-address-type': 'ClusterAddress',
      },
      labels: { 'cluster-type': 'ProviderBaremetal' },
    }),
    spec: {
      clusterNetwork: {
        pods: { cidrBlocks: splitPair(networks.pods) },
        services: { cidrBlocks: splitPair(networks.services) },
      },
      controlPlaneRef: { apiVersion: CONTROL_PLANE, kind: 'KubeadmControlPlane', name: namesOf(name).controlPlane },
      infrastructureRef: { apiVersion: INFRA, kind: 'BaremetalCluster', name },
    },
  };
}
