/** Where the cluster is reached, and its networks. */
import { ENDPOINTS } from '../answers.ts';
import { at } from '../values.ts';
import { addressOffers, networkOffers } from './offers.ts';
import { PLANE, plain, type Question } from './question.ts';

export const NETWORK: readonly Question[] = [
  {
    path: 'endpoint.type',
    title: 'Who balances the control plane',
    about:
      'Internal: a virtual address moved by keepalived on the control plane (alive). External: a balancer of yours.',
    kind: 'choice',
    choices: ENDPOINTS,
    initial: 'Internal',
    parts: PLANE,
  },
  {
    path: 'endpoint.host',
    placeholder: '<control-plane-vip>',
    title: 'Address of the control plane',
    about:
      "Internal: a free address in the Layer-2 network of the control plane's hosts. External: your balancer's address or name.",
    kind: 'text',
    parts: PLANE,
    example: '10.20.1.200',
    offers: addressOffers,
    chosen: true,
  },
  {
    path: 'endpoint.port',
    placeholder: '<control-plane-port>',
    title: 'Port of the control plane',
    about: 'Usually 6443.',
    kind: 'integer',
    initial: 6443,
    parts: PLANE,
  },
  {
    path: 'endpoint.vrid',
    placeholder: '<vrid>',
    title: 'Virtual router id',
    about:
      'Internal only: 0 to 255, unique in the Layer-2 network. Another cluster with the same one takes the address away.',
    kind: 'integer',
    optional: true,
    parts: PLANE,
    offers: ({ clusters }, draft) => {
      if (!clusters || at(draft, 'endpoint', 'type') === 'External') return [];
      const taken = new Set(clusters.map(({ vrid }) => vrid));
      // 51 is keepalived's own example, and so the likeliest to be somebody's outside of Kubernetes.
      const free = Array.from({ length: 255 }, (_, n) => n + 1).find((n) => n !== 51 && !taken.has(n));
      return plain(free === undefined ? undefined : String(free));
    },
    example: '60',
  },
  {
    path: 'networks.pods',
    placeholder: '<pods-cidr>',
    title: 'Network of the pods',
    about: 'Overlaps neither the hosts, nor the services, nor any other cluster.',
    kind: 'text',
    parts: PLANE,
    example: '10.3.0.0/16',
    offers: (known, draft) => networkOffers('pods', known, draft),
    chosen: true,
  },
  {
    path: 'networks.services',
    placeholder: '<services-cidr>',
    title: 'Network of the services',
    about: 'As above.',
    kind: 'text',
    parts: PLANE,
    example: '10.4.0.0/16',
    offers: (known, draft) => networkOffers('services', known, draft),
    chosen: true,
  },
  {
    path: 'networks.join',
    placeholder: '<kube-ovn-join-cidr>',
    title: 'Join network of Kube-OVN',
    about: 'Between the nodes; a /16 that overlaps nothing else.',
    kind: 'text',
    parts: PLANE,
    example: '100.64.0.0/16',
    offers: (known, draft) => networkOffers('join', known, draft),
    chosen: true,
  },
  {
    path: 'networks.hosts',
    title: 'Networks of the hosts',
    about: 'Checked against the networks above, beside what the hosts were seen with. May stay empty.',
    kind: 'list',
    initial: [],
    parts: PLANE,
    example: '10.20.1.0/24',
  },
];
