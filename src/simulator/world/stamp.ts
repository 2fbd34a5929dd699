/**
 * Gives objects what only an API server gives them: identity, birth and generation; and notes who wrote to them later.
 * Deterministic for a seed.
 */

import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { Random } from '../controllers/random.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';

/** Who wrote last to an object, other than its status, after it was made: Unix times in ms by writer; by the object's uid. */
export type Writes = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Stamps the objects of one seeded world. */
export class Stamp {
  readonly seed: string;
  readonly namespace: string;
  /** Whose words and marks the objects carry. */
  readonly clusterApi: ClusterApiVersion;
  readonly #writes = new Map<string, Record<string, number>>();

  constructor(seed: string, namespace: string, clusterApi: ClusterApiVersion = 'v1beta1') {
    this.seed = seed;
    this.namespace = namespace;
    this.clusterApi = clusterApi;
  }

  get writes(): Writes {
    return this.#writes;
  }

  /** Completes `object` in place, born at Unix time `at` in ms. Kinds of the core group have no generation. */
  born<T extends KubeObject>(object: T, at: number, generation = 1): T {
    const { metadata, kind } = object;
    const cluster = kind === 'Node';
    object.metadata = {
      ...metadata,
      ...(cluster ? {} : { namespace: this.namespace }),
      uid: new Random(this.seed, 'uid', kind, metadata.name).uuid(),
      creationTimestamp: timestamp(at),
      ...(object.apiVersion === 'v1' ? {} : { generation }),
    };
    return object;
  }

  /** Notes that `writer` has written to an object, born already, at Unix time `at` in ms; the latest time is kept. */
  wrote({ metadata: { uid = '' } }: KubeObject, writer: string, at: number): void {
    const known = this.#writes.get(uid);
    if (!known) this.#writes.set(uid, { [writer]: at });
    else known[writer] = Math.max(known[writer] ?? 0, at);
  }
}
