import { apiVersionOf, type Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import type { ObjectList } from '../types.ts';
import type { ListMeta } from './represent.ts';

/** So many objects are copied before everybody else has a turn. */
const TURN = 100;

/**
 * A list for who is in the same process: copies, as their text would give them, without the text. Long strings are
 * shared, so that a copy of a large world does not take the room of a second one.
 */
export function objectList(stored: readonly Stored[], resource: Resource, metadata: ListMeta): ObjectList {
  return {
    head: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata },
    items: copies(stored, resource),
  };
}

async function* copies(stored: readonly Stored[], resource: Resource): AsyncGenerator<unknown[]> {
  for (let from = 0; from < stored.length; from += TURN) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    yield stored.slice(from, from + TURN).map(({ object }) => {
      if (resource.custom) return copyOf(object);
      const { apiVersion: _version, kind: _kind, ...rest } = object;
      return copyOf(rest);
    });
  }
}

/** What JSON.parse would give of the text of a plain JSON value. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : copyOf(item)));
  const from = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const key in from) {
    const inner = from[key];
    if (inner === undefined) continue;
    if (key === '__proto__') Object.defineProperty(copy, key, { ...OWN, value: copyOf(inner) });
    else copy[key] = copyOf(inner);
  }
  return copy;
}

const OWN = { configurable: true, enumerable: true, writable: true };
