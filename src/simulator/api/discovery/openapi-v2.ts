import type { Resource } from '../resources.ts';
import { definitionsOf, type Operation, type Published, pathsOf } from './openapi-parts.ts';

/** An operation of OpenAPI v2, as far as it is told here. */
export interface OperationV2 {
  description: string;
  operationId: string;
  consumes: readonly string[];
  produces: readonly string[];
  parameters: readonly ParameterV2[];
  responses: Readonly<Record<string, { description: string; schema: Published }>>;
  'x-kubernetes-action': string;
  'x-kubernetes-group-version-kind': { group: string; kind: string; version: string };
}

export interface ParameterV2 {
  name: string;
  in: 'body' | 'query' | 'path';
  required?: boolean;
  type?: string;
  uniqueItems?: boolean;
  schema?: Published;
}

export type PathV2 = Partial<Record<Operation['method'], OperationV2>> & { parameters: readonly ParameterV2[] };

export interface DocumentV2 {
  swagger: string;
  info: { title: string; version: string };
  paths: Readonly<Record<string, PathV2>>;
  definitions: Readonly<Record<string, Published>>;
}

const JSON_TYPE = 'application/json';
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** OpenAPI v2 of everything, in one document: what older kubectl validates by before it sends. */
export function openapiV2(resources: readonly Resource[], version: string): DocumentV2 {
  const paths = Object.entries(pathsOf(resources)).map(([path, operations]) => [path, item(path, operations)]);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(paths),
    definitions: definitionsOf(resources, refer),
  };
}

const refer = (name: string): Published => ({ $ref: `#/definitions/${name}` });

function item(path: string, operations: readonly Operation[]): PathV2 {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(
    ([, name = '']): ParameterV2 => ({ name, in: 'path', required: true, type: 'string', uniqueItems: true }),
  );
  return { ...Object.fromEntries(operations.map((one) => [one.method, operation(one)])), parameters };
}

function operation({ method, description, id, query, body, answer, action, resource }: Operation): OperationV2 {
  const { group, version, kind, custom } = resource;
  const inBody: ParameterV2[] =
    body === undefined ? [] : [{ name: 'body', in: 'body', required: true, schema: refer(body) }];
  const inQuery = query.map((name): ParameterV2 => ({ name, in: 'query', type: 'string', uniqueItems: true }));
  const patches = PATCHES.filter((type) => !custom || !type.includes('strategic'));
  return {
    description,
    operationId: id,
    consumes: method === 'patch' ? patches : [JSON_TYPE],
    produces: [JSON_TYPE],
    parameters: [...inBody, ...inQuery],
    responses: { 200: { description: 'OK', schema: refer(answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  };
}
