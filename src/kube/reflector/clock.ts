import { KubeError } from '../types.ts';

/** Time, handed in, so that tests own it. */
export interface Clock {
  /** Wall time, epoch ms. It can jump. */
  now(): number;
  /** Timers run on a clock that does not jump and does not run while the machine sleeps. */
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Resolves after `ms`, or as soon as `signal` is aborted. Never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** What `promise` gives, or a KubeError `Aborted` as soon as `signal` is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new KubeError(0, 'Aborted', 'aborted'));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** A number between the two bounds, evenly drawn. `random` gives [0, 1). */
export function between([low, high]: readonly [number, number], random: () => number): number {
  return low + (high - low) * random();
}
