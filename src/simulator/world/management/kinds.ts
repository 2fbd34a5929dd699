/** What a management cluster serves beside the kinds its controllers work on: for people who look around in it. */

import type { Admission, Webhook } from '../../api/core.ts';
import { age, customColumns, NAME } from '../../api/kinds/columns.ts';
import { furtherKinds } from '../../api/kinds/further-kinds.ts';
import { ORDINARY_COLUMNS } from '../../api/kinds/ordinary-columns.ts';
import { ordinaryKinds } from '../../api/kinds/ordinary-kinds.ts';
import { type ClusterApiVersion, type Resource, servedResources } from '../../api/resources.ts';
import { workloadResources } from '../../workload/kinds.ts';

const definitions = 'apiextensions.k8s.io';
const admission = 'admissionregistration.k8s.io';
/** Kinds that a workload cluster serves too. */
const shared = new Set(['nodes', 'daemonsets', 'replicasets', 'poddisruptionbudgets', 'leases', 'appreleases']);

function kind(group: string, plural: string, name: string, shortNames: string[], more: Partial<Resource>): Resource {
  return {
    group,
    version: 'v1',
    plural,
    singular: name.toLowerCase(),
    kind: name,
    shortNames,
    categories: [],
    namespaced: false,
    status: false,
    scale: false,
    custom: false,
    generations: true,
    fields: [],
    columns: customColumns([]),
    ...more,
  };
}

const number = (name: string, description: string, cell: (object: Parameters<typeof NAME.cell>[0]) => unknown) => ({
  ...NAME,
  name,
  type: 'integer' as const,
  format: '',
  description,
  cell: (object: Parameters<typeof NAME.cell>[0]) => Number(cell(object) ?? 0),
});
const hooks = number('Webhooks', 'Number of webhooks registered.', ({ webhooks }) =>
  Array.isArray(webhooks) ? webhooks.length : 0,
);
const created = {
  ...NAME,
  name: 'Created At',
  type: 'date' as const,
  format: '',
  description: 'Time of creation.',
  cell: ({ metadata }: Parameters<typeof NAME.cell>[0]) => metadata.creationTimestamp ?? null,
};

const beside: readonly Resource[] = [
  ...workloadResources.filter(({ plural }) => shared.has(plural)),
  ...ordinaryKinds,
  kind(definitions, 'customresourcedefinitions', 'CustomResourceDefinition', ['crd', 'crds'], {
    status: true,
    categories: ['api-extensions'],
    columns: [NAME, created],
  }),
  kind(admission, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', [], {
    categories: ['api-extensions'],
    columns: [NAME, hooks, age('string')],
  }),
  kind(admission, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', [], {
    status: true,
    categories: ['api-extensions'],
    columns: ORDINARY_COLUMNS['validatingadmissionpolicies'],
  }),
  kind(admission, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', [], {
    categories: ['api-extensions'],
    columns: ORDINARY_COLUMNS['validatingadmissionpolicybindings'],
  }),
  kind(admission, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', [], {
    categories: ['api-extensions'],
    columns: [NAME, hooks, age('string')],
  }),
];

/** Every kind of a management cluster, for `ApiOptions.resources`. */
export const managementResources = (clusterApi: ClusterApiVersion): Resource[] => [
  ...servedResources(clusterApi),
  ...furtherKinds(clusterApi),
  ...beside,
];

/** Refuses changes of what the simulation takes from elsewhere: a definition or a webhook changed here would not work. */
export const fixedDefinitions: Admission | Webhook = ({ resource: { group, plural } }) =>
  group === definitions || group === admission
    ? `${plural}.${group} is forbidden: sim: the definitions and webhooks of the simulated datacenter are fixed`
    : undefined;
