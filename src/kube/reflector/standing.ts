import { type Freshness, waitingSince } from '../freshness.ts';
import type { Clock } from './clock.ts';

/** Holds the freshness of one kind and tells of each difference. */
export class Standing {
  readonly #clock: Clock;
  readonly #notify: (freshness: Freshness) => void;
  #current: Freshness;

  constructor(clock: Clock, notify: (freshness: Freshness) => void) {
    this.#clock = clock;
    this.#notify = notify;
    this.#current = waitingSince(clock.now());
  }

  get current(): Freshness {
    return this.#current;
  }

  /** Changes what is named; an undefined value takes the field away. `since` follows the phase. */
  set(patch: Partial<Omit<Freshness, 'since'>>): void {
    const before = this.#current;
    const changed = (Object.keys(patch) as (keyof typeof patch)[]).some((key) => patch[key] !== before[key]);
    if (!changed) return;
    const since = patch.phase !== undefined && patch.phase !== before.phase ? this.#clock.now() : before.since;
    this.#current = { ...before, ...patch, since };
    this.#notify(this.#current);
  }
}
