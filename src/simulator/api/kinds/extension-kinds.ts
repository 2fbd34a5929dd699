/** The kinds by which a server is extended: definitions of kinds, and who is asked about writes. */

import type { Resource } from '../resources.ts';
import { age, customColumns, NAME } from './columns.ts';
import { ORDINARY_COLUMNS } from './ordinary-columns.ts';

const definitions = 'apiextensions.k8s.io';
const admission = 'admissionregistration.k8s.io';

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

/** All of them. */
export const extensionKinds: readonly Resource[] = [
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
