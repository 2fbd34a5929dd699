/** What every namespace is given, and gets again when somebody takes it away. */

import type { Api } from '../../api/api.ts';
import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';
import { givenToNamespaces } from './basics.ts';
import type { Make } from './cluster.ts';

/** The gifts of one cluster to its namespaces. */
export class Given {
  readonly #api: Api;
  readonly #make: Make;
  /** Unix time in ms. */
  readonly #now: () => number;
  /** The identities of those that were given once: what comes again is another. */
  readonly #known = new Set<string>();
  /** The authority of the server, in PEM, once it serves. */
  ca: string | undefined;

  constructor(api: Api, make: Make, now: () => number) {
    this.#api = api;
    this.#make = make;
    this.#now = now;
  }

  /** Gives each namespace that stays what it lacks. */
  give(): void {
    const spaces = this.#api.namespaces().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const missing = givenToNamespaces(this.#make, spaces, this.ca).filter((object) => !this.#api.has(object));
    if (missing.length === 0) return;
    const now = this.#now();
    const made = missing.map((object) => {
      const key = object.metadata.uid ?? '';
      if (!this.#known.has(key)) return object;
      const uid = new Random('again', key, String(now)).uuid();
      return { ...object, metadata: { ...object.metadata, creationTimestamp: timestamp(now), uid } };
    });
    for (const { metadata } of missing) this.#known.add(metadata.uid ?? '');
    this.#api.load(made);
  }
}
