/** How controller-runtime tries again what failed: at once, and then twice as late each time. */

const first = 5;
const most = 1_000_000;

/** The waits of one controller's objects, in simulated ms. */
export class Backoff {
  readonly #waits = new Map<string, number>();

  /** How long `name` waits now; the next time it will be twice as long. */
  next(name: string): number {
    const wait = this.#waits.get(name) ?? first;
    this.#waits.set(name, Math.min(wait * 2, most));
    return wait;
  }

  /** It did not fail, or is gone. */
  forget(name: string): void {
    this.#waits.delete(name);
  }
}
