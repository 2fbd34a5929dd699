/** The objects that many hosts share: clusters, groups, their templates, pools. */
import { type HostPlace, THEN, VERSION } from './layout.ts';

const CLUSTER_LABEL = 'cluster.x-k8s.io/cluster-name';
const ready = (type: string) => ({
  type,
  status: 'True',
  reason: type,
  message: '',
  lastTransitionTime: THEN,
});
const legacy = (type: string) => ({ type, status: 'True', lastTransitionTime: THEN });

const infraTemplate = (group: string, namespace: string) => ({
  apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
  kind: 'BaremetalMachineTemplate',
  name: `${group}-template`,
  namespace,
});

/** One object to create, and its status to set afterwards. */
export interface Seed {
  /** `apis/group/version`, without the namespace. */
  root: string;
  resource: string;
  body: { metadata: { name: string; [field: string]: unknown }; [field: string]: unknown };
  status?: Record<string, unknown>;
}

const CAPI = 'apis/cluster.x-k8s.io/v1beta1';
const INFRASTRUCTURE = 'apis/infrastructure.cluster.x-k8s.io/v1beta1';

export function clusterSeeds(cluster: string, namespace: string): Seed[] {
  return [
    {
      root: CAPI,
      resource: 'clusters',
      body: {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        kind: 'Cluster',
        metadata: { name: cluster, labels: { 'cluster-type': 'ProviderBaremetal' } },
        spec: {
          controlPlaneEndpoint: { host: `${cluster}.example`, port: 6443 },
          controlPlaneRef: {
            apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
            kind: 'KubeadmControlPlane',
            name: `${cluster}-control-plane`,
            namespace,
          },
          infrastructureRef: {
            apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
            kind: 'BaremetalCluster',
            name: cluster,
            namespace,
          },
        },
      },
      status: {
        phase: 'Provisioned',
        infrastructureReady: true,
        controlPlaneReady: true,
        observedGeneration: 1,
        conditions: ['Ready', 'ControlPlaneInitialized', 'ControlPlaneReady', 'InfrastructureReady'].map(legacy),
      },
    },
    {
      root: INFRASTRUCTURE,
      resource: 'baremetalclusters',
      body: {
        apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
        kind: 'BaremetalCluster',
        metadata: { name: cluster, labels: { [CLUSTER_LABEL]: cluster } },
        spec: {
          controlPlaneEndpoint: { host: `${cluster}.example`, port: 6443 },
          controlPlaneLoadBalancer: { host: `${cluster}.example`, port: 6443, type: 'External' },
        },
      },
      status: { ready: true, conditions: [ready('EndpointReady'), ready('Ready')] },
    },
  ];
}

/** A group with its templates and its pool. The MachineSet comes after: it is owned by the MachineDeployment. */
export function groupSeeds(hosts: readonly HostPlace[], namespace: string): Seed[] {
  const { cluster, group, pool, controlPlane } = hosts[0]!;
  const replicas = hosts.length;
  const counts = { replicas, readyReplicas: replicas, updatedReplicas: replicas, unavailableReplicas: 0 };
  const selector = `${CLUSTER_LABEL}=${cluster}`;
  const shared: Seed[] = [
    {
      root: INFRASTRUCTURE,
      resource: 'machineinventorypools',
      body: {
        apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
        kind: 'MachineInventoryPool',
        metadata: { name: pool, labels: { [CLUSTER_LABEL]: cluster } },
        spec: { clusterName: cluster, machineInventories: hosts.map(({ name }) => ({ name })) },
      },
      status: {
        total: replicas,
        available: 0,
        allocated: replicas,
        preparing: 0,
        reprovisioning: 0,
        unavailable: 0,
        conditions: [ready('Ready'), ready('MembersValid')],
      },
    },
    {
      root: INFRASTRUCTURE,
      resource: 'baremetalmachinetemplates',
      body: {
        apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
        kind: 'BaremetalMachineTemplate',
        metadata: { name: `${group}-template`, labels: { [CLUSTER_LABEL]: cluster } },
        spec: { template: { spec: { machineInventoryPoolRef: { name: pool } } } },
      },
    },
  ];
  if (controlPlane) {
    const status = { ...counts, ready: true, initialized: true, observedGeneration: 1, selector, version: VERSION };
    return [
      ...shared,
      {
        root: 'apis/controlplane.cluster.x-k8s.io/v1beta1',
        resource: 'kubeadmcontrolplanes',
        body: {
          apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
          kind: 'KubeadmControlPlane',
          metadata: { name: group, labels: { [CLUSTER_LABEL]: cluster } },
          spec: {
            replicas,
            version: VERSION,
            kubeadmConfigSpec: { format: 'cloud-config' },
            machineTemplate: { infrastructureRef: infraTemplate(group, namespace) },
            rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
          },
        },
        status: { ...status, conditions: ['Ready', 'Available', 'MachinesReady', 'Resized'].map(legacy) },
      },
    ];
  }
  const bootstrap = {
    apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1',
    kind: 'KubeadmConfigTemplate',
    name: `${group}-bootstrap`,
    namespace,
  };
  return [
    ...shared,
    {
      root: 'apis/bootstrap.cluster.x-k8s.io/v1beta1',
      resource: 'kubeadmconfigtemplates',
      body: {
        apiVersion: bootstrap.apiVersion,
        kind: bootstrap.kind,
        metadata: { name: bootstrap.name, labels: { [CLUSTER_LABEL]: cluster } },
        spec: { template: { spec: { format: 'cloud-config' } } },
      },
    },
    {
      root: CAPI,
      resource: 'machinedeployments',
      body: {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        kind: 'MachineDeployment',
        metadata: { name: group, labels: { [CLUSTER_LABEL]: cluster } },
        spec: { clusterName: cluster, replicas, ...machinesOf(hosts[0]!, namespace) },
      },
      status: {
        ...counts,
        availableReplicas: replicas,
        phase: 'Running',
        observedGeneration: 1,
        selector,
        conditions: ['Ready', 'Available', 'MachineSetReady'].map(legacy),
      },
    },
  ];
}

export function machineSetSeed(hosts: readonly HostPlace[], namespace: string, owner: string): Seed {
  const { cluster, group, machineSet } = hosts[0]!;
  const replicas = hosts.length;
  return {
    root: CAPI,
    resource: 'machinesets',
    body: {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'MachineSet',
      metadata: {
        name: machineSet,
        labels: { [CLUSTER_LABEL]: cluster, 'cluster.x-k8s.io/deployment-name': group },
        ownerReferences: [
          {
            apiVersion: 'cluster.x-k8s.io/v1beta1',
            kind: 'MachineDeployment',
            name: group,
            uid: owner,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: { clusterName: cluster, replicas, ...machinesOf(hosts[0]!, namespace) },
    },
    status: {
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      fullyLabeledReplicas: replicas,
      observedGeneration: 1,
      conditions: ['Ready', 'MachinesCreated', 'MachinesReady', 'Resized'].map(legacy),
    },
  };
}

function machinesOf({ cluster, group }: HostPlace, namespace: string) {
  const labels = { [CLUSTER_LABEL]: cluster, 'cluster.x-k8s.io/deployment-name': group };
  return {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        clusterName: cluster,
        version: VERSION,
        infrastructureRef: infraTemplate(group, namespace),
        bootstrap: {
          configRef: {
            apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1',
            kind: 'KubeadmConfigTemplate',
            name: `${group}-bootstrap`,
            namespace,
          },
        },
      },
    },
  };
}
