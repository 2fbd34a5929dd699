/** Waits of simulated things: how long a plan still runs, a drain still takes. */

import type { Clock } from './clock.ts';

/** A wait begins when it is first asked about and belongs to an object, with which it is forgotten. */
export class Delays {
  #clock: Clock;
  #speed: number;
  #stretch: () => number;
  #began = new Map<string, Map<string, { at: number; ms: number }>>();

  /** `stretch` gives a factor for each wait that begins; 1 where left out. */
  constructor(clock: Clock, speed: number, stretch: () => number = () => 1) {
    this.#clock = clock;
    this.#speed = speed;
    this.#stretch = stretch;
  }

  /**
   * Simulated ms left of the wait `what` of `object`; 0 when it is over. The first question starts it, with the
   * length `ms`; later ones do not change that.
   */
  left(object: string, what: string, ms: () => number): number {
    const waits = this.#began.get(object) ?? new Map<string, { at: number; ms: number }>();
    this.#began.set(object, waits);
    const wait = waits.get(what) ?? { at: this.#clock.now(), ms: ms() * this.#stretch() };
    waits.set(what, wait);
    const left = wait.ms - (this.#clock.now() - wait.at) * this.#speed;
    // Timers count whole milliseconds: less than one is none.
    return left < 1 ? 0 : left;
  }

  /** Whether the wait has been started and not been forgotten. */
  has(object: string, what: string): boolean {
    return this.#began.get(object)?.has(what) ?? false;
  }

  /** Forgets one wait of an object, or all of them. */
  forget(object: string, what?: string): void {
    if (what === undefined) this.#began.delete(object);
    else this.#began.get(object)?.delete(what);
  }
}
