import { apiVersionOf, type Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import type { ObjectList } from '../types.ts';
import type { ListMeta } from './represent.ts';

/** So many objects are handed over before everybody else has a turn. */
const TURN = 100;

/**
 * A list for who is in the same process: the objects as they are kept, without a text and without a copy of their insides,
 * so that ten thousand hosts are not in memory twice. What is kept never changes: a write keeps a new object.
 */
export function objectList(stored: readonly Stored[], resource: Resource, metadata: ListMeta): ObjectList {
  return {
    head: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata },
    items: some(stored, resource),
  };
}

async function* some(stored: readonly Stored[], resource: Resource): AsyncGenerator<unknown[]> {
  for (let from = 0; from < stored.length; from += TURN) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    yield stored.slice(from, from + TURN).map(({ object }) => {
      const view = { ...object, metadata: { ...object.metadata } };
      if (resource.custom) return view;
      const { apiVersion: _version, kind: _kind, ...rest } = view;
      return rest;
    });
  }
}
