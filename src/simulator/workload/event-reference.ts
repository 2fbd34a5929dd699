/** Which state of an object an Event that is derived is about: whoever records one gives the version that it has before it. */

import type { Api } from '../api/api.ts';
import { isRecord, type KubeObject } from '../api/types.ts';

/**
 * An Event with the version of what it is about. Of Nodes kubelets and their controller give none, and of what comes from a file
 * there is none. Source: client-go, tools/reference.
 */
export function referring(event: KubeObject, api: Pick<Api, 'find' | 'revisionOf'>): KubeObject {
  const involved = event['involvedObject'];
  if (!isRecord(involved) || involved['resourceVersion'] !== undefined) return event;
  const { apiVersion = '', kind = '', name = '', namespace = '', uid = '' } = involved as Record<string, string>;
  // A file is known by its digest, which is no UUID.
  if (kind === 'Node' || !uid.includes('-')) return event;
  const object = { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
  const at = Date.parse(String(event['eventTime'] ?? event['firstTimestamp']));
  const most = Math.max(1, api.revisionOf(object, at) - 1);
  const found = api.find(object)?.metadata;
  const own = found?.uid === uid ? Number(found.resourceVersion) : Number.NaN;
  return { ...event, involvedObject: { ...involved, resourceVersion: String(own <= most ? own : most) } };
}
