/** What is told of addresses only when somebody reads it, by name and age: where it will be among what is there from the start. */

import type { KubeObject } from '../api/types.ts';
import { sliceName } from './management/addresses.ts';

const named = (apiVersion: string, kind: string, metadata: KubeObject['metadata']): KubeObject => ({
  ...{ apiVersion, kind, metadata },
});

/**
 * Endpoints and slices of these Services, and IPs of these Pods, with nothing but names and times; `since`: when the network was there, as
 * Kubernetes writes it.
 */
export function addressesToCome(objects: readonly KubeObject[], since = ''): KubeObject[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const { name, namespace = '', creationTimestamp } = metadata;
    const space = { namespace, creationTimestamp };
    if (kind === 'Service' && spec?.['selector'] !== undefined) {
      const slice = named('discovery.k8s.io/v1', 'EndpointSlice', { ...space, name: sliceName(metadata) });
      return [named('v1', 'Endpoints', { ...space, name }), slice];
    }
    if (kind !== 'Pod' || !metadata.annotations?.['ovn.kubernetes.io/ip_address']) return [];
    const came = (creationTimestamp ?? '') > since ? creationTimestamp : since;
    return [named('kubeovn.io/v1', 'IP', { name: `${name}.${namespace}`, creationTimestamp: came })];
  });
}
