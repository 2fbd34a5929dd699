/** Kubernetes Events, as client-go's recorder writes them. The API server expires them. */

import { type Client, isNotFound } from './client.ts';
import type { Clock } from './clock.ts';
import { type Correlated, EventCorrelator } from './event-correlator.ts';
import { kinds } from './kinds.ts';
import type { Random } from './random.ts';
import type { Event } from './shapes/core.ts';
import type { KubeObject } from './shapes/meta.ts';
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

  /** `speed` is how many times faster than the clock the time of the controllers passes; 1 where left out. */
  constructor(client: Client, clock: Pick<Clock, 'now'>, random: Random, speed = 1) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
    this.#speed = speed;
  }

  /** Writes or counts an Event about `object`. A failure is swallowed: an Event is not worth one. */
  async record(object: KubeObject, what: Happening): Promise<void> {
    const { kind, metadata } = object;
    const about = [kind, metadata.namespace, metadata.name, metadata.uid].join('/');
    const now = this.#clock.now();
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
    const event = newEvent(object, what, now, this.#random, this.#last);
    this.#last = BigInt(`0x${event.metadata.name.slice(event.metadata.name.lastIndexOf('.') + 1)}`);
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
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const { apiVersion, kind } = object;
  const begun = BigInt(Math.floor(now)) * 1_000_000n + BigInt(random.integer(0, 999_999));
  const at = begun > last ? begun : last + BigInt(random.integer(20_000, 90_000));
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${at.toString(16)}` },
    involvedObject: {
      apiVersion: apiVersion || undefined,
      kind,
      name,
      namespace,
      uid,
      resourceVersion,
      fieldPath: what.field,
    },
    type: what.type,
    reason: what.reason,
    message: what.message,
    source: { component: what.component, host: what.host },
    firstTimestamp: timestamp(now),
    lastTimestamp: timestamp(now),
    count: 1,
    eventTime: null,
    reportingComponent: what.component,
    reportingInstance: what.host ?? '',
  };
}
