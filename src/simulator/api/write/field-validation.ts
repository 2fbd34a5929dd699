import type { WriteContext } from '../core.ts';
import { type ApiError, badRequest, cause, invalid } from '../errors.ts';
import { wholeSchemaOf } from '../kinds/schemas.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { cleanerOf } from '../validation/clean.ts';
import { unknownFields } from '../validation/unknown.ts';
import { META_FIELDS } from './metadata.ts';

/**
 * Judges the fields of a body that its kind does not know, as the fieldValidation of the request has it: says nothing
 * of them, warns of them, or gives what `refuse` makes of the words. They are pruned in any case.
 */
function judge(
  resource: Resource,
  body: unknown,
  { fieldValidation, warn }: WriteContext,
  refuse: (words: string) => ApiError,
): void {
  if (fieldValidation === 'Ignore' || !isRecord(body)) return;
  const { metadata } = body;
  // Of the metadata of custom resources their schemas say nothing.
  const meta =
    resource.custom && isRecord(metadata) ? Object.keys(metadata).filter((key) => !META_FIELDS.has(key)) : [];
  const found = [...meta.map((key) => `metadata.${key}`), ...unknownFields(wholeSchemaOf(resource), body)];
  const words = found.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (words.length === 0) return;
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${words.join(', ')}`);
  for (const one of words) warn(one);
}

/** An object of a kind of Kubernetes itself without the fields that its type does not have: they are never read. */
export function pruned<T extends KubeObject>(resource: Resource, object: T): T {
  const schema = wholeSchemaOf(resource);
  if (resource.custom || unknownFields(schema, object).length === 0) return object;
  return cleanerOf(schema)(object) as T;
}

/** Of a body that is posted or put. Throws 400. */
export function judgeBody(resource: Resource, body: unknown, context: WriteContext): void {
  const { kind, version } = resource;
  const refuse = (words: string) =>
    badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${words}`);
  judge(resource, body, context, refuse);
}

/** Of what a patch makes of an object. `patch` is the text of the patch. Throws 422. */
export function judgePatched(resource: Resource, result: unknown, patch: string, context: WriteContext): void {
  judge(resource, result, context, (words) => invalid('', '', '', [cause.invalid('patch', patch, words)]));
}
