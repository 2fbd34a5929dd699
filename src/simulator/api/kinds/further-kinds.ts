/**
 * Kinds that Cluster API brings with it and that nobody uses here: their definitions are installed, and they have no
 * objects. Names and short names: the definitions of Cluster API itself.
 */

import type { ClusterApiVersion, Resource } from '../resources.ts';
import { customColumns, type PrinterColumn } from './columns.ts';

type Further = [plural: string, kind: string, shortNames?: string[], more?: Partial<Resource>];

const DRAIN_RULE: readonly PrinterColumn[] = [
  ['Behavior', 'string', '.spec.drain.behavior'],
  ['Order', 'string', '.spec.drain.order'],
  ['Age', 'date', '.metadata.creationTimestamp'],
];

const GROUPS: Readonly<Record<string, readonly Further[]>> = {
  'addons.cluster.x-k8s.io': [
    ['clusterresourcesets', 'ClusterResourceSet'],
    ['clusterresourcesetbindings', 'ClusterResourceSetBinding'],
  ],
  'cluster.x-k8s.io': [
    ['clusterclasses', 'ClusterClass', ['cc']],
    ['machinedrainrules', 'MachineDrainRule', [], { status: false, columns: customColumns(DRAIN_RULE) }],
    ['machinepools', 'MachinePool', ['mp'], { scale: true }],
  ],
  'controlplane.cluster.x-k8s.io': [
    ['kubeadmcontrolplanetemplates', 'KubeadmControlPlaneTemplate', [], { status: false }],
  ],
  'ipam.cluster.x-k8s.io': [
    ['ipaddressclaims', 'IPAddressClaim'],
    ['ipaddresses', 'IPAddress', [], { status: false }],
  ],
  'runtime.cluster.x-k8s.io': [['extensionconfigs', 'ExtensionConfig', ['ext'], { namespaced: false }]],
};

/** All of them. In Cluster API v1.10 the group of extensions is still an alpha. */
export const furtherKinds = (clusterApi: ClusterApiVersion): readonly Resource[] =>
  Object.entries(GROUPS).flatMap(([group, kinds]) =>
    kinds.map(([plural, kind, shortNames = [], more = {}]) => ({
      group,
      version: group.startsWith('runtime.') && clusterApi === 'v1beta1' ? 'v1alpha1' : clusterApi,
      ...{ plural, singular: kind.toLowerCase(), kind, shortNames, categories: ['cluster-api'], namespaced: true },
      ...{ status: true, scale: false, custom: true, generations: true, fields: [], columns: customColumns([]) },
      ...more,
    })),
  );

/** Their plural names. */
export const furtherPlurals: readonly string[] = Object.values(GROUPS).flatMap((kinds) =>
  kinds.map(([plural]) => plural),
);
