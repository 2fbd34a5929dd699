/**
 * Fields that an earlier server-side apply of ours has set, and that are wanted no longer: the next apply takes them out,
 * unless somebody else owns them as well. Read from `metadata.managedFields`, as the server keeps them.
 */
import { get } from '../../domain/read.ts';
import type { Raw } from '../../operations/contract.ts';

/** Manager under which all writes of metaldeck are sent. */
const MANAGER = 'metaldeck';

/** A name below a path: `spec.replicas`, `metadata.labels[app.kubernetes.io/part-of]`. */
export function pathUnder(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

interface Entry {
  manager?: unknown;
  operation?: unknown;
  apiVersion?: unknown;
  fieldsV1?: unknown;
}

/** What the next apply takes out of an object. */
export function dropped(live: Raw, wanted: Raw): { path: string; from: unknown }[] {
  const listed = get(get(live, 'metadata'), 'managedFields');
  const entries = Array.isArray(listed) ? (listed as Entry[]) : [];
  const mine = (entry: Entry) => entry?.manager === MANAGER && entry.operation === 'Apply';
  // Fields of another version have other names.
  const applied = entries.find((entry) => mine(entry) && entry.apiVersion === live['apiVersion']);
  const others = entries.filter((entry) => !mine(entry)).map((entry) => get(entry, 'fieldsV1'));
  const found: { path: string; from: unknown }[] = [];
  walk(get(applied, 'fieldsV1'), live, wanted, others, '', found);
  return found;
}

function walk(
  fields: unknown,
  live: unknown,
  wanted: unknown,
  others: readonly unknown[],
  path: string,
  found: { path: string; from: unknown }[],
): void {
  if (typeof fields !== 'object' || fields === null || path.length > 500) return;
  for (const [key, inner] of Object.entries(fields)) {
    // Items of lists are compared one by one where the list is wanted, and go with it where it is not.
    if (!key.startsWith('f:')) continue;
    const name = key.slice(2);
    const from = get(live, name);
    if (from === undefined) continue;
    const theirs = others.map((other) => get(other, key)).filter((other) => other !== undefined);
    const to = get(wanted, name);
    const below = Object.keys(inner ?? {}).some((one) => one.startsWith('f:'));
    const here = pathUnder(path, name);
    if (below && typeof from === 'object' && !Array.isArray(from)) walk(inner, from, to, theirs, here, found);
    else if (to === undefined && theirs.length === 0) found.push({ path: here, from });
  }
}
