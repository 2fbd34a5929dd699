/** How often controllers look at one object. */

import type { Reconcile } from './queue.ts';

/** `reconcile`, which rests between two looks at one object: whoever comes too early is told for how long. */
export function paced(reconcile: Reconcile, now: () => number, pace: number): Reconcile {
  /** The one looked at longest ago first. */
  const looked = new Map<string, number>();
  return async (object) => {
    const at = now();
    for (const [other, last] of looked) {
      if (at - last < pace) break;
      looked.delete(other);
    }
    const last = looked.get(object);
    // Timers count whole milliseconds: less than one is none.
    if (last !== undefined && pace - (at - last) >= 1) return pace - (at - last);
    looked.delete(object);
    looked.set(object, at);
    return reconcile(object);
  };
}
