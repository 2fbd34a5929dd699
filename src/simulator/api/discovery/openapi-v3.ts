import { createHash } from 'node:crypto';
import { apiVersionOf, type Resource } from '../resources.ts';
import { definitionsOf, type Operation, type Published, pathsOf, type Reference } from './openapi-parts.ts';

/**
 * OpenAPI v3, one document for each group and version: what `kubectl explain` reads, and where kubectl sees that the
 * server judges fields itself (a PATCH that takes fieldValidation). Undefined for paths that are no such document.
 */
export function openapiV3(path: string, resources: readonly Resource[]): unknown {
  const documents = new Map<string, Resource[]>();
  for (const resource of resources) {
    const name = resource.group ? `apis/${apiVersionOf(resource)}` : `api/${resource.version}`;
    documents.set(name, [...(documents.get(name) ?? []), resource]);
  }
  if (path === '/openapi/v3') {
    const paths = [...documents].map(([name, kinds]) => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(name, kinds)}` },
    ]);
    return { paths: Object.fromEntries(paths.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))) };
  }
  const served = documents.get(path.slice('/openapi/v3/'.length));
  if (served === undefined) return undefined;
  const paths = Object.entries(pathsOf(served)).map(([at, operations]) => [at, item(at, operations)]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: Object.fromEntries(paths),
    components: { schemas: definitionsOf(served, refer) },
  };
}

/** Clients keep a document for as long as this stays: it is another one where the kinds are others. */
const hashOf = (name: string, kinds: readonly Resource[]): string =>
  createHash('sha512')
    .update([name, ...kinds.map(({ plural, defined = '' }) => `${plural}/${defined}`)].join())
    .digest('hex')
    .toUpperCase();

const pointer = (name: string) => ({ $ref: `#/components/schemas/${name}` });
// A reference cannot have words of its own beside it: hence the wrapping.
const refer: Reference = (name): Published => ({ allOf: [pointer(name)] });

function item(path: string, operations: readonly Operation[]): Record<string, unknown> {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string', uniqueItems: true },
  }));
  return { ...Object.fromEntries(operations.map((one) => [one.method, operation(one)])), parameters: inPath };
}

function operation({ description, id, query, body, answer, action, resource }: Operation): Record<string, unknown> {
  const { group, version, kind } = resource;
  const content = (name: string) => ({ 'application/json': { schema: pointer(name) } });
  return {
    description,
    operationId: id,
    parameters: query.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })),
    ...(body === undefined ? {} : { requestBody: { required: true, content: content(body) } }),
    responses: { 200: { description: 'OK', content: content(answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  };
}
