/**
 * What becomes of an Event that is told in the way of events.k8s.io when it comes again. Source: client-go,
 * tools/events/event_broadcaster.go with its defaults. Hand-written: no library does this outside of Go.
 */

/** After so long without another a series is over, ms; and so often the count of one that goes on is written. */
const finish = 360_000;
const refresh = 1_800_000;
/** So many are known at most, whatever was told longest ago is forgotten. */
const memory = 4096;

/** An Event with how often it was told by now, and when last, Unix time in ms. */
export interface Counted<E> {
  event: E;
  count: number;
  seen: number;
}

interface Known<E> extends Counted<E> {
  /** What the server knows of it. */
  written: { count: number; at: number };
}

/** Remembers what a program has told lately, by what is the same in the Events of a series. */
export class EventSeries<E> {
  readonly #speed: number;
  readonly #known = new Map<string, Known<E>>();

  /** `speed`: how many times faster than the clock time passes. */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Whether one is going on. */
  has(key: string): boolean {
    return this.#known.has(key);
  }

  /**
   * Notes that one was told at `now`. What is to be written: of a series that was over `before`, and of one that goes on
   * `again`. The real recorder writes the first of them some minutes earlier.
   */
  note(key: string, now: number): { before?: Counted<E>; again?: Counted<E> } {
    const known = this.#known.get(key);
    if (!known) return {};
    if ((now - known.seen) * this.#speed >= finish) {
      this.#known.delete(key);
      return known.count > known.written.count ? { before: known } : {};
    }
    known.count += 1;
    known.seen = now;
    // The second one is told at once, those after it are only counted.
    if (known.count > 2 && (now - known.written.at) * this.#speed < refresh) return {};
    known.written = { count: known.count, at: now };
    return { again: known };
  }

  /** Notes the first one. */
  begin(key: string, event: E, now: number): void {
    this.#known.set(key, { event, count: 1, seen: now, written: { count: 1, at: now } });
    const [oldest] = this.#known.keys();
    if (this.#known.size > memory) this.#known.delete(oldest!);
  }
}
