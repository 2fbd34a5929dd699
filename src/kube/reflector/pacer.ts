/** One who works in turns. */
export interface Worker {
  /** Whether it should rest before it goes on. */
  due(): boolean;
  /** Resolves when it is its turn again. */
  rest(): Promise<void>;
}

/**
 * Shares the event loop among the kinds that read at the same time: whoever works asks `due()` now and then and, when
 * the turn is used up, waits for `rest()`. Those who wait get a turn each, in the order in which they came, so that a
 * kind with 10,000 objects delays a kind with three by one turn, and keys are read in between.
 */
export class Pacer {
  readonly #turnMs: number;
  readonly #now: () => number;
  readonly #defer: (run: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  #began = 0;
  #open = false;
  #turn = 0;

  /** `turnMs`: the work of one turn. `now` (ms) and `defer` (after what is due in the event loop) are for tests. */
  constructor(
    turnMs: number,
    now: () => number = () => performance.now(),
    defer: (run: () => void) => void = (run) => void setImmediate(run),
  ) {
    this.#turnMs = turnMs;
    this.#now = now;
    this.#defer = defer;
  }

  join(): Worker {
    let granted = -1;
    return {
      due: () => this.#due(granted),
      rest: async () => {
        this.#begin();
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        granted = this.#turn;
      },
    };
  }

  /** Whoever was not granted this turn stands behind those who wait. */
  #due(granted: number): boolean {
    this.#begin();
    if (granted !== this.#turn && this.#waiting.length > 0) return true;
    return this.#now() - this.#began >= this.#turnMs;
  }

  #begin(): void {
    if (this.#open) return;
    this.#open = true;
    this.#turn += 1;
    this.#began = this.#now();
    this.#defer(() => this.#end());
  }

  #end(): void {
    this.#open = false;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#begin();
    next();
  }
}
