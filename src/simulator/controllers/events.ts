/** Kubernetes Events, as client-go's two recorders write them. The API server expires them. */

import { type Client, isNotFound } from './client.ts';
import type { Clock } from './clock.ts';
import { type Correlated, EventCorrelator } from './event-correlator.ts';
import { type Counted, EventSeries } from './event-series.ts';
import { kinds } from './kinds.ts';
import type { Random } from './random.ts';
import type { Event } from './shapes/core.ts';
import type { KubeObject, ObjectReference } from './shapes/meta.ts';
import { timestamp } from './time.ts';

export interface Happening {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  /** The Node on which it happened. */
  host?: string;
  /** The part that it is about: `spec.containers{web}`. */
  field?: string;
  /** What was done as it happened: only programs that tell in the newer way, that of events.k8s.io, say that. */
  action?: string;
  /** Whom it is about too, in the newer way. */
  related?: KubeObject;
  /** Which of its processes tells it: none goes on with what another has told. */
  process?: string;
}

/** Written Events are remembered as long as their counts are; of an older one the server is asked. */
const memory = 4096;

/** Writes Events through a client, as one program does. */
export class EventRecorder {
  #client: Client;
  #clock: Pick<Clock, 'now'>;
  #random: Random;
  #speed: number;
  #correlator = new EventCorrelator();
  /** The last nanosecond that named an Event: later ones have later names. */
  #last = 0n;
  /** By the correlator's key; the one written longest ago first. */
  #written = new Map<string, Event>();
  #series: EventSeries<Event>;

  /** `speed` is how many times faster than the clock the time of the controllers passes; 1 where left out. */
  constructor(client: Client, clock: Pick<Clock, 'now'>, random: Random, speed = 1) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
    this.#speed = speed;
    this.#series = new EventSeries(speed);
  }

  /** Writes or counts an Event about `object`. A failure is swallowed: an Event is not worth one. */
  async record(object: KubeObject, what: Happening): Promise<void> {
    const { kind, metadata } = object;
    const about = [kind, metadata.namespace, metadata.name, metadata.uid].join('/');
    const now = this.#clock.now();
    if (what.action !== undefined) return this.#recordNewer(object, what, now);
    const correlated = this.#correlator.correlate({ ...what, about }, now * this.#speed);
    if (!correlated) return;
    try {
      const event = await this.#write(object, what, correlated, now);
      this.#written.delete(correlated.key);
      this.#written.set(correlated.key, event);
      const [oldest] = this.#written.keys();
      if (this.#written.size > memory) this.#written.delete(oldest!);
    } catch {
      // The next one of its kind will be counted all the same.
    }
  }

  /** The newer recorder neither combines nor cuts short: one that comes again soon begins a series. */
  async #recordNewer(object: KubeObject, what: Happening, now: number): Promise<void> {
    const { type, reason, action, component, host, process, related } = what;
    const whom = [referenceTo(object), related && referenceTo(related)];
    const key = JSON.stringify([component, host, process, type, action, reason, ...whom]);
    const { before, again } = this.#series.note(key, now);
    try {
      for (const due of [before, again]) if (due) due.event = await this.#count(due);
      if (again || this.#series.has(key)) return;
      const event = this.#next(object, what, now);
      this.#series.begin(key, await this.#client.create(kinds.Event, event), now);
    } catch {
      // As above.
    }
  }

  async #count({ event, count, seen }: Counted<Event>): Promise<Event> {
    const series = { count, lastObservedTime: microTime(seen, this.#random.integer(0, 999)) };
    try {
      return await this.#client.change(kinds.Event, event, (draft) => {
        draft.series = series;
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const { name, namespace } = event.metadata;
      return this.#client.create(kinds.Event, { ...event, metadata: { name, namespace }, series });
    }
  }

  #next(object: KubeObject, what: Happening, now: number): Event {
    const event = newEvent(object, what, now, this.#random, this.#last);
    this.#last = nanosecondOf(event);
    return event;
  }

  async #write(object: KubeObject, what: Happening, { key, message, count, combined }: Correlated, now: number) {
    const known = count > 1 ? this.#written.get(key) : undefined;
    if (known) {
      try {
        return await this.#client.change(kinds.Event, known, (draft) => {
          draft.message = message;
          draft.lastTimestamp = timestamp(now);
          draft.count = count;
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    // One that has expired comes back under its name, with its count and its beginning.
    const event = this.#next(object, what, now);
    event.message = message;
    event.count = count;
    if (combined) event.reportingComponent = '';
    if (known) {
      event.metadata.name = known.metadata.name;
      event.firstTimestamp = known.firstTimestamp;
    }
    return this.#client.create(kinds.Event, event);
  }
}

/** An Event about `object` of Unix time `now` in ms, that nobody has counted yet; named after the nanosecond, later than `last`. */
export function newEvent(object: KubeObject, what: Happening, now: number, random: Random, last = 0n): Event {
  const begun = BigInt(Math.floor(now)) * 1_000_000n + BigInt(random.integer(0, 999_999));
  const at = begun > last ? begun : last + BigInt(random.integer(20_000, 90_000));
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${object.metadata.name}.${at.toString(16)}` },
    involvedObject: { ...referenceTo(object), fieldPath: what.field },
    type: what.type,
    reason: what.reason,
    message: what.message,
    reportingComponent: what.component,
    ...(what.action === undefined ? toldOnce(what, now) : toldNewer(what, what.action, at)),
  };
}

/** The nanosecond of Unix time after which an Event is called. */
export const nanosecondOf = ({ metadata: { name } }: Event): bigint =>
  BigInt(`0x${name.slice(name.lastIndexOf('.') + 1)}`);

const toldOnce = ({ component, host }: Happening, now: number) => ({
  source: { component, host },
  firstTimestamp: timestamp(now),
  lastTimestamp: timestamp(now),
  count: 1,
  eventTime: null,
  reportingInstance: host ?? '',
});

/** `at`: Unix time in ns. Source: client-go, tools/events/event_recorder.go and event_broadcaster.go. */
const toldNewer = ({ component, host, related }: Happening, action: string, at: bigint) => ({
  ...{ source: {}, firstTimestamp: null, lastTimestamp: null },
  eventTime: microTime(Number(at / 1_000_000n), Number((at / 1000n) % 1000n)),
  action,
  ...(related ? { related: referenceTo(related) } : {}),
  reportingInstance: host ? `${component}-${host}` : component,
});

/** A time with microseconds as Kubernetes writes it: Unix time in ms, and what there is beyond. */
const microTime = (ms: number, more: number): string =>
  `${new Date(ms).toISOString().slice(0, 23)}${String(more).padStart(3, '0')}Z`;

function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference & { resourceVersion?: string } {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion: apiVersion || undefined, kind, name, namespace, uid, resourceVersion };
}
