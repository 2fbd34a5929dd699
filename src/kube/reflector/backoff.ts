import type { Clock } from './clock.ts';
import type { BackoffSettings } from './settings.ts';

/** Delays that grow with each failure and start over after a healthy time. The rule is client-go's (`wait.Backoff`). */
export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #lastFailureAt = Number.NEGATIVE_INFINITY;

  constructor(settings: BackoffSettings, clock: Clock, random: () => number) {
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
  }

  /** Failures since the last healthy time. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure; gives the ms to wait. The jitter comes on top of the cap, so the longest wait is twice the cap. */
  next(): number {
    const { baseMs, factor, capMs, jitter, resetMs } = this.#settings;
    const now = this.#clock.now();
    if (Math.abs(now - this.#lastFailureAt) > resetMs) this.#failures = 0;
    this.#lastFailureAt = now;
    const delay = Math.min(capMs, baseMs * factor ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return delay * (1 + jitter * this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
