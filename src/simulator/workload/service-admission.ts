/** The addresses of Services, in the network that a cluster has for them. */

import type { Webhook } from '../api/core.ts';
import { givenAddress } from '../api/kinds/workload-kinds.ts';
import type { KubeObject } from '../api/types.ts';

/** What the server gives where nobody says otherwise: kubeadm's network. */
const usual = '10.96.';

/** An address of kubeadm's network as that of another, a CIDR of 16 bits or fewer: the rest of it is kept. */
export function serviceAddress(address: string, network: string | undefined): string {
  const [, prefix] = /^(\d+\.\d+\.)\d+\.\d+\/\d+$/.exec(network ?? '') ?? [];
  return prefix && address.startsWith(usual) ? `${prefix}${address.slice(usual.length)}` : address;
}

/** Gives Services their addresses, where they have none. `network`: that of the cluster's Services, where it has one of its own. */
export const serviceAdmission = (network: () => string | undefined): Webhook => ({
  ...{ name: 'services.kubernetes.io', group: '', resources: ['services'], operations: ['CREATE', 'UPDATE'] },
  mutate: ({ object, old }) => {
    const address = object?.spec?.['clusterIP'];
    // What somebody asks for is theirs or refused.
    if (!object || typeof address !== 'string' || address !== givenAddress(object.metadata)) return undefined;
    if (old?.spec?.['clusterIP'] === address) return undefined;
    const clusterIP = serviceAddress(address, network());
    if (clusterIP === address) return undefined;
    return { object: { ...object, spec: { ...object.spec, clusterIP, clusterIPs: [clusterIP] } } as KubeObject };
  },
});
