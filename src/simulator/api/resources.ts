import { type Column, customColumns } from './kinds/columns.ts';
import { CORE_COLUMNS } from './kinds/core-columns.ts';
import { eventView } from './kinds/event-view.ts';
import { CLUSTER_API_COLUMNS, type ClusterApiVersion, PROVIDER_COLUMNS } from './kinds/printer-columns.ts';
import type { Schema } from './schemas/schema.ts';
import type { KubeObject } from './types.ts';

export type { ClusterApiVersion } from './kinds/printer-columns.ts';

/** A kind that the server stores and serves. */
export interface Resource {
  /** Empty for the core group. */
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  shortNames: readonly string[];
  categories: readonly string[];
  namespaced: boolean;
  /** Has a status subresource: status is then written only through it. */
  status: boolean;
  /** Has a scale subresource over spec.replicas, status.replicas and status.selector. */
  scale: boolean;
  /** Has an approval subresource: its conditions are then written through it. */
  approval?: boolean;
  /** A custom resource: it needs kind and apiVersion in a body, and knows no strategic merge. */
  custom: boolean;
  /** Counts the changes of what is wanted in metadata.generation, as every custom resource does. */
  generations: boolean;
  /** What a fieldSelector may name besides metadata.name and metadata.namespace. */
  fields: readonly string[];
  columns: readonly Column[];
  /** Its schema, and which definition it is of, where somebody has defined it. */
  schema?: Schema;
  defined?: string;
  /** Where this is another version of a kind, or another group's name for it: nothing is kept under it. */
  view?: View;
  /** What the server warns of whoever reads or writes it. */
  deprecated?: string;
}

/** How the objects of one kind are shown as another, and written as it. Neither loses anything. */
export interface View {
  /** Under which kind they are kept; it must be served too. */
  of: Resource;
  /** Whether who admits writes sees them as they are kept: webhooks are registered for one version. */
  admitted?: boolean;
  show(object: KubeObject): KubeObject;
  keep(object: KubeObject): KubeObject;
}

/** A kind that is kept as `of`: the same in everything but `more`, and printed the same. */
export const viewOf = (of: Resource, more: Partial<Resource>, turn: Pick<View, 'show' | 'keep'>): Resource => ({
  ...of,
  columns: of.columns.map((column) => ({ ...column, cell: (object, now) => column.cell(turn.keep(object), now) })),
  ...more,
  view: { of, ...turn },
});

/** `cluster.x-k8s.io/v1beta1`, or `v1` for the core group. */
export const apiVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;

function core(plural: string, kind: string, shortName: string, more: Partial<Resource> = {}): Resource {
  return {
    group: '',
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    shortNames: shortName ? [shortName] : [],
    categories: [],
    namespaced: true,
    status: false,
    scale: false,
    custom: false,
    generations: false,
    fields: [],
    columns: CORE_COLUMNS[plural] ?? [],
    ...more,
  };
}

/** Field labels of events: k8s.io/kubernetes/pkg/apis/core/v1/conversion.go. */
const EVENT_FIELDS = [
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
    (f) => `involvedObject.${f}`,
  ),
  'reason',
  'reportingComponent',
  'source',
  'type',
];

/** Those of the newer group: k8s.io/kubernetes/pkg/apis/events/v1/conversion.go. */
const NEWER_EVENT_FIELDS = [
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((f) => `regarding.${f}`),
  ...['reason', 'reportingController', 'type'],
];

/** Field labels of pods, from the same place. */
const POD_FIELDS = [
  ...['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork'],
  ...['status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
];

const EVENTS = core('events', 'Event', 'ev', { fields: EVENT_FIELDS });

/** The kinds of Kubernetes itself. */
const CORE: readonly Resource[] = [
  core('namespaces', 'Namespace', 'ns', { namespaced: false, status: true, fields: ['name', 'status.phase'] }),
  core('secrets', 'Secret', '', { fields: ['type'] }),
  core('configmaps', 'ConfigMap', 'cm'),
  EVENTS,
  viewOf(EVENTS, { group: 'events.k8s.io', fields: NEWER_EVENT_FIELDS }, eventView),
  core('serviceaccounts', 'ServiceAccount', 'sa'),
  core('pods', 'Pod', 'po', { status: true, categories: ['all'], fields: POD_FIELDS }),
  core('services', 'Service', 'svc', {
    status: true,
    categories: ['all'],
    fields: ['spec.clusterIP', 'spec.type'],
  }),
  core('deployments', 'Deployment', 'deploy', {
    group: 'apps',
    status: true,
    scale: true,
    generations: true,
    categories: ['all'],
  }),
  core('roles', 'Role', '', { group: 'rbac.authorization.k8s.io' }),
  core('rolebindings', 'RoleBinding', '', { group: 'rbac.authorization.k8s.io' }),
];

type Custom = [plural: string, kind: string, shortNames?: string[], traits?: Partial<Resource>];

const INFRASTRUCTURE: readonly Custom[] = [
  ['baremetalclusters', 'BaremetalCluster', ['bmc']],
  ['baremetalmachines', 'BaremetalMachine', ['bmm']],
  ['baremetalmachinetemplates', 'BaremetalMachineTemplate', ['bmmt'], { status: false }],
  ['machineinventorypools', 'MachineInventoryPool', ['mip']],
];
const ELEMENTAL: readonly Custom[] = [
  ['machineinventories', 'MachineInventory'],
  ['machineregistrations', 'MachineRegistration'],
  ['seedimages', 'SeedImage'],
];
const CLUSTER_API: readonly Custom[] = [
  ['clusters', 'Cluster', ['cl']],
  ['machines', 'Machine', ['ma']],
  ['machinedeployments', 'MachineDeployment', ['md'], { scale: true }],
  ['machinesets', 'MachineSet', ['ms'], { scale: true }],
  ['machinehealthchecks', 'MachineHealthCheck', ['mhc', 'mhcs']],
];
const CONTROL_PLANE: readonly Custom[] = [['kubeadmcontrolplanes', 'KubeadmControlPlane', ['kcp'], { scale: true }]];
const BOOTSTRAP: readonly Custom[] = [
  ['kubeadmconfigs', 'KubeadmConfig'],
  ['kubeadmconfigtemplates', 'KubeadmConfigTemplate', [], { status: false }],
];

function custom(
  group: string,
  version: string,
  kinds: readonly Custom[],
  columns: Record<string, Parameters<typeof customColumns>[0]>,
): Resource[] {
  return kinds.map(([plural, kind, shortNames = [], traits = {}]) => ({
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    shortNames,
    categories: group.endsWith('cluster.x-k8s.io') ? ['cluster-api'] : [],
    namespaced: true,
    status: true,
    scale: false,
    custom: true,
    generations: true,
    fields: [],
    columns: customColumns(columns[plural] ?? []),
    ...traits,
  }));
}

/** Every served kind. Cluster API's own groups are served in one version, the provider's always in v1beta1. */
export function servedResources(clusterApi: ClusterApiVersion = 'v1beta1'): Resource[] {
  const columns = CLUSTER_API_COLUMNS[clusterApi];
  return [
    ...CORE,
    ...custom('infrastructure.cluster.x-k8s.io', 'v1beta1', INFRASTRUCTURE, PROVIDER_COLUMNS),
    ...custom('elemental.cattle.io', 'v1beta1', ELEMENTAL, PROVIDER_COLUMNS),
    ...custom('cluster.x-k8s.io', clusterApi, CLUSTER_API, columns),
    ...custom('controlplane.cluster.x-k8s.io', clusterApi, CONTROL_PLANE, columns),
    ...custom('bootstrap.cluster.x-k8s.io', clusterApi, BOOTSTRAP, columns),
  ];
}
