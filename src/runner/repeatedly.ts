/** Work that follows the fleet. */
import type { Sight } from './types.ts';

/** Runs `work` once, and again after every new picture of the fleet, never twice at a time. Returns a function that stops it. */
export function repeatedly(sight: Sight, work: (stopped: () => boolean) => Promise<void>): () => void {
  let stopped = false;
  let busy = false;
  let again = true;
  const next = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (again && !stopped) {
      again = false;
      await work(() => stopped);
    }
    busy = false;
  };
  const stop = sight.subscribe(() => {
    again = true;
    void next();
  });
  void next();
  return () => {
    stopped = true;
    stop();
  };
}
