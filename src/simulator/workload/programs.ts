/** Which programs every cluster runs, of which versions, and what each asks for. */

import { registry, releaseOf } from '../world/releases.ts';
import type { ClusterSettings } from './settings.ts';

export interface Program {
  name: string;
  image: string;
  /** Pods of a static Pod carry their Node's name, those of a DaemonSet or Deployment a suffix. */
  as: 'static' | 'daemon' | 'deployment';
  /** Only where the control plane is. */
  plane?: boolean;
  labels: Record<string, string>;
  /** What its Pods are chosen by, where that is not all of their labels. */
  chosen?: Record<string, string>;
  replicas?: number;
  /** Needs the Pod network: not ready on a Node that is not. */
  network?: boolean;
  /** Has an address of the Pod network, and not its Node's. */
  podAddress?: boolean;
}

const component = (name: string): Record<string, string> => ({ component: name, tier: 'control-plane' });
const app = (name: string): Record<string, string> => ({ app: name });
/** Of Kube-OVN's programs. */
const ofNetwork = (name: string) => ({
  labels: { ...app(name), component: 'network', type: 'infra' },
  chosen: app(name),
});

/** Where a cluster's own images come from, where nobody says otherwise. */
export const systemRepository = `${registry}/tkestack`;

/** The programs; versions are those of the Kubernetes release and of the Kube-OVN chart. */
export function programsOf(version: string, ovn: string | undefined, settings: ClusterSettings): Program[] {
  const repository = settings.repository ?? systemRepository;
  const kube = (name: string, tag = version) => `${repository}/${name}:${tag}`;
  const release = releaseOf(version);
  // A control plane that is not yet what is wanted of it runs the etcd of its own release.
  const etcd = settings.version === version ? (settings.etcd ?? release.etcd) : release.etcd;
  const list: Program[] = [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name): Program => {
      return { name, image: kube(name), as: 'static', plane: true, labels: component(name) };
    }),
    { name: 'etcd', image: kube('etcd', etcd), as: 'static', plane: true, labels: component('etcd') },
    { name: 'kube-proxy', image: kube('kube-proxy'), as: 'daemon', labels: { 'k8s-app': 'kube-proxy' } },
    { name: 'alive', image: kube('sim-alive'), as: 'daemon', plane: true, labels: app('alive') },
    {
      name: 'coredns',
      image: kube('coredns', settings.coredns ?? release.coredns),
      as: 'deployment',
      labels: { 'k8s-app': 'kube-dns' },
      replicas: 2,
      network: true,
      podAddress: true,
    },
  ];
  if (ovn === undefined) return list;
  const image = `${registry}/acp/kube-ovn:${ovn}`;
  return [
    ...list,
    { name: 'kube-ovn-cni', image, as: 'daemon', ...ofNetwork('kube-ovn-cni'), network: true },
    { name: 'ovs-ovn', image, as: 'daemon', ...ofNetwork('ovs') },
    { name: 'kube-ovn-pinger', image, as: 'daemon', ...ofNetwork('kube-ovn-pinger'), network: true, podAddress: true },
    ...(['kube-ovn-controller', 'kube-ovn-monitor', 'ovn-central'] as const).map((name): Program => {
      // The chart asks for one on each master, and for one monitor.
      const replicas = name === 'kube-ovn-monitor' ? 1 : (settings.masters ?? 3);
      return { name, image, as: 'deployment', plane: true, ...ofNetwork(name), replicas };
    }),
  ];
}

/** What kubeadm's manifests and the charts ask for, by program. */
export const requests: Readonly<Record<string, { cpu?: string; memory?: string }>> = {
  'kube-apiserver': { cpu: '250m' },
  'kube-controller-manager': { cpu: '200m' },
  'kube-scheduler': { cpu: '100m' },
  etcd: { cpu: '100m', memory: '100Mi' },
  coredns: { cpu: '100m', memory: '70Mi' },
  'kube-ovn-cni': { cpu: '100m', memory: '100Mi' },
  'ovs-ovn': { cpu: '200m', memory: '200Mi' },
  'kube-ovn-controller': { cpu: '200m', memory: '200Mi' },
  'kube-ovn-pinger': { cpu: '100m', memory: '100Mi' },
  'kube-ovn-monitor': { cpu: '200m', memory: '200Mi' },
  'ovn-central': { cpu: '300m', memory: '200Mi' },
};
