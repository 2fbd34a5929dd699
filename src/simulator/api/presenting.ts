/** Answers as they go over the wire: indented for people, in YAML for who asks for it. */

import { YAML_TYPE } from './bodies.ts';
import { formatOf, wantsPretty } from './read/negotiate.ts';
import { yamlText } from './read/yaml-text.ts';
import { type ApiAnswer, isRecord } from './types.ts';

/** What an answer is shown to. */
export interface Viewer {
  path: string;
  query: URLSearchParams;
  accept: string;
  userAgent: string;
}

/** What browsers and programs of the command line call themselves: k8s.io/apiserver/pkg/endpoints/handlers/negotiation. */
const PEOPLE = /^(curl|Wget|Mozilla\/5\.0)/;

function isPretty({ query, accept, userAgent }: Viewer): boolean {
  const asked = query.get('pretty');
  if (asked) return /^(1|t|T|TRUE|true|True)$/.test(asked);
  return PEOPLE.test(userAgent) || wantsPretty(accept);
}

/**
 * The answer in the format that was asked for, if it is JSON of the API. A watch that goes on is left as it is: its
 * lines are never indented.
 */
export async function presented(answer: ApiAnswer, viewer: Viewer, watch: boolean): Promise<ApiAnswer> {
  const type = answer.headers['content-type'] ?? '';
  const { body } = answer;
  if (!type.startsWith('application/json') || (watch && typeof body !== 'string')) return answer;
  if (!/^\/apis?(\/|$)/.test(viewer.path) && answer.status < 400) return answer;
  const yaml = formatOf(viewer.accept) === 'yaml' && type === 'application/json';
  // Where nothing can be agreed upon it is told in JSON for people.
  const pretty = isPretty(viewer) || formatOf(viewer.accept) === undefined;
  if ((!yaml && !pretty) || body instanceof Uint8Array) return answer;
  const value: unknown = JSON.parse(typeof body === 'string' ? body : await gathered(body));
  if (yaml) return { ...answer, headers: { ...answer.headers, 'content-type': YAML_TYPE }, body: yamlText(value) };
  return { ...answer, body: JSON.stringify(inGoOrder(value), null, 2) };
}

async function gathered(body: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces.join('');
}

const METADATA = [
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers'],
  'managedFields',
];

/** Groups whose kinds the server knows itself: it writes their fields in the order of its types, those of others by name. */
const BUILT_IN = /^([a-z]+\/)?v\d[^/]*$|(^|\.)k8s\.io\//;

function inGoOrder(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { apiVersion, kind } = value;
  if (typeof apiVersion === 'string' && !BUILT_IN.test(apiVersion)) return sorted(value);
  const { metadata, items } = value;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...value,
    ...(isRecord(metadata) ? { metadata: ordered(metadata) } : {}),
    ...(Array.isArray(items) ? { items: items.map(inGoOrder) } : {}),
  };
}

const ordered = (metadata: Record<string, unknown>): Record<string, unknown> => ({
  ...Object.fromEntries(METADATA.filter((key) => key in metadata).map((key) => [key, metadata[key]])),
  ...metadata,
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** JSON as Go's encoder writes it: without what HTML would read. */
export const escapedJson = (text: string): string =>
  text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The same, piece by piece. */
export async function* escapedPieces(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield escapedJson(piece);
}
