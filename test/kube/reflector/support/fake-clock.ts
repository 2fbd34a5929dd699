import type { Clock } from '../../../../src/kube/reflector/clock.ts';

interface Timer {
  at: number;
  order: number;
  run: () => void;
}

/** Lets everything that is ready to run do so: promises first, then what was put off to the next turns of the loop. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is told to go on. Timers run on it one at a time. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #wall = Date.parse('2026-03-01T03:00:00Z');
  #order = 0;
  readonly #timers = new Set<Timer>();
  /** Called after each timer, when all that followed from it has happened. */
  onStep: () => void = () => {};

  now(): number {
    return this.#wall + this.#elapsed;
  }

  /** Milliseconds that timers have counted. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { at: this.#elapsed + Math.max(0, Math.ceil(ms)), order: this.#order++, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Moves the wall clock and not the timers: what a machine that slept wakes up to. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + Math.ceil(ms);
    await this.#settled();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.run();
      await this.#settled();
    }
    this.#elapsed = until;
    this.onStep();
  }

  async #settled(): Promise<void> {
    await settle();
    this.onStep();
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }
}

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
