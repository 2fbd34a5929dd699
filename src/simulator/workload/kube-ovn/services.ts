/** The Services before Kube-OVN's programs. Source: the templates of kubeovn/kube-ovn, charts/kube-ovn. */

import type { KubeObject } from '../../api/types.ts';
import { podAddress } from '../../controllers/kubernetes/pod-address.ts';

const SERVICES: readonly (readonly [name: string, app: string, port: number, leader?: string])[] = [
  ['kube-ovn-cni', 'kube-ovn-cni', 10_665],
  ['kube-ovn-controller', 'kube-ovn-controller', 10_660],
  ['kube-ovn-monitor', 'kube-ovn-monitor', 10_661],
  ['kube-ovn-pinger', 'kube-ovn-pinger', 8080],
  ['ovn-nb', 'ovn-central', 6641, 'ovn-nb-leader'],
  ['ovn-northd', 'ovn-central', 6643, 'ovn-northd-leader'],
  ['ovn-sb', 'ovn-central', 6642, 'ovn-sb-leader'],
];

/** What the Pod of ovn-central is labelled with that leads. */
export const leads: Readonly<Record<string, string>> = Object.fromEntries(
  SERVICES.flatMap(([, , , leader]) => (leader ? [[leader, 'true']] : [])),
);

/** All of them, in a network of Services as a CIDR, made by `make`. */
export const ovnServices = (network: string, make: (name: string, body: object) => KubeObject): KubeObject[] =>
  SERVICES.map(([name, app, port, leader]) => {
    const ports = [{ name: leader ? name : 'metrics', port, protocol: 'TCP', targetPort: port }];
    const selector = { app, ...(leader ? { [leader]: 'true' } : {}) };
    const clusterIP = podAddress(network, `${network}/service/${name}`);
    const own = clusterIP ? { clusterIP, clusterIPs: [clusterIP] } : {};
    const made = make(name, { spec: { type: 'ClusterIP', ...own, ports, selector } });
    return leader ? made : { ...made, metadata: { ...made.metadata, labels: { app } } };
  });
