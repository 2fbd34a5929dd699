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
  run: () => void;
}

/** A clock that stands still until it is told to move: for tests, and for replaying a story at any pace. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #alarms = new Set<Alarm>();

  /** `start` is Unix time in milliseconds. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
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
    this.#alarms.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.run();
    return true;
  }

  #first(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (!first || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order)) first = alarm;
    }
    return first;
  }
}
