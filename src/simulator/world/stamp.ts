/**
 * Gives objects what only an API server gives them: identity, birth and generation; and notes who wrote to them later.
 * Deterministic for a seed.
 */

import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { Random } from '../controllers/random.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';

/** What is known of writes to objects, other than to their status, after they were made; objects by their uid. */
export interface Writes {
  /** When the last one was, Unix time in ms. */
  last(uid: string): number | undefined;
  /** The last one of each writer, Unix times in ms. */
  by(uid: string): Readonly<Record<string, number>> | undefined;
}

/** Writes as they are noted: a large world begins with a hundred thousand, and few of them are ever asked for by writer. */
export class Noted implements Writes {
  readonly #last = new Map<string, number>();
  /** Those that nobody has asked for yet: lists, because a map of maps of all of them takes its time and room. */
  #uids: string[] = [];
  #writers: string[] = [];
  #times: number[] = [];
  readonly #by = new Map<string, Record<string, number>>();

  note(uid: string, writer: string, at: number): void {
    const known = this.#last.get(uid);
    if (known === undefined || known < at) this.#last.set(uid, at);
    this.#uids.push(uid);
    this.#writers.push(writer);
    this.#times.push(at);
  }

  last(uid: string): number | undefined {
    return this.#last.get(uid);
  }

  by(uid: string): Readonly<Record<string, number>> | undefined {
    this.#sort();
    return this.#by.get(uid);
  }

  /** Those noted since the last question take their places among those before. */
  #sort(): void {
    for (const [place, uid] of this.#uids.entries()) {
      const writer = this.#writers[place]!;
      const at = this.#times[place]!;
      const known = this.#by.get(uid);
      if (!known) this.#by.set(uid, { [writer]: at });
      else known[writer] = Math.max(known[writer] ?? 0, at);
    }
    if (this.#uids.length > 0) [this.#uids, this.#writers, this.#times] = [[], [], []];
  }
}

/** Stamps the objects of one seeded world. */
export class Stamp {
  readonly seed: string;
  readonly namespace: string;
  /** Whose words and marks the objects carry. */
  readonly clusterApi: ClusterApiVersion;
  readonly #writes = new Noted();

  constructor(seed: string, namespace: string, clusterApi: ClusterApiVersion = 'v1beta1') {
    this.seed = seed;
    this.namespace = namespace;
    this.clusterApi = clusterApi;
  }

  get writes(): Noted {
    return this.#writes;
  }

  /** Completes `object` in place, born at Unix time `at` in ms. What only says something, and wants nothing, has no generation. */
  born<T extends KubeObject>(object: T, at: number, generation = 1): T {
    const { metadata, kind } = object;
    const cluster = kind === 'Node';
    object.metadata = {
      ...metadata,
      ...(cluster ? {} : { namespace: this.namespace }),
      uid: new Random(this.seed, 'uid', kind, metadata.name).uuid(),
      creationTimestamp: timestamp(at),
      ...(/^(v1|rbac\..*)$/.test(object.apiVersion) ? {} : { generation }),
    };
    return object;
  }

  /** Notes that `writer` has written to an object, born already, at Unix time `at` in ms; the latest time is kept. */
  wrote({ metadata: { uid = '' } }: KubeObject, writer: string, at: number): void {
    this.#writes.note(uid, writer, at);
  }
}
