/** Who of several ovn-central leads: their leader checker notes it on its Pod, by which Services find it. */

import type { Transport } from '../../../kube/types.ts';
import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { isTrue } from '../../controllers/conditions.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { leads } from './services.ts';

const isReady = ({ status, metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp === undefined && isTrue(status?.['conditions'] as Condition[] | undefined, 'Ready');

/** The Pod that takes over, where none leads that is ready: the one that has been there longest. */
export function nextLeader(pods: readonly KubeObject[]): KubeObject | undefined {
  const [key = ''] = Object.keys(leads);
  const able = pods.filter(({ metadata }) => metadata.labels?.['app'] === 'ovn-central').filter(isReady);
  if (able.some(({ metadata }) => metadata.labels?.[key] === 'true')) return undefined;
  const born = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  return able.sort((a, b) => (born(a) < born(b) ? -1 : 1))[0];
}

/**
 * Lets a Pod of ovn-central lead where none does, and says whether it has done so. What somebody else changed meanwhile is
 * looked at again later.
 */
export async function leadOvn(api: Api, transport: Transport): Promise<boolean> {
  const next = nextLeader(api.all({ apiVersion: 'v1', kind: 'Pod' }));
  if (!next) return false;
  const path = `/api/v1/namespaces/${next.metadata.namespace}/pods/${encodeURIComponent(next.metadata.name)}`;
  const contentType = 'application/merge-patch+json';
  const body = { metadata: { labels: leads } };
  return transport.json({ method: 'PATCH', path, contentType, body }).then(
    () => true,
    () => false,
  );
}
