/** The network of Services and who has which address of it, as servers tell since 1.33. Source: k8s.io/kubernetes/pkg/registry/core/service/ipallocator. */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';
import { make as makeObject } from './system.ts';

const make = (kind: string, name: string, born: string, rest: object): KubeObject =>
  makeObject('networking.k8s.io/v1', kind, '', name, born, rest);

/** All of them; `cidr`: the network, `born`: since when its server tells of them. */
export function serviceAddresses(api: Api, cidr: string, born: string): KubeObject[] {
  const ready = { lastTransitionTime: born, message: 'Kubernetes Service CIDR is ready', reason: '', status: 'True' };
  const whole = make('ServiceCIDR', 'kubernetes', born, {
    spec: { cidrs: [cidr] },
    status: { conditions: [{ ...ready, type: 'Ready' }] },
  });
  const range = { ...whole, metadata: { ...whole.metadata, finalizers: ['networking.k8s.io/service-cidr-finalizer'] } };
  const addresses = api.all({ apiVersion: 'v1', kind: 'Service' }).flatMap(({ metadata, spec }) => {
    const address = spec?.['clusterIP'];
    if (typeof address !== 'string' || address === '' || address === 'None') return [];
    const parentRef = { group: '', name: metadata.name, namespace: metadata.namespace, resource: 'services' };
    const made = metadata.creationTimestamp ?? born;
    const one = make('IPAddress', address, made > born ? made : born, { spec: { parentRef } });
    const labels = {
      'ipaddress.kubernetes.io/ip-family': 'IPv4',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    };
    return [{ ...one, metadata: { ...one.metadata, labels } }];
  });
  return [range, ...addresses].map((one) => ({ ...one, metadata: { ...one.metadata, generation: 1 } }));
}
