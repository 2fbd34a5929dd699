import { badRequest, methodNotAllowed, noSuchPath, notFound } from './errors.ts';
import type { Resource } from './resources.ts';

export type Subresource = 'status' | 'scale' | 'approval' | 'ephemeralcontainers' | 'resize';

/** Whether containers may be added to such an object that runs. */
export const isDebugged = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): boolean =>
  group === '' && plural === 'pods';

/** Whether what containers of such an object take may be changed while it runs: of Pods since 1.33. */
export const isResized = (resource: Pick<Resource, 'group' | 'plural'>, minor: number): boolean =>
  isDebugged(resource) && minor >= 33;

/** What a path under /api or /apis means. */
export interface Target {
  resource: Resource;
  namespace?: string;
  name?: string;
  subresource?: Subresource;
}

/** The parts of a resource path, whether or not such a resource is served: what an authorizer judges. */
export interface PathParts {
  group: string;
  version: string;
  namespace?: string;
  plural: string;
  name?: string;
  subresource?: string;
}

/** Takes a resource path apart; undefined for any other path. */
export function pathParts(path: string): PathParts | undefined {
  const steps = path
    .replace(/(?<=.)\/$/, '')
    .split('/')
    .slice(1)
    .map(decode);
  let group = '';
  if (steps[0] === 'apis') group = steps[1] ?? '';
  else if (steps[0] !== 'api') return undefined;
  const [version, ...rest] = steps.slice(steps[0] === 'apis' ? 2 : 1);
  if (version === undefined || rest.length === 0 || rest[0] === '') return undefined;
  // `/namespaces/x` is the namespace itself; anything longer is inside of it, unless it is its own subresource.
  const inside = rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && rest[2] === 'status');
  const namespace = inside ? rest[1] : undefined;
  const [plural = '', name, subresource, ...more] = inside ? rest.slice(2) : rest;
  // What follows is for who is asked through the server.
  if (more.length > 0 && !(subresource === 'proxy' && name)) return undefined;
  return { group, version, namespace, plural, name: name || undefined, subresource: subresource || undefined };
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** Whether a group is one of the server's own, and not of definitions. */
export const isOwnGroup = (group: string, resources: readonly Resource[]): boolean =>
  resources.some((one) => one.group === group && one.group !== '' && !one.custom);

/** Finds the served resource of a path's parts. `minor`: which Kubernetes 1 it is. Throws 404 where there is none. */
export function resolveTarget(path: string, parts: PathParts, resources: readonly Resource[], minor: number): Target {
  const { group, version, plural, namespace, name, subresource } = parts;
  const nowhere = () => noSuchPath(path, isOwnGroup(group, resources));
  const resource = resources.find((r) => r.group === group && r.version === version && r.plural === plural);
  if (resource === undefined) throw nowhere();
  if (namespace !== undefined && !resource.namespaced) throw nowhere();
  if (name !== undefined && resource.namespaced && namespace === undefined) throw nowhere();
  if (subresource === undefined) return { resource, namespace, name };
  const { status, scale, approval } = resource;
  if (
    (subresource === 'status' && status) ||
    (subresource === 'scale' && scale) ||
    (subresource === 'approval' && approval) ||
    (subresource === 'ephemeralcontainers' && isDebugged(resource)) ||
    (subresource === 'resize' && isResized(resource, minor))
  ) {
    return { resource, namespace, name, subresource };
  }
  if (resource.custom && name !== undefined) throw notFound(resource, name);
  throw nowhere();
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The verb of a request, which may not be one that the resource offers. */
export function verbOf(method: string, query: URLSearchParams, { name }: Pick<PathParts, 'name'>): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

/** Throws 405 where the target does not offer the verb; of kinds of definitions, 404 and 400 where it lacks a place. */
export function checkVerb({ resource, namespace, name, subresource }: Target, verb: Verb | undefined): Verb {
  const needsName = verb === 'update' || verb === 'patch';
  if (resource.custom && verb !== undefined) {
    if (resource.namespaced && namespace === undefined && verb !== 'list' && verb !== 'watch') throw noSuchPath('');
    if (needsName && name === undefined) throw badRequest('name must be provided');
  }
  const offered =
    verb !== undefined &&
    (!needsName || name !== undefined) &&
    (verb !== 'create' || (name === undefined && (namespace !== undefined || !resource.namespaced))) &&
    (verb !== 'deletecollection' || namespace !== undefined) &&
    (subresource === undefined || verb === 'get' || needsName);
  if (!offered) throw methodNotAllowed(resource, verb ?? '');
  return verb;
}

/** Booleans of a query, as the server reads them: anything but `0`, `false` and nothing is true. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
