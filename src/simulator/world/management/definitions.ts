/** CustomResourceDefinitions and webhook configurations, as the server goes by them. */

import type { Admission, Webhook } from '../../api/core.ts';
import { unable } from '../../api/definitions/prepare.ts';
import { schemaOf } from '../../api/kinds/schemas.ts';
import type { Resource } from '../../api/resources.ts';
import type { Schema } from '../../api/schemas/schema.ts';
import type { KubeObject } from '../../api/types.ts';

import { ovnGroup } from '../../workload/kube-ovn/kinds.ts';
import { providerOf } from './managers.ts';

const namespace = 'cpaas-system';

/** Gives an object its identity and birth. */
export type Born = (object: Unborn) => KubeObject;

interface Unborn {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec?: object;
  status?: object;
  webhooks?: readonly object[];
}

/** Whom to trust who answers for an owner's webhooks, in PEM. */
export type Authorities = (owner: string) => string | undefined;

const bundleOf = (ca: string | undefined) => (ca === undefined ? {} : { caBundle: Buffer.from(ca).toString('base64') });

/** The definition of every custom resource that is served. `since` tells when one of a name was taken up, as Kubernetes writes it. */
export function definitions(
  resources: readonly Resource[],
  since: (name: string) => string,
  born: Born,
  authorities: Authorities = () => undefined,
): KubeObject[] {
  const served = resources.filter(({ custom, view }) => custom && view === undefined);
  return served.map((one) => {
    const older = resources.filter(({ custom, view }) => custom && view?.of === one);
    return born(definition(one, older, since(`${one.plural}.${one.group}`), authorities));
  });
}

/** One version of a kind, as its definition tells it. */
function versionOf(resource: Resource): object {
  const { version, status, scale, columns, view, deprecated } = resource;
  const replicas = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const subresources = {
    ...(status ? { status: {} } : {}),
    ...(scale ? { scale: { ...replicas, labelSelectorPath: '.status.selector' } } : {}),
  };
  const printed = columns.flatMap(({ name, type, path, priority }) =>
    path === undefined || columns.length === 2
      ? []
      : [{ name, type, jsonPath: path, ...(priority > 0 ? { priority } : {}) }],
  );
  return {
    name: version,
    served: true,
    storage: view === undefined,
    ...(deprecated === undefined ? {} : { deprecated: true }),
    schema: { openAPIV3Schema: whole(schemaOf(resource)) },
    ...(status || scale ? { subresources } : {}),
    ...(printed.length > 0 ? { additionalPrinterColumns: printed } : {}),
  };
}

function definition(resource: Resource, older: readonly Resource[], since: string, authorities: Authorities) {
  const { group, version, plural, singular, kind, shortNames, categories, namespaced } = resource;
  const names = {
    plural,
    singular,
    kind,
    listKind: `${kind}List`,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
  const condition = (type: string, reason: string, message: string) => ({
    ...{ type, status: 'True', reason, message, lastTransitionTime: since },
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      ...(group === ovnGroup ? {} : { annotations: { 'controller-gen.kubebuilder.io/version': generator(group) } }),
      ...(group.endsWith('cluster.x-k8s.io') ? { labels: contractLabels(group, [...older, resource]) } : {}),
    },
    spec: {
      group,
      names,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      conversion: conversionOf(group, authorities),
      versions: [...older, resource].map(versionOf),
    },
    status: {
      acceptedNames: names,
      storedVersions: [version],
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
    },
  };
}

/** A schema with what every kind has. */
function whole(schema: Schema): Schema {
  const { properties, ...rest } = schema;
  const text: Schema = { type: 'string' };
  return { ...rest, properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, ...properties } };
}

/** What has made the definitions of a group. */
const generator = (group: string): string => (isOfClusterApi(group) ? 'v0.17.3' : 'v0.19.0');
const isOfClusterApi = (group: string): boolean => /(^|\.)cluster\.x-k8s\.io$/.test(group) && !isProviders(group);
const isProviders = (group: string): boolean => group === 'infrastructure.cluster.x-k8s.io';

/** How Cluster API finds which version of a provider's kinds keeps which of its contracts. */
const contractLabels = (group: string, versions: readonly Resource[]): Record<string, string> => ({
  'cluster.x-k8s.io/provider': providerOf(ownerOf(group) ?? '') ?? '',
  ...Object.fromEntries(
    versions.map(({ version }) => [`cluster.x-k8s.io/${version === 'v1alpha1' ? 'v1beta1' : version}`, version]),
  ),
});

/** Cluster API has had other versions, and turns theirs into this one by a webhook; the provider has had one only. */
function conversionOf(group: string, authorities: Authorities): object {
  const owner = isProviders(group) ? undefined : ownerOf(group);
  if (owner === undefined) return { strategy: 'None' };
  const service = { name: `${owner}-webhook-service`, namespace, path: '/convert', port: 443 };
  const clientConfig = { ...bundleOf(authorities(owner)), service };
  return { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] } };
}

/** Whose webhooks a group's are: the beginning of the names of their configurations and of their service. */
export const owners: Readonly<Record<string, string>> = {
  'infrastructure.cluster.x-k8s.io': 'cluster-api-provider-baremetal',
  'cluster.x-k8s.io': 'capi',
  'bootstrap.cluster.x-k8s.io': 'capi-kubeadm-bootstrap',
  'controlplane.cluster.x-k8s.io': 'capi-kubeadm-control-plane',
};

/** Whose the webhooks of a group are; undefined where nobody has any. */
export const ownerOf = (group: string): string | undefined =>
  owners[group] ?? (isOfClusterApi(group) ? 'capi' : undefined);

/** The configurations that register the webhooks which are asked, by owner. `version` is that of each group. */
export function webhookConfigurations(
  hooks: readonly (Admission | Webhook)[],
  resources: readonly Resource[],
  born: Born,
  authorities: Authorities = () => undefined,
): KubeObject[] {
  const known = hooks.filter((hook): hook is Webhook => typeof hook !== 'function');
  const kept = resources.filter(({ view }) => view === undefined);
  const versions = new Map(kept.map(({ group, version }) => [group, version]));
  return Object.values(owners).flatMap((owner) => {
    const own = known.filter((hook) => ownerOf(hook.group) === owner);
    const mutating = own.filter(({ mutate }) => mutate !== undefined);
    const validating = own.filter(({ validate }) => validate !== undefined);
    const of = { owner, versions, resources, born, authority: authorities(owner) };
    return [
      ...(mutating.length > 0 ? [configuration('Mutating', mutating, of)] : []),
      ...(validating.length > 0 ? [configuration('Validating', validating, of)] : []),
    ];
  });
}

interface Registered {
  owner: string;
  /** By group. */
  versions: ReadonlyMap<string, string>;
  resources: readonly Resource[];
  born: Born;
  authority: string | undefined;
}

function configuration(
  type: 'Mutating' | 'Validating',
  hooks: readonly Webhook[],
  { owner, versions, resources: served, born, authority }: Registered,
): KubeObject {
  const keptIn = (group: string) => versions.get(group) ?? 'v1beta1';
  const webhooks = hooks.map(({ name, group, resources, operations }) => ({
    name,
    admissionReviewVersions: ['v1', 'v1beta1'],
    clientConfig: {
      ...bundleOf(authority),
      service: {
        name: `${owner}-webhook-service`,
        namespace,
        path: pathOf(type, group, keptIn(group), resources[0] ?? '', served),
        port: 443,
      },
    },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    ...(type === 'Mutating' ? { reinvocationPolicy: 'Never' } : {}),
    rules: [{ apiGroups: [group], apiVersions: [keptIn(group)], operations, resources, scope: '*' }],
    sideEffects: 'None',
    timeoutSeconds: 10,
  }));
  const name = `${owner}-${type.toLowerCase()}-webhook-configuration`;
  const provider = providerOf(owner);
  return born({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${type}WebhookConfiguration`,
    metadata: { name, ...(provider ? { labels: { 'cluster.x-k8s.io/provider': provider } } : {}) },
    webhooks,
  });
}

/** How controller-runtime names the paths of webhooks: by kinds, and not by resources. */
export function pathOf(
  type: 'Mutating' | 'Validating',
  group: string,
  version: string,
  resource: string,
  served: readonly Resource[],
): string {
  const [plural, subresource] = resource.split('/');
  const kind = served.find((one) => one.group === group && one.plural === plural)?.singular ?? plural;
  const verb = type === 'Mutating' ? 'mutate' : subresource ? `validate-${subresource}` : 'validate';
  return `/${verb}-${group.replaceAll('.', '-')}-${version}-${kind}`;
}

/**
 * Refuses changes of what the simulation takes from elsewhere: a definition of one of these kinds, or a webhook, changed here
 * would not work; and of definitions what cannot be carried out.
 */
export function fixedDefinitions(resources: readonly Resource[]): Admission {
  const own = new Set(resources.filter(({ custom }) => custom).map(({ plural, group }) => `${plural}.${group}`));
  return ({ resource: { group, plural }, object, old }) => {
    if (group !== 'apiextensions.k8s.io' && group !== 'admissionregistration.k8s.io') return undefined;
    const forbidden = (why: string) => `${plural}.${group} is forbidden: ${why}`;
    if (plural === 'customresourcedefinitions' && !own.has((object ?? old)?.metadata.name ?? '')) {
      const why = object && unable(object);
      return why === undefined ? undefined : forbidden(why);
    }
    return forbidden('sim: the definitions and webhooks of the simulated datacenter are fixed');
  };
}
