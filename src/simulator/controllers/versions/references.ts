/** References between objects in both versions of Cluster API. */

import { every, isJson, type Json } from './json-fields.ts';

const clusterApiGroup = /^((?:bootstrap\.|controlplane\.)?cluster\.x-k8s\.io)\/v1beta[12]$/;

/** An apiVersion with that of Cluster API's own groups exchanged. */
export function inVersion(apiVersion: unknown, version: 'v1beta1' | 'v1beta2'): unknown {
  return typeof apiVersion === 'string' ? apiVersion.replace(clusterApiGroup, `$1/${version}`) : apiVersion;
}

/** Whether an apiVersion is one of Cluster API's own groups. */
export function isClusterApi(apiVersion: string): boolean {
  return clusterApiGroup.test(apiVersion);
}

/** Metadata whose owners of Cluster API's groups are named in this version. */
export function ownersIn(metadata: unknown, version: 'v1beta1' | 'v1beta2'): unknown {
  if (!isJson(metadata) || !Array.isArray(metadata['ownerReferences'])) return metadata;
  const owners = metadata['ownerReferences'].map((owner: unknown) =>
    isJson(owner) ? { ...owner, apiVersion: inVersion(owner['apiVersion'], version) } : owner,
  );
  return { ...metadata, ownerReferences: owners };
}

/** `{apiGroup, kind, name}` as an ObjectReference. Every group involved here has a v1beta1. */
export function decodeReference(reference: unknown): unknown {
  if (!isJson(reference)) return reference;
  const { apiGroup, kind, name } = reference;
  return every({ apiVersion: apiGroup === undefined ? undefined : `${String(apiGroup)}/v1beta1`, kind, name });
}

/** An ObjectReference as `{apiGroup, kind, name}`. */
export function encodeReference(reference: unknown): Json | undefined {
  if (!isJson(reference)) return undefined;
  const { apiVersion, kind, name } = reference;
  const apiGroup = typeof apiVersion === 'string' ? apiVersion.split('/')[0] : undefined;
  return every({ apiGroup, kind, name });
}
