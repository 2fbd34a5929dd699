/** The bodies of requests, read as Go's server reads them: k8s.io/apiserver/pkg/endpoints/handlers. */

import { badRequest, unsupportedMediaType } from './errors.ts';
import { parseObject, summary } from './validation/go/json.ts';
import { yamlAsJson } from './validation/go/yaml.ts';

/** What a content type names, without its parameters. */
export const mediaTypeOf = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

const JSON_TYPES = ['', 'application/json'];
export const YAML_TYPE = 'application/yaml';
const ACCEPTED = ['application/json', YAML_TYPE, 'application/vnd.kubernetes.protobuf'];

/** The JSON of a body. Throws 415 for one that says it is neither JSON nor YAML, and SyntaxError for YAML that is none. */
export function jsonOf({ contentType, body }: { contentType: string; body: string }): string {
  const type = mediaTypeOf(contentType);
  if (JSON_TYPES.includes(type)) return body;
  if (type !== YAML_TYPE) throw unsupportedMediaType(ACCEPTED);
  return yamlAsJson(body);
}

/** Reads an object of a kind, or null. Throws 400 for what is none, 415 for a body in another format. */
export function readObjectBody(
  kind: string,
  request: { contentType: string; body: string },
): Record<string, unknown> | null {
  try {
    return parseObject(jsonOf(request));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const shown = summary(request.body);
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message} (${shown})`);
  }
}
