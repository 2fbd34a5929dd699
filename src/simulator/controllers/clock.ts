/** Where the simulator takes time from: the wall, or a test that moves it. */

/** A clock. `now` is Unix time in milliseconds. */
export interface Clock {
  now(): number;
  /** Runs `run` once, `ms` from now; the answer calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** The wall clock. Its timers do not keep the process alive. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, Math.ceil(ms)), 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  at: number;
  order: number;
  /** Taken away when it is called off: it then lies in the heap until its time comes. */
  run: (() => void) | undefined;
}

/** A clock that stands still until it is told to move: for tests, and for replaying a story at any pace. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap, the next alarm first: a large fleet has one or more for each host. */
  #alarms: Alarm[] = [];

  /** `start` is Unix time in milliseconds. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#push(alarm);
    return () => {
      alarm.run = undefined;
    };
  }

  /** Unix time of the next alarm, if one is set. */
  next(): number | undefined {
    return this.#first()?.at;
  }

  /** Moves to the next alarm and runs it; false where none is set up to `limit` (Unix time, ms), and then moves there. */
  step(limit = Number.POSITIVE_INFINITY): boolean {
    const first = this.#first();
    if (first === undefined || first.at > limit) {
      if (Number.isFinite(limit)) this.#now = Math.max(this.#now, limit);
      return false;
    }
    this.#pop();
    this.#now = Math.max(this.#now, first.at);
    first.run?.();
    return true;
  }

  /** The next alarm that has not been called off. */
  #first(): Alarm | undefined {
    while (this.#alarms[0] && !this.#alarms[0].run) this.#pop();
    return this.#alarms[0];
  }

  #push(alarm: Alarm): void {
    const heap = this.#alarms;
    let at = heap.push(alarm) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(alarm, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = alarm;
  }

  #pop(): void {
    const heap = this.#alarms;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
