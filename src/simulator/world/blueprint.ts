/** What an operator applies to get a cluster: the manifests of the bare-metal documentation, filled in. */

import { kinds } from '../controllers/kinds.ts';
import { minorOf } from '../controllers/kubernetes-version.ts';
import { labels } from '../controllers/owners.ts';
import type {
  Cluster,
  KubeadmConfigTemplate,
  KubeadmControlPlane,
  MachineDeployment,
  MachineHealthCheck,
} from '../controllers/shapes/capi.ts';
import type {
  BaremetalCluster,
  BaremetalMachineTemplate,
  MachineInventoryPool,
  PoolMember,
} from '../controllers/shapes/provider.ts';
import type { ClusterLayout, GroupLayout } from './layout.ts';
import { registry, releaseOf } from './releases.ts';

const infrastructure = kinds.BaremetalMachineTemplate.apiVersion;
/** kubeadm's patch of the kubelet's configuration: from 1.35 on with the field that it needs then. */
const kubeletPatch = (version: string) => ({
  path: '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json',
  owner: 'root:root',
  permissions: '0644',
  content: JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    protectKernelDefaults: true,
    streamingConnectionIdleTimeout: '5m',
    ...((minorOf(version) ?? 0) >= 35 ? { imagePullCredentialsVerificationPolicy: 'NeverVerify' } : {}),
  }),
});

export interface GroupBlueprint {
  template: BaremetalMachineTemplate;
  bootstrap: KubeadmConfigTemplate;
  deployment: MachineDeployment;
}

export interface Blueprint {
  infra: BaremetalCluster;
  planeTemplate: BaremetalMachineTemplate;
  plane: KubeadmControlPlane;
  cluster: Cluster;
  groups: GroupBlueprint[];
}

/** The objects of a cluster, in the order in which they are applied, without pools. */
export function blueprintOf(layout: ClusterLayout): Blueprint {
  return {
    infra: baremetalCluster(layout),
    planeTemplate: machineTemplate(layout.plane.template, layout.plane.pool),
    plane: controlPlane(layout),
    cluster: cluster(layout),
    groups: layout.workers.map((group) => ({
      template: machineTemplate(group.template, group.pool),
      bootstrap: bootstrapTemplate(`${group.name}-bootstrap`, layout.version),
      deployment: machineDeployment(layout, group),
    })),
  };
}

/** A pool of these members, in the order in which they are to be taken. */
export function machineInventoryPool(name: string, cluster: string, members: PoolMember[]): MachineInventoryPool {
  return {
    apiVersion: kinds.MachineInventoryPool.apiVersion,
    kind: 'MachineInventoryPool',
    metadata: { name },
    spec: { clusterName: cluster, machineInventories: members },
  };
}

/** A template whose machines draw from a pool. */
export function machineTemplate(name: string, pool: string): BaremetalMachineTemplate {
  return {
    apiVersion: infrastructure,
    kind: 'BaremetalMachineTemplate',
    metadata: { name },
    spec: { template: { spec: { machineInventoryPoolRef: { name: pool } } } },
  };
}

function baremetalCluster(layout: ClusterLayout): BaremetalCluster {
  return {
    apiVersion: kinds.BaremetalCluster.apiVersion,
    kind: 'BaremetalCluster',
    metadata: { name: layout.name },
    spec: {
      controlPlaneLoadBalancer: { type: 'Internal', host: layout.vip, port: 6443, vrid: layout.vrid },
      networkType: 'kube-ovn',
    },
  };
}

function controlPlane(layout: ClusterLayout): KubeadmControlPlane {
  const release = releaseOf(layout.version);
  const nodeRegistration = {
    imagePullPolicy: 'IfNotPresent',
    kubeletExtraArgs: { 'node-labels': 'kube-ovn/role=master' },
  };
  const extraArgs = { profiling: 'false', 'tls-min-version': 'VersionTLS12' };
  return {
    apiVersion: kinds.KubeadmControlPlane.apiVersion,
    kind: 'KubeadmControlPlane',
    metadata: { name: layout.plane.name },
    spec: {
      replicas: layout.plane.replicas,
      version: layout.version,
      rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
      machineTemplate: {
        nodeDrainTimeout: '5m',
        nodeVolumeDetachTimeout: '5m',
        infrastructureRef: {
          apiVersion: infrastructure,
          kind: 'BaremetalMachineTemplate',
          name: layout.plane.template,
        },
      },
      kubeadmConfigSpec: {
        format: 'cloud-config',
        users: [{ name: 'boot', sudo: 'ALL=(ALL) NOPASSWD:ALL', shell: '/bin/bash' }],
        files: [kubeletPatch(layout.version)],
        postKubeadmCommands: ['chmod 600 /var/lib/kubelet/config.yaml'],
        clusterConfiguration: {
          imageRepository: `${registry}/tkestack`,
          dns: { imageTag: release.coredns },
          etcd: { local: { imageTag: release.etcd } },
          apiServer: { extraArgs },
          controllerManager: { extraArgs },
          scheduler: { extraArgs },
        },
        initConfiguration: { nodeRegistration },
        joinConfiguration: { nodeRegistration },
      },
    },
  };
}

function cluster(layout: ClusterLayout): Cluster {
  const octet = layout.vrid - 50;
  return {
    apiVersion: kinds.Cluster.apiVersion,
    kind: 'Cluster',
    metadata: {
      name: layout.name,
      labels: { 'cluster-type': 'ProviderBaremetal' },
      annotations: {
        'capi.cpaas.io/resource-group-version': infrastructure,
        'capi.cpaas.io/resource-kind': 'BaremetalCluster',
        'cpaas.io/alb-address-type': 'ClusterAddress',
        'cpaas.io/kube-ovn-join-cidr': `100.${64 + octet}.0.0/16`,
        'cpaas.io/kube-ovn-version': releaseOf(layout.version).kubeOvn,
        'cpaas.io/registry-address': registry,
        'cpaas.io/sentry-deploy-type': 'Baremetal',
      },
    },
    spec: {
      clusterNetwork: {
        pods: { cidrBlocks: [`10.${100 + octet}.0.0/16`] },
        services: { cidrBlocks: [`10.${150 + octet}.0.0/16`] },
      },
      controlPlaneRef: {
        apiVersion: kinds.KubeadmControlPlane.apiVersion,
        kind: 'KubeadmControlPlane',
        name: layout.plane.name,
        namespace: 'cpaas-system',
      },
      infrastructureRef: {
        apiVersion: infrastructure,
        kind: 'BaremetalCluster',
        name: layout.name,
        namespace: 'cpaas-system',
      },
    },
  };
}

/** A bootstrap template for workers of a version. */
export function bootstrapTemplate(name: string, version: string): KubeadmConfigTemplate {
  return {
    apiVersion: kinds.KubeadmConfigTemplate.apiVersion,
    kind: 'KubeadmConfigTemplate',
    metadata: { name },
    spec: {
      template: {
        spec: {
          format: 'cloud-config',
          files: [kubeletPatch(version)],
          postKubeadmCommands: ['chmod 600 /var/lib/kubelet/config.yaml'],
          joinConfiguration: {
            nodeRegistration: { imagePullPolicy: 'IfNotPresent' },
            patches: { directory: '/etc/kubernetes/patches' },
          },
        },
      },
    },
  };
}

function machineDeployment(layout: ClusterLayout, group: GroupLayout): MachineDeployment {
  return {
    apiVersion: kinds.MachineDeployment.apiVersion,
    kind: 'MachineDeployment',
    metadata: { name: group.name },
    spec: {
      clusterName: layout.name,
      replicas: group.replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: {} },
      template: {
        metadata: { labels: { 'pool.name': group.name } },
        spec: {
          clusterName: layout.name,
          version: layout.version,
          nodeDrainTimeout: '5m',
          nodeVolumeDetachTimeout: '5m',
          bootstrap: {
            configRef: {
              apiVersion: kinds.KubeadmConfigTemplate.apiVersion,
              kind: 'KubeadmConfigTemplate',
              name: `${group.name}-bootstrap`,
            },
          },
          infrastructureRef: { apiVersion: infrastructure, kind: 'BaremetalMachineTemplate', name: group.template },
        },
      },
    },
  };
}

/** The health checks of the documentation: one for the workers, a stricter one for the control plane. */
export function healthChecks(layout: ClusterLayout): MachineHealthCheck[] {
  const check = (name: string, selector: object, maxUnhealthy: number | string): MachineHealthCheck => ({
    apiVersion: kinds.MachineHealthCheck.apiVersion,
    kind: 'MachineHealthCheck',
    metadata: { name: `${layout.name}-${name}`, labels: { [labels.cluster]: layout.name } },
    spec: {
      clusterName: layout.name,
      selector,
      maxUnhealthy,
      nodeStartupTimeout: '30m0s',
      unhealthyConditions: [
        { type: 'Ready', status: 'Unknown', timeout: '10m0s' },
        { type: 'Ready', status: 'False', timeout: '10m0s' },
      ],
    },
  });
  return [
    check('workers', { matchExpressions: [{ key: labels.deployment, operator: 'Exists' }] }, '40%'),
    check('control-plane', { matchLabels: { [labels.controlPlane]: '' } }, 1),
  ];
}
