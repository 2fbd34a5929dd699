import { wholeSchemaOf } from '../kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { objectMeta } from '../schemas/object-meta.ts';
import { int64, object, type Schema, string } from '../schemas/schema.ts';
import { withDescriptions } from './descriptions.ts';
import { typeName } from './type-names.ts';

/** A schema as OpenAPI tells it: also of references, and with the kinds it is of. */
export type Published = Omit<Schema, 'properties' | 'items' | 'additionalProperties' | 'definition'> & {
  items?: Published;
  additionalProperties?: Published;
  $ref?: string;
  allOf?: readonly { $ref: string }[];
  properties?: Readonly<Record<string, Published>>;
  'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
};

interface GroupVersionKind {
  group: string;
  kind: string;
  version: string;
}

/** How one version of OpenAPI points at a definition. */
export type Reference = (name: string) => Published;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const OBJECT_META = `${META}.ObjectMeta`;
export const LIST_META = `${META}.ListMeta`;

const listMeta = object(
  { continue: string, remainingItemCount: int64(), resourceVersion: string, selfLink: string },
  { description: 'ListMeta is metadata that lists have.' },
);

/** Go packages of the groups of Kubernetes itself, where their names do not tell them. */
const PACKAGES: Readonly<Record<string, string>> = {
  '': 'io.k8s.api.core',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};
const isOfKubernetes = (group: string): boolean => !group.includes('.') || /^[a-z]+(\.[a-z]+)?\.k8s\.io$/.test(group);

/** `io.x-k8s.cluster.infrastructure.v1beta1.BaremetalMachine`, `io.k8s.api.apps.v1.Deployment` */
export function definitionName({ group, version, kind }: GroupVersionKind): string {
  const ofGroup = isOfKubernetes(group) ? `io.k8s.api.${group.split('.')[0]}` : group.split('.').reverse().join('.');
  return `${PACKAGES[group] ?? ofGroup}.${version}.${kind}`;
}

/** The definitions of some kinds, of their lists, and of what they point at, by name. */
export function definitionsOf(resources: readonly Resource[], refer: Reference): Record<string, Published> {
  const definitions: Record<string, Published> = { [LIST_META]: listMeta };
  const publish = publisher(definitions, refer);
  definitions[OBJECT_META] = publish.type(objectMeta);
  for (const resource of resources) {
    const { group, version, kind } = resource;
    const known = wholeSchemaOf(resource);
    // Who defines a kind says himself what its fields are.
    const schema = publish.type(resource.defined ? known : withDescriptions(known));
    const listKind = `${kind}List`;
    definitions[definitionName(resource)] = {
      ...schema,
      properties: {
        ...schema.properties,
        metadata: { ...refer(OBJECT_META), description: schema.properties?.['metadata']?.description },
      },
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
    };
    definitions[definitionName({ group, version, kind: listKind })] = {
      description: `${listKind} is a list of ${kind}.`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: string,
        items: { type: 'array', items: refer(definitionName(resource)) },
        kind: string,
        metadata: refer(LIST_META),
      },
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    };
  }
  return definitions;
}

/** What is said of a field beside the type that it is of. */
const OF_FIELDS = ['description', 'default', 'x-kubernetes-patch-strategy'] as const;

/** Publishes schemas: those of types with a name as definitions of their own, to which others refer. */
function publisher(definitions: Record<string, Published>, refer: Reference) {
  const known = new Map<Schema, Published>();
  const type = ({ definition: _name, items, properties, additionalProperties, ...rest }: Schema): Published => ({
    ...rest,
    ...(items ? { items: publish(items) } : {}),
    ...(additionalProperties ? { additionalProperties: publish(additionalProperties) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, publish(part)])) }
      : {}),
  });
  function publish(schema: Schema): Published {
    const before = known.get(schema);
    if (before) return before;
    const { definition } = schema;
    const made = definition === undefined ? type(schema) : referred(typeName(definition), schema);
    known.set(schema, made);
    return made;
  }
  function referred(name: string, schema: Schema): Published {
    const { description: _words, default: _preset, 'x-kubernetes-patch-strategy': _how, ...whole } = schema;
    definitions[name] ??= type(whole);
    const said = OF_FIELDS.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]);
    return { ...refer(name), ...Object.fromEntries(said) };
  }
  return { type };
}

/** One operation, in no version of OpenAPI yet. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As `x-kubernetes-action` says it. */
  action: string;
  description: string;
  id: string;
  /** Names of query parameters that are texts. */
  query: readonly string[];
  /** The definition of the body, if there is one. */
  body?: string;
  /** The definition of the answer. */
  answer: string;
  resource: Resource;
}

const LIST_OPTIONS = [
  ...['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion'],
  ...['resourceVersionMatch', 'sendInitialEvents', 'timeoutSeconds', 'watch'],
];
const WRITE_OPTIONS = ['dryRun', 'fieldManager', 'fieldValidation'];

/** Every path of some kinds, and what may be done there. */
export function pathsOf(resources: readonly Resource[]): Record<string, Operation[]> {
  const paths: Record<string, Operation[]> = {};
  for (const resource of resources) {
    const { group, plural, namespaced, kind, version } = resource;
    const base = group ? `/apis/${apiVersionOf(resource)}` : `/api/${version}`;
    const collection = `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
    const name = definitionName(resource);
    const lists = definitionName({ group, version, kind: `${kind}List` });
    const id = (verb: string) => `${verb}${group.replace(/[^a-z0-9]/gi, '')}${version}${kind}`;
    const list: Operation = {
      ...{ method: 'get', action: 'list', description: `list objects of kind ${kind}`, id: id('list') },
      ...{ query: LIST_OPTIONS, answer: lists, resource },
    };
    const write = (method: Operation['method'], action: string, words: string, more: Partial<Operation> = {}) => ({
      ...{ method, action, description: `${words} ${kind}`, id: id(action), query: WRITE_OPTIONS },
      ...{ body: name, answer: name, resource },
      ...more,
    });
    paths[collection] = [list, write('post', 'post', 'create a')];
    if (namespaced) paths[`${base}/${plural}`] = [{ ...list, id: `${list.id}ForAllNamespaces` }];
    const item = (suffix: string): Operation[] => [
      write('get', 'get', `read ${suffix}the specified`, { query: ['resourceVersion'], body: undefined }),
      write('put', 'put', `replace ${suffix}the specified`),
      write('patch', 'patch', `partially update ${suffix}the specified`, { query: [...WRITE_OPTIONS, 'force'] }),
    ];
    const options = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];
    const remove = write('delete', 'delete', 'delete a', { query: options, body: undefined });
    paths[`${collection}/{name}`] = [...item(''), remove];
    if (resource.status) {
      paths[`${collection}/{name}/status`] = item('status of ').map((one) => ({ ...one, id: `${one.id}Status` }));
    }
  }
  return paths;
}
