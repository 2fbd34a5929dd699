import type { Clock } from './clock.ts';

/** Gives up on something that falls silent, or that goes on for too long: aborts `signal` then. */
export class Deadline {
  readonly #clock: Clock;
  readonly #limits: { silenceMs: number; totalMs: number };
  readonly #outer: AbortSignal;
  readonly #inner = new AbortController();
  readonly #abort = () => this.#inner.abort();
  #began: number | undefined;
  #timer: unknown;
  #missed = false;
  #met = false;

  /** `outer` aborts `signal` as well. */
  constructor(clock: Clock, limits: { silenceMs: number; totalMs: number }, outer: AbortSignal) {
    this.#clock = clock;
    this.#limits = limits;
    this.#outer = outer;
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  /** It took too long, and `signal` was aborted for that. */
  get missed(): boolean {
    return this.#missed;
  }

  /** Something came. The first call starts the total time. */
  extend(): void {
    if (this.#met) return;
    const now = this.#clock.now();
    this.#began ??= now;
    this.#clock.clearTimeout(this.#timer);
    const left = Math.max(0, this.#began + this.#limits.totalMs - now);
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#missed = true;
        this.#inner.abort();
      },
      Math.min(left, this.#limits.silenceMs),
    );
  }

  /** It is done: no time runs any more. `outer` still aborts `signal` until `close`. */
  met(): void {
    this.#met = true;
    this.#clock.clearTimeout(this.#timer);
  }

  /** Lets go of `outer`. */
  close(): void {
    this.met();
    this.#outer.removeEventListener('abort', this.#abort);
  }
}
