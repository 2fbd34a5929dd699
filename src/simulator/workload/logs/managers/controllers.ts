/**
 * Which controllers each manager of the platform starts, and what each watches, in the order of its main.go. Those of the
 * provider are not published: they are named after the kinds that they keep.
 */

export interface Controller {
  name: string;
  group: string;
  kind: string;
  sources: readonly string[];
}

const [core, plane, boot, infra, elemental] = [
  'cluster.x-k8s.io',
  'controlplane.cluster.x-k8s.io',
  'bootstrap.cluster.x-k8s.io',
  'infrastructure.cluster.x-k8s.io',
  'elemental.cattle.io',
] as const;

const one = (name: string, group: string, kind: string, ...watched: string[]): Controller => ({
  ...{ name, group, kind },
  sources: [...[kind, ...watched].map((each) => `kind source: *v1beta1.${each}`)],
});

const cache = one('clustercache', core, 'Cluster');

export const CONTROLLERS: Readonly<Record<string, readonly Controller[]>> = {
  'capi-controller-manager': [
    cache,
    one('cluster', core, 'Cluster', 'Machine', 'MachineDeployment'),
    one('machine', core, 'Machine', 'Cluster', 'MachineSet', 'MachineDeployment'),
    one('machineset', core, 'MachineSet', 'Machine', 'MachineDeployment', 'Cluster'),
    one('machinedeployment', core, 'MachineDeployment', 'MachineSet', 'Cluster'),
    one('machinepool', core, 'MachinePool', 'Cluster'),
    one('clusterresourceset', 'addons.cluster.x-k8s.io', 'ClusterResourceSet', 'Cluster'),
    one('clusterresourcesetbinding', 'addons.cluster.x-k8s.io', 'ClusterResourceSetBinding', 'Cluster'),
    one('machinehealthcheck', core, 'MachineHealthCheck', 'Machine', 'Cluster'),
  ],
  'capi-kubeadm-bootstrap-controller-manager': [
    cache,
    one('kubeadmconfig', boot, 'KubeadmConfig', 'Machine', 'Cluster'),
  ],
  'capi-kubeadm-control-plane-controller-manager': [
    cache,
    one('kubeadmcontrolplane', plane, 'KubeadmControlPlane', 'Machine', 'Cluster'),
  ],
  'cluster-api-provider-baremetal-manager': [
    one('machineinventorypool', infra, 'MachineInventoryPool', 'MachineInventory'),
    one('baremetalcluster', infra, 'BaremetalCluster', 'Cluster'),
    one('baremetalmachine', infra, 'BaremetalMachine', 'Machine', 'MachineInventory'),
  ],
  'elemental-operator': [
    one('machineregistration', elemental, 'MachineRegistration'),
    one('machineinventory', elemental, 'MachineInventory'),
    one('seedimage', elemental, 'SeedImage'),
  ],
};
