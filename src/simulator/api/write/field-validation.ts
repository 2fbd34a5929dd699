import type { WriteContext } from '../core.ts';
import { type ApiError, badRequest, cause, invalid } from '../errors.ts';
import { schemaOf } from '../kinds/schemas.ts';
import type { Resource } from '../resources.ts';
import { isRecord } from '../types.ts';
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
  const unknownMeta = isRecord(metadata) ? Object.keys(metadata).filter((key) => !META_FIELDS.has(key)) : [];
  const found = [...unknownMeta.map((key) => `metadata.${key}`), ...unknownFields(schemaOf(resource), body)];
  const words = found.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (words.length === 0) return;
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${words.join(', ')}`);
  for (const one of words) warn(one);
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
