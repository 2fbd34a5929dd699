/** The kinds metaldeck watches: where each is served, what is asked for, and how it becomes a domain object. */
import type { Kind } from '../domain/kinds.ts';
import type { ObjectOf } from '../domain/objects.ts';
import { projectAppRelease } from '../domain/project/app-release.ts';
import { projectBaremetalCluster } from '../domain/project/baremetal-cluster.ts';
import { projectBaremetalMachine } from '../domain/project/baremetal-machine.ts';
import { projectBaremetalMachineTemplate } from '../domain/project/baremetal-machine-template.ts';
import { projectBootstrapTemplate } from '../domain/project/bootstrap-template.ts';
import { projectCatalog } from '../domain/project/catalog.ts';
import { projectCluster } from '../domain/project/cluster.ts';
import { projectControlPlane } from '../domain/project/control-plane.ts';
import { projectDeployment } from '../domain/project/deployment.ts';
import { projectEvent } from '../domain/project/event.ts';
import { projectHealthCheck } from '../domain/project/health-check.ts';
import { projectHost } from '../domain/project/host.ts';
import { projectMachine } from '../domain/project/machine.ts';
import { projectMachineSet } from '../domain/project/machine-set.ts';
import { projectPlan } from '../domain/project/plan.ts';
import { projectPool } from '../domain/project/pool.ts';
import { projectRegistration } from '../domain/project/registration.ts';
import { projectSeedImage } from '../domain/project/seed-image.ts';

/** How one kind is watched. */
export interface WatchedKind<K extends Kind = Kind> {
  /** Empty for the core group. */
  group: string;
  /** The plural in paths. */
  resource: string;
  /** The versions we can read, the preferred one first. */
  versions: readonly [string, ...string[]];
  /** Ask for PartialObjectMetadata: the contents are too secret or too big to hold. */
  metadataOnly: boolean;
  /** `project` reads `metadata.managedFields`, which are left out otherwise. */
  managedFields?: boolean;
  fieldSelector?: string;
  /** Keep only the newest so many. */
  keep?: number;
  /** The domain object, or `undefined` when it has no uid or name. Never throws. */
  project(raw: unknown): ObjectOf[K] | undefined;
}

const INFRASTRUCTURE = {
  group: 'infrastructure.cluster.x-k8s.io',
  versions: ['v1beta1'],
  metadataOnly: false,
} as const;
const ELEMENTAL = { group: 'elemental.cattle.io', versions: ['v1beta1'], metadataOnly: false } as const;
const CORE = { group: '', versions: ['v1'], metadataOnly: false } as const;
const CLUSTER_API = { versions: ['v1beta2', 'v1beta1'], metadataOnly: false } as const;

/** Every watched kind; a kind without a line here does not compile. */
export const KINDS_TABLE: { readonly [K in Kind]: WatchedKind<K> } = {
  pool: { ...INFRASTRUCTURE, resource: 'machineinventorypools', project: projectPool },
  host: { ...ELEMENTAL, resource: 'machineinventories', project: projectHost },
  plan: {
    ...CORE,
    resource: 'secrets',
    metadataOnly: true,
    fieldSelector: 'type=elemental.cattle.io/plan',
    project: projectPlan,
  },
  baremetalMachine: { ...INFRASTRUCTURE, resource: 'baremetalmachines', project: projectBaremetalMachine },
  machine: { ...CLUSTER_API, group: 'cluster.x-k8s.io', resource: 'machines', project: projectMachine },
  machineSet: { ...CLUSTER_API, group: 'cluster.x-k8s.io', resource: 'machinesets', project: projectMachineSet },
  deployment: {
    ...CLUSTER_API,
    group: 'cluster.x-k8s.io',
    resource: 'machinedeployments',
    project: projectDeployment,
  },
  controlPlane: {
    ...CLUSTER_API,
    group: 'controlplane.cluster.x-k8s.io',
    resource: 'kubeadmcontrolplanes',
    project: projectControlPlane,
  },
  cluster: { ...CLUSTER_API, group: 'cluster.x-k8s.io', resource: 'clusters', project: projectCluster },
  baremetalCluster: { ...INFRASTRUCTURE, resource: 'baremetalclusters', project: projectBaremetalCluster },
  baremetalMachineTemplate: {
    ...INFRASTRUCTURE,
    resource: 'baremetalmachinetemplates',
    project: projectBaremetalMachineTemplate,
  },
  bootstrapTemplate: {
    ...CLUSTER_API,
    group: 'bootstrap.cluster.x-k8s.io',
    resource: 'kubeadmconfigtemplates',
    // Its cloud-init files may hold keys, and only its name is shown in lists.
    metadataOnly: true,
    project: projectBootstrapTemplate,
  },
  healthCheck: {
    ...CLUSTER_API,
    group: 'cluster.x-k8s.io',
    resource: 'machinehealthchecks',
    project: projectHealthCheck,
  },
  registration: { ...ELEMENTAL, resource: 'machineregistrations', project: projectRegistration },
  seedImage: { ...ELEMENTAL, resource: 'seedimages', project: projectSeedImage },
  catalog: {
    ...CORE,
    resource: 'configmaps',
    fieldSelector: 'metadata.name=elemental-image-catalog',
    project: projectCatalog,
  },
  appRelease: {
    group: 'operator.alauda.io',
    resource: 'appreleases',
    versions: ['v1alpha1'],
    metadataOnly: false,
    managedFields: true,
    project: projectAppRelease,
  },
  event: { ...CORE, resource: 'events', keep: 1_000, project: projectEvent },
};

/**
 * The path of a kind's collection in a namespace, or of one object where `name` is given. `version` is the served
 * version in use, one of the kind's `versions`.
 */
export function pathOf(kind: Kind, version: string, namespace: string, name?: string): string {
  const { group, resource } = KINDS_TABLE[kind];
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
}
