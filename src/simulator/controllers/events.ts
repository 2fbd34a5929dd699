/** Kubernetes Events, as client-go's recorder writes them: the same one again is counted. The API server expires them. */

import type { Client } from './client.ts';
import type { Clock } from './clock.ts';
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

/** The same Event again within ten minutes is counted; so long it is remembered. */
const repeat = 600_000;

/** Writes Events through a client. */
export class EventRecorder {
  #client: Client;
  #clock: Pick<Clock, 'now'>;
  #random: Random;
  /** By what happened to whom; the one written longest ago first. */
  #written = new Map<string, { event: Event; last: number }>();

  constructor(client: Client, clock: Pick<Clock, 'now'>, random: Random) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
  }

  /** Writes or counts an Event about `object`. A failure is swallowed: an Event is not worth one. */
  async record(object: KubeObject, what: Happening): Promise<void> {
    const now = this.#clock.now();
    for (const [key, { last }] of this.#written) {
      if (now - last < repeat) break;
      this.#written.delete(key);
    }
    const key = [object.metadata.uid, what.type, what.reason, what.message, what.component, what.field].join('\n');
    const known = this.#written.get(key);
    this.#written.delete(key);
    try {
      const event = known ? await this.#count(known.event, now) : await this.#create(object, what, now);
      this.#written.set(key, { event, last: now });
    } catch {
      // It will be written anew next time.
    }
  }

  #count(event: Event, now: number): Promise<Event> {
    return this.#client.change(kinds.Event, event, (draft) => {
      draft.lastTimestamp = timestamp(now);
      draft.count++;
    });
  }

  #create(object: KubeObject, what: Happening, now: number): Promise<Event> {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const { apiVersion, kind } = object;
    return this.#client.create(kinds.Event, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${this.#random.hex(16)}` },
      involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion, fieldPath: what.field },
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
    });
  }
}
