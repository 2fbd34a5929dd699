/** Notices what has been well for a while: what comes back after that is new trouble, not the old. */

export interface Healing {
  /**
   * Takes what is there now; gives which of `known` were gone for long enough. While `live` is false nothing can be told,
   * and what was gone has to be seen to be gone anew. `steady` is ms of a clock that only runs on.
   */
  look(known: Iterable<string>, there: ReadonlySet<string>, live: boolean, steady: number): string[];
}

/** A cause that flaps is still the same trouble. */
const WELL_MS = 60_000;

export function createHealing(): Healing {
  const gone = new Map<string, number>();
  return {
    look(known, there, live, steady) {
      if (!live) {
        gone.clear();
        return [];
      }
      const healed: string[] = [];
      const kept = new Set<string>();
      for (const key of known) {
        if (there.has(key)) continue;
        const since = gone.get(key) ?? steady;
        if (steady - since >= WELL_MS) healed.push(key);
        else {
          gone.set(key, since);
          kept.add(key);
        }
      }
      for (const key of gone.keys()) if (!kept.has(key)) gone.delete(key);
      return healed;
    },
  };
}
