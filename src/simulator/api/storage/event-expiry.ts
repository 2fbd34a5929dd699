import type { Resource } from '../resources.ts';
import { keyOf, type Store } from '../store.ts';

/**
 * Removes core/v1 events that nobody has written for `ttlMs`, as the real server does (an hour there), so that a
 * datacenter that runs for days does not drown in them. Old ones go when new ones come.
 */
export function expireEvents(store: Store, events: Resource, ttlMs: number, now: () => number): () => void {
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
      store.remove(events, key);
    }
  };
}
