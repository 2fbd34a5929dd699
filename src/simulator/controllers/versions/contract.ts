/** What a conversion between versions is. */

import type { ClusterApiVersion, Kind } from '../kinds.ts';
import type { KubeObject } from '../shapes/meta.ts';
import type { Json } from './json-fields.ts';

/** The two parts of an object that differ between versions. */
export interface Parts {
  spec?: Json | undefined;
  status?: Json | undefined;
}

/** A kind's two shapes: `decode` leads from v1beta2 to v1beta1. */
export interface Codec {
  decode(parts: Parts): Parts;
  encode(parts: Parts): Parts;
}

/** How the objects of one version look on the wire. */
export interface Wire {
  readonly clusterApi: ClusterApiVersion;
  /** A kind as the server serves it: for paths. */
  served(kind: Kind): Kind;
  /** An object from the server in the controllers' shape. Its metadata is shared, the rest may be. */
  decode<T extends KubeObject>(kind: Kind<T>, object: unknown): T;
  /** An object of the controllers as the server wants it. What `decode` left out stays out. */
  encode(kind: Kind, object: KubeObject): Json;
}
