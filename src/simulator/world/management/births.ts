/** When the parts of the management cluster came about: its first server, the others, and then the platform on them. */

import { ovnGroup } from '../../workload/kube-ovn/kinds.ts';
import { Beginning, stepOf } from '../beginning.ts';

const second = 1000;
const minute = 60 * second;

/** When, in ms after the first server, each Node joined. */
const nodes: Readonly<Record<string, number>> = {
  'global-1': 19 * second,
  'global-2': 6 * minute + 41 * second,
  'global-3': 9 * minute + 13 * second,
};

/** When the platform's charts were installed, in ms after the first server. */
const platform = 72 * minute + 19 * second;

/** How the cluster came about, in ms after its first server answered. */
const beginning = new Beginning({ born: nodes['global-1']!, release: 34 * second, chart: 52 * second });

/** How the management cluster came about, whose first server answered at `since`, Unix time in ms. */
export const managementBeginning = (since: number): Beginning =>
  new Beginning({ born: since + nodes['global-1']!, release: since + 34 * second, chart: since + 52 * second });

/** Within a chart: what comes first, and how long, in ms, it takes to come to a kind. */
const order: Readonly<Record<string, number>> = {
  AppRelease: -4 * second,
  CustomResourceDefinition: 0,
  ServiceAccount: 2 * second,
  ClusterRole: 2 * second,
  ClusterRoleBinding: 2 * second,
  Role: 3 * second,
  RoleBinding: 3 * second,
  Secret: 2 * second,
  Service: 3 * second,
  Deployment: 4 * second,
  ReplicaSet: 4 * second,
  Pod: 4 * second,
  MutatingWebhookConfiguration: 5 * second,
  ValidatingWebhookConfiguration: 5 * second,
  Lease: 23 * second,
};

/** The charts, by what the names of their objects begin with; the longest first. */
const charts = [
  'capi-kubeadm-control-plane',
  'capi-kubeadm-bootstrap',
  'cluster-api-provider-baremetal',
  'elemental',
  'capi',
];
/** The charts whose definitions a group is among. */
const groups: Readonly<Record<string, string>> = {
  'controlplane.cluster.x-k8s.io': 'capi-kubeadm-control-plane',
  'bootstrap.cluster.x-k8s.io': 'capi-kubeadm-bootstrap',
  'infrastructure.cluster.x-k8s.io': 'cluster-api-provider-baremetal',
  'elemental.cattle.io': 'elemental',
};

/** How long after its first server, in ms, an object of the management cluster was made. */
export function bornAfter(kind: string, namespace: string, name: string): number {
  if (kind === 'Node') return nodes[name] ?? 0;
  const ofChart =
    kind === 'CustomResourceDefinition' ||
    kind.endsWith('WebhookConfiguration') ||
    (namespace === 'cpaas-system' && !/^(default|kube-root-ca\.crt)$/.test(name)) ||
    (kind.startsWith('ClusterRole') && charts.some((one) => name.startsWith(one)));
  if (ofChart && order[kind] !== undefined) {
    const group = name.replace(/^[^.]*\./, '');
    // The network was there before the platform.
    if (kind === 'CustomResourceDefinition' && group === ovnGroup) return beginning.at('definitions');
    const chart =
      kind === 'CustomResourceDefinition' ? (groups[group] ?? 'capi') : charts.find((one) => name.startsWith(one));
    return platform + (charts.length - 1 - charts.indexOf(chart ?? 'capi')) * 21 * second + order[kind];
  }
  if (kind === 'Lease' && nodes[name] !== undefined) return nodes[name];
  // What comes with the charts' definitions is registered when they are.
  if (kind === 'APIService' && isOfChart(name)) {
    return bornAfter('CustomResourceDefinition', '', name.replace(/^[^.]*\./, 'all.'));
  }
  return beginning.at(stepOf({ kind, metadata: { namespace, name } }) ?? 'sets');
}

const isOfChart = (name: string): boolean => /(cluster\.x-k8s\.io|elemental\.cattle\.io)$/.test(name);
