/** Gives objects what only an API server gives them: identity, birth and generation. Deterministic for a seed. */

import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { Random } from '../controllers/random.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';

/** Stamps the objects of one seeded world. */
export class Stamp {
  readonly seed: string;
  readonly namespace: string;
  /** Whose words and marks the objects carry. */
  readonly clusterApi: ClusterApiVersion;

  constructor(seed: string, namespace: string, clusterApi: ClusterApiVersion = 'v1beta1') {
    this.seed = seed;
    this.namespace = namespace;
    this.clusterApi = clusterApi;
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
}
