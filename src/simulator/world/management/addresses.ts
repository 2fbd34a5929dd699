/**
 * Endpoints and EndpointSlices of the management cluster, as its controllers have kept them since its Services were made. They
 * are told when somebody reads them, until somebody writes and those controllers take over.
 */

import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { lastingAddressesOf } from '../../controllers/kubernetes/endpoints.ts';
import type { WorkPod, WorkService } from '../../controllers/kubernetes/shapes.ts';
import { Random } from '../../controllers/random.ts';
import type { Node } from '../../controllers/shapes/core.ts';

/** What is to be loaded: of each Service that chooses Pods, where that is not told as it is. */
export function toldAddresses(api: Api): KubeObject[] {
  const pods = api.all({ apiVersion: 'v1', kind: 'Pod' }) as unknown as WorkPod[];
  const nodes = api.all({ apiVersion: 'v1', kind: 'Node' }) as unknown as Node[];
  const slices = api.all({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' });
  return api.all({ apiVersion: 'v1', kind: 'Service' }).flatMap((service) => {
    const { spec, metadata } = service as unknown as WorkService;
    if (Object.keys(spec?.selector ?? {}).length === 0) return [];
    const random = new Random('addresses', metadata.uid ?? '');
    const first = `${metadata.name}-${random.suffix()}`;
    const last = slices.find((slice) => slice.metadata.ownerReferences?.[0]?.uid === metadata.uid)?.metadata.name;
    const called = last ?? first;
    const made = lastingAddressesOf(service as unknown as WorkService, pods, called, nodes);
    return [made.whole, made.slice].flatMap((one) => {
      const object = one as unknown as KubeObject;
      const known = api.find(object);
      if (known && contentOf(known) === contentOf(object)) return [];
      const { uid = random.uuid(), creationTimestamp = metadata.creationTimestamp } = known?.metadata ?? {};
      const born = { ...object.metadata, uid, creationTimestamp };
      return [{ ...object, metadata: { ...born, ...(object.kind === 'EndpointSlice' ? { generation: 1 } : {}) } }];
    });
  });
}

/** What the slice of a Service is called where it has had none. */
export const sliceName = ({ name, uid = '' }: KubeObject['metadata']): string =>
  `${name}-${new Random('addresses', uid).suffix()}`;

const contentOf = ({ metadata, subsets, endpoints, ports }: KubeObject): string =>
  JSON.stringify([Object.entries(metadata.labels ?? {}).sort(), subsets, endpoints, ports]);
