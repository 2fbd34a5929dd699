/** The writes, each bound to what the operator saw: uid, resourceVersion and, in JSON patches, the old value. */

import type { Meta } from '../domain/objects.ts';
import type { JsonPatch, Raw, Seen, Step } from './contract.ts';

/** What of an object a write is bound to. */
export function seen({ uid, resourceVersion }: Meta): Seen {
  return { uid, resourceVersion };
}

/** One segment of a JSON pointer (RFC 6901). */
export function pointer(...segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Words {
  id: string;
  title: string;
  why: string;
}

function tests({ uid, resourceVersion }: Meta): JsonPatch[] {
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
}

/** A JSON patch with its tests before it. */
export function jsonStep(words: Words, object: Meta, changes: readonly JsonPatch[], diff: Step['diff']): Step {
  const body = [...tests(object), ...changes];
  return {
    ...words,
    write: { verb: 'patch', kind: object.kind, name: object.name, type: 'json', body, seen: seen(object) },
    diff,
  };
}

/** Replaces the value at `path`, where it still is `from`. */
export function replaceStep(
  words: Words,
  object: Meta,
  path: readonly string[],
  from: string | number | boolean,
  to: string | number | boolean,
): Step {
  const at = pointer(...path);
  return jsonStep(
    words,
    object,
    [
      { op: 'test', path: at, value: from },
      { op: 'replace', path: at, value: to },
    ],
    [{ path: path.join('.'), from, to }],
  );
}

/** A merge patch that carries the uid and resourceVersion seen. */
export function mergeStep(words: Words, object: Meta, body: Raw, diff: Step['diff']): Step {
  const { metadata } = body as { metadata?: Raw };
  const bound = { ...body, metadata: { ...metadata, uid: object.uid, resourceVersion: object.resourceVersion } };
  return {
    ...words,
    write: { verb: 'patch', kind: object.kind, name: object.name, type: 'merge', body: bound, seen: seen(object) },
    diff,
  };
}

/** Sets an annotation, or with null removes it. `from`: what it is now, where that is known. */
export function annotateStep(words: Words, object: Meta, key: string, to: string | null, from?: string): Step {
  const path = `metadata.annotations[${key}]`;
  const line = {
    path,
    ...(from === undefined ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
  return mergeStep(words, object, { metadata: { annotations: { [key]: to } } }, [line]);
}

/** Deletes an object. */
export function deleteStep(words: Words, object: Meta): Step {
  return {
    ...words,
    write: { verb: 'delete', kind: object.kind, name: object.name, seen: seen(object) },
    diff: [{ path: 'metadata.name', from: object.name }],
  };
}
