/** What is listed and watched, what comes out of it, and the requests for it. */
import type { KubeRequest } from '../types.ts';

/** One kind as it is served: where it is, and how an object of the API becomes one of ours. */
export interface Source<T> {
  /** What the kind is called in messages and in the freshness table. */
  kind: string;
  /** The list path, namespace included, without query. */
  path: string;
  query?: Readonly<{ fieldSelector?: string; labelSelector?: string }>;
  /** Ask for `metadata` alone: neither `spec` nor the data of a Secret ever enters the process. */
  metadataOnly?: boolean;
  /** `project` reads `metadata.managedFields`; else they are not even parsed. */
  managedFields?: boolean;
  /**
   * Makes our object of the API's. Undefined leaves the object out. May throw on a hostile object: that object is then
   * reported as broken, and the others go on. The raw object is dropped afterwards.
   */
  project(raw: unknown): T | undefined;
  /** Hold at most this many objects, those with the newest resourceVersion. */
  cap?: number;
}

/** Which object, at which state. An object without uid has a made-up one, from its name. */
export interface ItemRef {
  uid: string;
  name: string;
  namespace?: string;
  resourceVersion: string;
}

/** One difference between what was held and what the server has. */
export type Change<T> =
  | { type: 'set'; uid: string; name: string; object: T }
  | { type: 'delete'; uid: string; name: string };

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA_ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** One page of the list. `revision` undefined asks for the newest state, read from etcd ("quorum"). */
export function listRequest(
  source: Source<unknown>,
  page: { revision?: string; limit?: number; continue?: string },
): KubeRequest {
  return {
    path: source.path,
    accept: source.metadataOnly ? METADATA_LIST : undefined,
    query: {
      ...source.query,
      limit: page.limit,
      continue: page.continue,
      // A continue token carries its own revision; a server refuses both together.
      resourceVersion: page.continue === undefined ? page.revision : undefined,
    },
  };
}

/**
 * The cheapest list there is: one item, metadata alone, newest state. Its `remainingItemCount` says how many there are,
 * and its resourceVersion where the server stands. (With `resourceVersion=0` servers before 1.33 ignore the limit.)
 */
export function peekRequest(source: Source<unknown>): KubeRequest {
  // Who cannot send metadata alone sends the object; of a Secret that must not come.
  const accept = source.metadataOnly ? METADATA_LIST : `${METADATA_LIST},application/json`;
  return { path: source.path, accept, query: { ...source.query, limit: 1 } };
}

/** A watch. With `initial` (WatchList) the state at its beginning comes as events, closed by a marked bookmark. */
export function watchRequest(
  source: Source<unknown>,
  watch: { revision?: string; timeoutSeconds: number; initial?: boolean },
): KubeRequest {
  return {
    path: source.path,
    accept: source.metadataOnly ? METADATA_ONE : undefined,
    query: {
      ...source.query,
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: watch.timeoutSeconds,
      resourceVersion: watch.revision,
      sendInitialEvents: watch.initial ? true : undefined,
      resourceVersionMatch: watch.initial ? 'NotOlderThan' : undefined,
    },
  };
}
