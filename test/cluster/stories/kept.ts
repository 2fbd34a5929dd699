/**
 * A Transport that watches whether a server keeps what it is sent. A real one drops fields its schema does not know
 * without a word, so a misspelt or misplaced field would never be missed.
 */

import type { KubeRequest, Transport } from '../../../src/kube/types.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values that Go leaves out of what it writes, where a field says `omitempty`. */
function isEmpty(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return (
    value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}

/** What only the server writes, whatever is sent. */
const SERVERS = new Set(['resourceVersion', 'managedFields', 'namespace', 'creationTimestamp', 'uid', 'generation']);

/**
 * The paths of what was sent and is not in what came back. `omits`: whether empty values may be left out, as in metadata
 * and all core kinds.
 */
export function lost(sent: unknown, got: unknown, path = '', omits = false): string[] {
  if (isObject(sent)) {
    return Object.entries(sent).flatMap(([key, value]) => {
      const metadata = path === '.metadata';
      // What is to be removed is no loss; where a default comes back, that is the schema's word.
      if (value === undefined || value === null || (metadata && SERVERS.has(key))) return [];
      const found = isObject(got) ? got[key] : undefined;
      if (found === undefined && (omits || metadata || path === '') && isEmpty(value)) return [];
      return found === undefined
        ? [`${path}.${key}`]
        : lost(value, found, `${path}.${key}`, omits || metadata || (path === '' && key === 'metadata'));
    });
  }
  if (Array.isArray(sent)) {
    if (!Array.isArray(got) || got.length !== sent.length) return [path];
    return sent.flatMap((value, at) => lost(value, got[at], `${path}[]`, omits));
  }
  return sent === got ? [] : [path];
}

/** Passes requests on. `complaints` says which field of which kind was not kept, each once. */
export function watchKept(transport: Transport): { transport: Transport; complaints: Set<string> } {
  const complaints = new Set<string>();
  function compare({ path, method, body }: KubeRequest, answer: unknown): void {
    if (!isObject(body) || !['POST', 'PUT', 'PATCH'].includes(method ?? '')) return;
    const core = path.startsWith('/api/');
    // A create and a plain patch leave status alone by design where that is a subresource.
    const { status, ...rest } = body;
    const sent = path.endsWith('/status') ? { status } : rest;
    const kind = isObject(answer) ? String(answer['kind']) : path;
    for (const field of lost(sent, answer, '', core)) {
      // Keys of maps of strings are names, not fields: one is enough.
      complaints.add(`${kind}${field.replace(/(\.data|\.labels|\.annotations)\..*/, '$1')}`);
    }
  }
  return {
    complaints,
    transport: {
      async json<T>(request: KubeRequest): Promise<T> {
        const answer = await transport.json<T>(request);
        compare(request, answer);
        return answer;
      },
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
    },
  };
}
