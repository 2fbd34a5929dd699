import { apiVersionOf, type Resource } from '../resources.ts';

/**
 * The least of OpenAPI v3 that kubectl needs to write: which paths take a PATCH, and that fieldValidation is a
 * parameter of theirs. No schemas: kubectl then leaves validation to the server.
 */
export function openapi(path: string, resources: readonly Resource[]): unknown {
  const documents = new Map<string, Resource[]>();
  for (const resource of resources) {
    const name = resource.group ? `apis/${apiVersionOf(resource)}` : `api/${resource.version}`;
    documents.set(name, [...(documents.get(name) ?? []), resource]);
  }
  if (path === '/openapi/v3') {
    const paths = Object.fromEntries(
      [...documents.keys()].map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }]),
    );
    return { paths };
  }
  const document = documents.get(path.slice('/openapi/v3/'.length));
  if (document === undefined) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: Object.fromEntries(document.map((resource) => [itemPath(resource), item(resource)])),
    components: { schemas: {} },
  };
}

function itemPath(resource: Resource): string {
  const { group, plural, namespaced } = resource;
  const base = group ? `/apis/${apiVersionOf(resource)}` : `/api/${resource.version}`;
  return `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`;
}

function item({ group, version, kind }: Resource) {
  const text = { type: 'string', uniqueItems: true };
  const parameter = (name: string) => ({ name, in: 'query', schema: text });
  return {
    patch: {
      description: `partially update the specified ${kind}`,
      parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter),
      responses: { 200: { description: 'OK' } },
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group, kind, version },
    },
  };
}
