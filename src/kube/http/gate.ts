import { abortedError } from './errors.ts';

/** Lets at most `limit` holders in at a time, first come, first served. */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /**
   * Waits for a place.
   * @returns what gives the place back; calling it again does nothing
   * @throws KubeError `Aborted` when `signal` aborts first
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw abortedError();
    if (this.#free > 0) this.#free--;
    else await this.#queue(signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }

  #queue(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(abortedError());
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(enter);
    });
  }
}

/**
 * Waits for work that others share, and stops waiting, not the work, when `signal` aborts.
 * @throws KubeError `Aborted`, or what `work` throws
 */
export function waitFor<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(abortedError());
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const forget = () => signal.removeEventListener('abort', leave);
    work.finally(forget).then(resolve, reject);
  });
}
