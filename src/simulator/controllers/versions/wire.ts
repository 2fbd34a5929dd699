/**
 * How objects look on the wire. Controllers know one shape, that of v1beta1; where a server serves Cluster API's v1beta2,
 * what they read is brought into it, and what they write out of it.
 */

import type { ClusterApiVersion, Kind } from '../kinds.ts';
import type { KubeObject } from '../shapes/meta.ts';
import type { Wire } from './contract.ts';
import type { Json } from './json-fields.ts';
import { v1beta2 } from './v1beta2.ts';

/** The wire of a server of v1beta1: nothing changes. */
const plain: Wire = {
  clusterApi: 'v1beta1',
  served: (kind) => kind,
  decode: <T extends KubeObject>(_kind: Kind<T>, object: unknown) => object as T,
  encode: (_kind, object) => object as unknown as Json,
};

/** The wire of servers that serve this version of Cluster API. */
export function wireOf(clusterApi: ClusterApiVersion): Wire {
  return clusterApi === 'v1beta2' ? v1beta2 : plain;
}
