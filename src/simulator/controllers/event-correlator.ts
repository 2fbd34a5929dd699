/**
 * What becomes of an Event before it is sent. Source: client-go, tools/record/events_cache.go with its defaults: many
 * similar ones are told as one, the same one again is counted, and who tells too much about one object is cut short.
 * Hand-written: no library does this outside of Go.
 */

/** What an Event is known by. */
export interface Told {
  type: string;
  reason: string;
  message: string;
  component: string;
  host?: string | undefined;
  /** Which of its processes: what one has told, the next does not know. */
  process?: string | undefined;
  /** The part of the object that it is about. */
  field?: string | undefined;
  /** Whom it is about: kind and uid, or what else names it for good. */
  about: string;
}

/** What is to be sent: `key` names the Event that is written on, `count` says which one of its kind it is. */
export interface Correlated {
  key: string;
  message: string;
  count: number;
  /** Whether it stands for several that differ in their words. */
  combined: boolean;
}

/** So many similar Events, each within `interval` of the last one, are told as one. */
const similar = 10;
const interval = 600_000;
/** So many about one object at once, and then one more with every `refill`. */
const burst = 25;
const refill = 300_000;
/** So much is remembered of each kind, whatever was used longest ago is forgotten. */
const memory = 4096;

const prefix = '(combined from similar events): ';

/** A map that forgets what was used longest ago. */
class Recent<T> {
  #entries = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= memory) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest!);
  }
}

/** Remembers what one program has told. */
export class EventCorrelator {
  #groups = new Recent<{ messages: Set<string>; last: number }>();
  #counts = new Recent<number>();
  #allowances = new Recent<{ tokens: number; at: number }>();

  /** What to send of `told` at the time `now` (ms); undefined where it has become too much. */
  correlate(told: Told, now: number): Correlated | undefined {
    const source = [told.component, told.host, told.process, told.about].join('\n');
    const group = [source, told.type, told.reason].join('\n');
    const combined = this.#isCombined(group, told.message, now);
    const key = combined ? group : [group, told.field, told.message].join('\n');
    // Counted even if nothing is sent: the next one that is tells of it.
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (!this.#isAllowed(source, now)) return undefined;
    return { key, message: combined ? prefix + told.message : told.message, count, combined };
  }

  #isCombined(group: string, message: string, now: number): boolean {
    const known = this.#groups.get(group);
    const record = known && now - known.last <= interval ? known : { messages: new Set<string>(), last: now };
    record.messages.add(message);
    record.last = now;
    this.#groups.set(group, record);
    if (record.messages.size < similar) return false;
    // Go forgets any one of them; the last one is the one that changes least.
    record.messages.delete(message);
    return true;
  }

  #isAllowed(source: string, now: number): boolean {
    const { tokens, at } = this.#allowances.get(source) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + (now - at) / refill);
    this.#allowances.set(source, { tokens: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  }
}
