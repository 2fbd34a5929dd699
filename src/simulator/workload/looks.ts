/** When a view looks at its cluster again without being asked. */

import type { Node } from '../controllers/shapes/core.ts';

/** For so long, ms, after a Node has joined, what it runs comes up. */
const young = 130_000;
/** No timer is longer, ms. */
const longest = 3_600_000;

/** The looks of one view that are to come. `stop` in the end. */
export class Looks {
  readonly #look: () => Promise<unknown>;
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #due: NodeJS.Timeout | undefined;

  constructor(look: () => Promise<unknown>) {
    this.#look = look;
  }

  /** Nodes change in bursts: one look for all of one turn of the event loop. */
  soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      // A failure shows at the next question.
      this.#look().catch(() => {});
    });
  }

  /** Once for all that is told until then. Machines of a large cluster change all the time, and to tell of it takes its time. */
  later(nodes: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.soon();
    }, nodes * 5).unref();
  }

  /**
   * Goes on by itself for as long as something comes up on Nodes that have joined just now, and somebody watches. `now`: Unix time in ms.
   * Answers whether there are such Nodes.
   */
  follow(nodes: readonly Node[], now: number, watched: boolean): boolean {
    clearTimeout(this.#timer);
    const isYoung = nodes.some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') > now - young);
    // To tell of many Nodes takes its time.
    const pause = Math.max(1000, nodes.length * 10);
    if (isYoung && watched) this.#timer = setTimeout(() => this.soon(), pause).unref();
    return isYoung;
  }

  /** Once at `next`, where somebody watches: something changes by itself then. Unix times in ms. */
  at(next: number, now: number, watched: boolean): void {
    clearTimeout(this.#due);
    if (!watched || next === Number.POSITIVE_INFINITY) return;
    this.#due = setTimeout(() => this.soon(), Math.min(longest, Math.max(1000, next - now))).unref();
  }

  /** None comes any more by itself. */
  stop(): void {
    clearTimeout(this.#due);
    clearTimeout(this.#timer);
    clearTimeout(this.#later);
  }
}
