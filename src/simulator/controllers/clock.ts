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

  /** Takes off all alarms that are set; each with its time. */
  takeAll(): { at: number; run: () => void }[] {
    const alarms = this.#alarms.splice(0).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    return alarms.flatMap(({ at, run }) => (run ? [{ at, run }] : []));
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

/**
 * A clock that begins in the past: what is due is run as fast as it goes, each thing at its time, until the present is
 * reached. From then on it is the clock that it was given.
 */
export class PastClock implements Clock {
  readonly #present: Clock;
  #past: ManualClock | undefined;

  /** Begins `ms` before what `present` tells. */
  constructor(present: Clock, ms: number) {
    this.#present = present;
    this.#past = new ManualClock(present.now() - ms);
  }

  /** Whether the present is yet to be reached. */
  get isPast(): boolean {
    return this.#past !== undefined;
  }

  now(): number {
    return (this.#past ?? this.#present).now();
  }

  after(ms: number, run: () => void): () => void {
    if (!this.#past) return this.#present.after(ms, run);
    let callOff: (() => void) | undefined;
    let isOff = false;
    // Still set in the end, it goes on at the other clock; whoever called it off beforehand is not to be disappointed.
    const move = () => {
      if (isOff) return;
      if (this.#past) run();
      else callOff = this.#present.after(at - this.#present.now(), run);
    };
    const at = this.#past.now() + Math.max(0, ms);
    const first = this.#past.after(ms, move);
    return () => {
      isOff = true;
      first();
      callOff?.();
    };
  }

  /** Lives through the past; `settle` resolves when nothing more is to be done at a moment of it. */
  async catchUp(settle: () => Promise<void>): Promise<void> {
    const past = this.#past;
    if (!past) return;
    await settle();
    while (past.step(this.#present.now())) await settle();
    this.#past = undefined;
    for (const { run } of past.takeAll()) run();
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
