import type { Clock } from './clock.ts';

/**
 * Notices that time passed unseen: the machine slept, the process was stopped, somebody set the clock. Timers do not run
 * during sleep, so the wall clock, compared with a timer at each tick, tells. What was live before is unverified after.
 */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #settings: { clockTickMs: number; clockJumpMs: number };
  readonly #onJump: (ms: number) => void;
  #timer: unknown;
  #expected = 0;

  /** `onJump` gets the unexpected difference in ms; negative where the clock was set back. */
  constructor(clock: Clock, settings: { clockTickMs: number; clockJumpMs: number }, onJump: (ms: number) => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#onJump = onJump;
  }

  start(): void {
    this.#expected = this.#clock.now() + this.#settings.clockTickMs;
    this.#timer = this.#clock.setTimeout(() => this.#tick(), this.#settings.clockTickMs);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #tick(): void {
    const jump = this.#clock.now() - this.#expected;
    this.start();
    if (Math.abs(jump) > this.#settings.clockJumpMs) this.#onJump(jump);
  }
}
