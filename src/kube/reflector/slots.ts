/** A number of places, given out in the order of asking. */
export class Slots {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Waits for a place. Resolves to the function that gives it back, safe to call more than once. When `signal` is
   * aborted first it resolves at once, without a place: whoever waits looks at the signal anyway.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal))) return () => {};
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#queue.shift();
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const granted = () => {
        signal.removeEventListener('abort', gone);
        resolve(true);
      };
      const gone = () => {
        const at = this.#queue.indexOf(granted);
        if (at >= 0) this.#queue.splice(at, 1);
        resolve(false);
      };
      this.#queue.push(granted);
      signal.addEventListener('abort', gone, { once: true });
    });
  }
}
