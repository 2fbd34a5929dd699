/**
 * Webhooks that Cluster API and the provider register too, and that find nothing wrong here: nobody plays with their kinds, or
 * everything they fill in is there. While their program is away they keep writes back as any other does. Source: config/webhook
 * of kubernetes-sigs/cluster-api; of the provider is documented only that it has both configurations.
 */

import type { Webhook } from '../api/core.ts';

type Operation = Webhook['operations'][number];
type Known = readonly [
  resource: string,
  kind: string,
  types: 'default' | 'check' | 'both',
  operations?: readonly Operation[],
];

const written: readonly Operation[] = ['CREATE', 'UPDATE'];
const all: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE'];

const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  'cluster.x-k8s.io': [
    ['clusterclasses', 'clusterclass', 'both', all],
    ['machinepools', 'machinepool', 'both'],
    ['machinedrainrules', 'machinedrainrule', 'check'],
  ],
  'addons.cluster.x-k8s.io': [
    ['clusterresourcesets', 'clusterresourceset', 'both'],
    ['clusterresourcesetbindings', 'clusterresourcesetbinding', 'check'],
  ],
  'ipam.cluster.x-k8s.io': [
    ['ipaddresses', 'ipaddress', 'check', all],
    ['ipaddressclaims', 'ipaddressclaim', 'check', all],
  ],
  'runtime.cluster.x-k8s.io': [['extensionconfigs', 'extensionconfig', 'both']],
  'bootstrap.cluster.x-k8s.io': [
    ['kubeadmconfigs', 'kubeadmconfig', 'default'],
    ['kubeadmconfigtemplates', 'kubeadmconfigtemplate', 'default'],
  ],
  'controlplane.cluster.x-k8s.io': [['kubeadmcontrolplanetemplates', 'kubeadmcontrolplanetemplate', 'both']],
  'infrastructure.cluster.x-k8s.io': [
    ['baremetalmachinetemplates', 'baremetalmachinetemplate', 'default'],
    ['machineinventorypools', 'machineinventorypool', 'both'],
  ],
};

/** All of them but those that `asked` has already, by name. */
export function furtherWebhooks(asked: readonly Webhook[]): Webhook[] {
  const names = new Set(asked.map(({ name }) => name));
  const pass = () => undefined;
  return Object.entries(KNOWN)
    .flatMap(([group, kinds]) =>
      kinds.flatMap(([plural, kind, types, operations = written]): Webhook[] => {
        const on = { group, resources: [plural] };
        const fills = { name: `default.${kind}.${group}`, ...on, operations: written, mutate: pass };
        const checks = { name: `validation.${kind}.${group}`, ...on, operations, validate: pass };
        return types === 'both' ? [fills, checks] : types === 'default' ? [fills] : [checks];
      }),
    )
    .filter(({ name }) => !names.has(name));
}
