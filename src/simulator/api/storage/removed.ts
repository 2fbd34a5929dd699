/** Objects that are gone, as they were last: logs tell of them still. */

import type { Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

/** So many of a kind are remembered. */
const memory = 400;

export interface Removed {
  object: KubeObject;
  /** When it was removed, Unix time in ms. */
  at: number;
}

/** What was removed last of some kinds. */
export class RemovedObjects {
  readonly #kept = new Map<string, Removed[]>();

  /** Follows a store from now on; `resources` are the kinds to remember. */
  constructor(store: Store, resources: readonly Resource[], now: () => number) {
    store.subscribe(({ resource, before, after }) => {
      if (after !== undefined || before === undefined || !resources.includes(resource)) return;
      const kept = this.#kept.get(resource.plural) ?? [];
      this.#kept.set(resource.plural, kept);
      kept.push({ object: before.object, at: now() });
      // Now and then, and not with each.
      if (kept.length >= 2 * memory) kept.splice(0, memory);
    });
  }

  /** Those of a kind, by its plural name; the one that went first being the first. */
  of(plural: string): readonly Removed[] {
    return this.#kept.get(plural) ?? [];
  }
}
