import type { Resource } from '../resources.ts';
import { keyOf, type Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

/**
 * Removes core/v1 events that nobody has written for `ttlMs`, as the real server does (an hour there), so that a
 * datacenter that runs for days does not drown in them. Old ones go when new ones come. `onExpiry` is told of each.
 */
export function expireEvents(
  store: Store,
  events: Resource,
  ttlMs: number,
  now: () => number,
  onExpiry?: (event: KubeObject) => void,
): () => void {
  // A Map keeps the order of insertion: the first is the one written longest ago.
  const written = new Map<string, number>();
  store.subscribe(({ resource, after, key, at = now() }) => {
    if (resource !== events) return;
    written.delete(key);
    if (after !== undefined) written.set(keyOf(after.object.metadata.namespace, after.object.metadata.name), at);
  });
  return () => {
    const oldest = now() - ttlMs;
    for (const [key, at] of written) {
      if (at > oldest) return;
      const expired = onExpiry && store.get(events, key)?.object;
      if (expired) onExpiry(expired);
      store.remove(events, key);
    }
  };
}

/** So many are remembered. */
const memory = 3000;

/** The Events that have expired last: nobody reads them any more, but whoever recorded them has logged them. */
export class ExpiredEvents {
  #kept: KubeObject[] = [];

  /** Remembers one. */
  keep(event: KubeObject): void {
    this.#kept.push(event);
    // Now and then, and not with each: moving them costs more than they do.
    if (this.#kept.length >= 2 * memory) this.#kept.splice(0, memory);
  }

  /** Those that are remembered, the one that expired first being the first. */
  all(): readonly KubeObject[] {
    return this.#kept;
  }
}
