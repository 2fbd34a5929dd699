/** The kinds by which a server is extended: definitions of kinds, and who is asked about writes. */

import type { Resource } from '../resources.ts';
import { builtIn } from './built-in.ts';
import { age, NAME } from './columns.ts';
import { ORDINARY_COLUMNS } from './ordinary-columns.ts';

const definitions = 'apiextensions.k8s.io';
const admission = 'admissionregistration.k8s.io';

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
  builtIn(definitions, 'customresourcedefinitions', 'CustomResourceDefinition', ['crd', 'crds'], {
    status: true,
    categories: ['api-extensions'],
    columns: [NAME, created],
  }),
  builtIn(admission, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', [], {
    categories: ['api-extensions'],
    columns: [NAME, hooks, age('string')],
  }),
  builtIn(admission, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', [], {
    status: true,
    categories: ['api-extensions'],
    columns: ORDINARY_COLUMNS['validatingadmissionpolicies'],
  }),
  builtIn(admission, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', [], {
    categories: ['api-extensions'],
    columns: ORDINARY_COLUMNS['validatingadmissionpolicybindings'],
  }),
  builtIn(admission, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', [], {
    categories: ['api-extensions'],
    columns: [NAME, hooks, age('string')],
  }),
];
