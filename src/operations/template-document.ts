/** A KubeadmConfigTemplate as a document: written out clean, read back, and compared field by field. */

import { parseDocument, stringify } from 'yaml';
import { at, get, rec, str } from '../domain/read.ts';
import { redact } from '../domain/redact.ts';
import type { Raw, Step } from './contract.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** etcd takes no more than this in one object. */
const CAP = 1_000_000;

/** What of a template is somebody's own: not what the server, kubectl or Cluster API keep in it. */
export function cleaned(raw: Raw, name: string, namespace: string): Raw {
  const labels = rec(at(raw, 'metadata', 'labels'));
  const { [LAST_APPLIED]: _applied, ...annotations } = rec(at(raw, 'metadata', 'annotations'));
  return {
    apiVersion: get(raw, 'apiVersion'),
    kind: 'KubeadmConfigTemplate',
    metadata: {
      name,
      namespace,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: get(raw, 'spec') ?? {},
  };
}

/** The document of an object. */
export function documentOf(object: Raw): string {
  return stringify(object, { lineWidth: 0 });
}

/** The object of a document, or what is wrong with it, as a sentence. */
export function objectOf(text: string): Raw | string {
  if (text.trim() === '') return 'the document is empty';
  if (text.length > CAP) return 'the document is longer than an object may be';
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error) return `the document is not YAML: ${error.message.split('\n')[0]?.replace(/:$/, '')}`;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 50 });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the document is not an object';
    return value as Raw;
  } catch {
    return 'the document unfolds into too much';
  }
}

/** The next name after `workers-bootstrap`, `workers-bootstrap-2`. */
export function nextName(name: string, taken: ReadonlySet<string>): string {
  const match = /^(.*)-(\d{1,6})$/.exec(name);
  const stem = match?.[1] ?? name;
  for (let number = Number(match?.[2] ?? 1) + 1; ; number++) {
    const next = `${stem}-${number}`;
    if (!taken.has(next)) return next;
  }
}

function leaves(value: unknown, path: string, found: Map<string, unknown>): Map<string, unknown> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [at, item] of value.entries()) leaves(item, `${path}[${at}]`, found);
  } else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) leaves(item, path === '' ? key : `${path}.${key}`, found);
  } else {
    found.set(path, value);
  }
  return found;
}

/** What differs between the specs of two templates. Secrets are shown by size; one that changed is shown as changed. */
export function differences(before: Raw, after: Raw): Step['diff'] {
  const of = (object: Raw) => leaves({ spec: get(object, 'spec') }, '', new Map());
  const shown = (object: Raw) => leaves({ spec: get(redact(object), 'spec') }, '', new Map());
  const [a, b, shownA, shownB] = [of(before), of(after), shown(before), shown(after)];
  const found: { path: string; from?: unknown; to?: unknown }[] = [];
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    if (a.has(path) && b.has(path) && JSON.stringify(a.get(path)) === JSON.stringify(b.get(path))) continue;
    found.push({
      path,
      ...(a.has(path) ? { from: shownA.get(path) } : {}),
      ...(b.has(path) ? { to: shownB.get(path) } : {}),
    });
  }
  return found;
}

/** The name in the metadata of an object. */
export function nameIn(object: Raw): string | undefined {
  return str(at(object, 'metadata', 'name'));
}
