/** One write as a request: always bound to the object that was seen, whatever its plan says. */
import type { Kind } from '../domain/kinds.ts';
import { KINDS_TABLE, pathOf } from '../kube/kinds.ts';
import type { KubeRequest } from '../kube/types.ts';
import type { Apply, JsonPatch, Raw, Seen, Write } from '../operations/contract.ts';
import type { Door } from './types.ts';

/** Whose fields these are, in `managedFields`. */
export const FIELD_MANAGER = 'metaldeck';

/** `kind/name`: which object a write is about. */
export function objectOf({ kind, name }: { kind: Kind; name: string }): string {
  return `${kind}/${name}`;
}

/** The request that carries out a write, or only rehearses it. */
export function requestOf(door: Door, write: Write, dryRun = false): KubeRequest {
  const version = versionOf(door, write);
  const path = pathOf(write.kind, version, door.namespace, write.verb === 'create' ? undefined : write.name);
  const rehearse = dryRun ? { dryRun: 'All' } : {};
  if (write.verb === 'delete') {
    const { uid, resourceVersion } = write.seen;
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    // In the body too: of a delete that has one the server does not read the query, and would delete in earnest.
    const body = dryRun ? { ...options, dryRun: ['All'] } : options;
    return { method: 'DELETE', path, query: rehearse, body };
  }
  // Strict: a field that the server does not know is refused, where it would silently be dropped.
  const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...rehearse };
  if (write.verb === 'create') return { method: 'POST', path, query, body: write.body };
  if (write.verb === 'apply') {
    // JSON is YAML.
    const contentType = 'application/apply-patch+yaml';
    return { method: 'PATCH', path, query: { ...query, force: write.force }, contentType, body: boundApply(write) };
  }
  const bound = bind(write);
  return { method: 'PATCH', path, query, contentType: `application/${bound.type}-patch+json`, body: bound.body };
}

/** A create or apply goes to the version its body is of; everything else to the one in use. */
function versionOf(door: Door, write: Write): string {
  if (write.verb !== 'create' && write.verb !== 'apply') return door.versionOf(write.kind);
  const named = write.body['apiVersion'];
  const [group, version] = typeof named === 'string' && named.includes('/') ? named.split('/') : ['', named];
  const known = typeof version === 'string' && group === KINDS_TABLE[write.kind].group;
  return known ? version : door.versionOf(write.kind);
}

type Patch = Extract<Write, { verb: 'patch' }>;

/** The patch with what it depends upon in it. */
function bind(write: Patch): Patch {
  const { uid, resourceVersion } = write.seen;
  if (write.type === 'merge') {
    const metadata = { ...(write.body['metadata'] as Raw | undefined), uid, resourceVersion };
    return { ...write, body: { ...write.body, metadata } };
  }
  const tests: JsonPatch[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
  const own = ({ op, path }: JsonPatch) =>
    !(op === 'test' && (path === '/metadata/uid' || path === '/metadata/resourceVersion'));
  return { ...write, body: [...tests, ...write.body.filter(own)] };
}

/** What is applied, bound to the state that was seen. One that was not there cannot be bound: conflicts protect it. */
function boundApply({ body, seen }: Apply): Raw {
  const { uid: _uid, resourceVersion: _version, ...metadata } = (body['metadata'] ?? {}) as Raw;
  return { ...body, metadata: { ...metadata, ...seen } };
}

/** The same write upon another state of the same object. */
export function upon(write: Write, seen: Seen): Write {
  if (write.verb === 'create') return write;
  return write.verb === 'patch' ? bind({ ...write, seen }) : { ...write, seen };
}

/** A write without the state it is bound to: what two plans are compared by. */
export function unbound(write: Write): unknown {
  if (write.verb === 'create') return write;
  const bound = write.verb === 'patch' ? bind({ ...write, seen: { uid: '', resourceVersion: '' } }) : write;
  return { ...bound, seen: write.seen?.uid };
}
