/** What a view has put into its cluster's API, and where that is. */

import type { KubeObject } from '../api/types.ts';
import { ownershipOf } from '../world/ownership.ts';
import { workloadResources } from './kinds.ts';
import { isRuled } from './system.ts';

/** An object as it was told. */
export interface Made {
  /** As JSON, to see whether the next is another one. */
  text: string;
  object: KubeObject;
  /** Of what owns Pods its template, as JSON. */
  template?: string | undefined;
  /** Whether Kubernetes' own controllers keep it, once they are there. */
  ruled: boolean;
}

/** Notes an object. */
export function madeOf(object: KubeObject): Made {
  const isOwner = object.kind === 'Deployment' || object.kind === 'DaemonSet';
  const template = isOwner ? JSON.stringify(object.spec?.['template']) : undefined;
  return { text: JSON.stringify(object), object, template, ruled: isRuled(object) };
}

const plurals = new Map(workloadResources.map(({ kind, plural }) => [kind, plural]));

/** Where an object is in its cluster's API. */
export function pathOfObject({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const space = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${space}/${plurals.get(kind)}/${encodeURIComponent(metadata.name)}`;
}

/** Whether it is a Pod of a Deployment. */
export const isOfSet = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Pod' && metadata.ownerReferences?.[0]?.kind === 'ReplicaSet';

const pods = workloadResources.find(({ kind }) => kind === 'Pod')!;
const ownership = ownershipOf();

/** A Pod that says who has written it. */
export const signed = (pod: KubeObject): KubeObject => ({
  ...pod,
  metadata: { ...pod.metadata, managedFields: ownership(pods, pod) },
});
