/** The kinds the simulator's controllers read and write, and where the API serves them. */

import type {
  Cluster,
  KubeadmConfig,
  KubeadmConfigTemplate,
  KubeadmControlPlane,
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from './shapes/capi.ts';
import type { ConfigMap, Event, Node, Pod, Role, RoleBinding, Secret, Service, ServiceAccount } from './shapes/core.ts';
import type { MachineInventory, MachineRegistration, SeedImage } from './shapes/elemental.ts';
import type { KubeObject } from './shapes/meta.ts';
import type {
  BaremetalCluster,
  BaremetalMachine,
  BaremetalMachineTemplate,
  MachineInventoryPool,
} from './shapes/provider.ts';

/** The version in which a server serves Cluster API's groups. The controllers' own shape is always v1beta1's. */
export type ClusterApiVersion = 'v1beta1' | 'v1beta2';

/** One kind. `T` is the shape of its objects. */
export interface Kind<T extends KubeObject = KubeObject> {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** True where status is written through `/status`. */
  status: boolean;
  /** True where an object is created with its status. */
  bornWhole?: boolean;
  /** Carries `T` only; never set. */
  shape?: T;
}

function kind<T extends KubeObject>(
  apiVersion: string,
  name: string,
  plural: string,
  options: { status?: boolean; namespaced?: boolean; bornWhole?: boolean } = {},
): Kind<T> {
  const { status = true, namespaced = true, bornWhole = false } = options;
  return { apiVersion, kind: name, plural, namespaced, status, bornWhole };
}

const capi = 'cluster.x-k8s.io/v1beta1';
const bootstrap = 'bootstrap.cluster.x-k8s.io/v1beta1';
const controlPlane = 'controlplane.cluster.x-k8s.io/v1beta1';
const infrastructure = 'infrastructure.cluster.x-k8s.io/v1beta1';
const rbac = 'rbac.authorization.k8s.io/v1';
const elemental = 'elemental.cattle.io/v1beta1';

export const kinds = {
  Cluster: kind<Cluster>(capi, 'Cluster', 'clusters'),
  Machine: kind<Machine>(capi, 'Machine', 'machines'),
  MachineSet: kind<MachineSet>(capi, 'MachineSet', 'machinesets'),
  MachineDeployment: kind<MachineDeployment>(capi, 'MachineDeployment', 'machinedeployments'),
  MachineHealthCheck: kind<MachineHealthCheck>(capi, 'MachineHealthCheck', 'machinehealthchecks'),
  KubeadmConfig: kind<KubeadmConfig>(bootstrap, 'KubeadmConfig', 'kubeadmconfigs'),
  KubeadmConfigTemplate: kind<KubeadmConfigTemplate>(bootstrap, 'KubeadmConfigTemplate', 'kubeadmconfigtemplates', {
    status: false,
  }),
  KubeadmControlPlane: kind<KubeadmControlPlane>(controlPlane, 'KubeadmControlPlane', 'kubeadmcontrolplanes'),
  BaremetalCluster: kind<BaremetalCluster>(infrastructure, 'BaremetalCluster', 'baremetalclusters'),
  BaremetalMachine: kind<BaremetalMachine>(infrastructure, 'BaremetalMachine', 'baremetalmachines'),
  BaremetalMachineTemplate: kind<BaremetalMachineTemplate>(
    infrastructure,
    'BaremetalMachineTemplate',
    'baremetalmachinetemplates',
    { status: false },
  ),
  MachineInventoryPool: kind<MachineInventoryPool>(infrastructure, 'MachineInventoryPool', 'machineinventorypools'),
  MachineInventory: kind<MachineInventory>(elemental, 'MachineInventory', 'machineinventories'),
  MachineRegistration: kind<MachineRegistration>(elemental, 'MachineRegistration', 'machineregistrations'),
  SeedImage: kind<SeedImage>(elemental, 'SeedImage', 'seedimages'),
  Secret: kind<Secret>('v1', 'Secret', 'secrets', { status: false }),
  ConfigMap: kind<ConfigMap>('v1', 'ConfigMap', 'configmaps', { status: false }),
  Pod: kind<Pod>('v1', 'Pod', 'pods'),
  Service: kind<Service>('v1', 'Service', 'services', { status: false }),
  ServiceAccount: kind<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts', { status: false }),
  Role: kind<Role>(rbac, 'Role', 'roles', { status: false }),
  RoleBinding: kind<RoleBinding>(rbac, 'RoleBinding', 'rolebindings', { status: false }),
  Event: kind<Event>('v1', 'Event', 'events', { status: false }),
  Node: kind<Node>('v1', 'Node', 'nodes', { namespaced: false, bornWhole: true }),
};

/** The path of a kind's collection, or of one object of it. */
export function pathOf(of: Kind, namespace: string, name?: string): string {
  const root = of.apiVersion === 'v1' ? '/api/v1' : `/apis/${of.apiVersion}`;
  const scope = of.namespaced ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${of.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
