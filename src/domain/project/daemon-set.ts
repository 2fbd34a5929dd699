import type { DaemonSet } from '../daemon-sets.ts';
import { at, get, name, num, rec, word } from '../read.ts';

/** Those of Kube-OVN's chart, also where it labels nothing (kubeovn/kube-ovn, charts). */
const NETWORK = new Set(['kube-ovn-cni', 'ovs-ovn', 'ovs-ovn-dpdk', 'kube-ovn-pinger']);

/** Its charts label Pods, and Helm's users also the rest: `component: network` or, later, `app.kubernetes.io/part-of: kube-ovn`. */
const isOfNetwork = (labels: unknown): boolean =>
  get(labels, 'component') === 'network' || get(labels, 'app.kubernetes.io/part-of') === 'kube-ovn';

/** A DaemonSet of a workload cluster; `undefined` without uid or name. Its template, which is most of it, is not kept. */
export function projectDaemonSet(raw: unknown): DaemonSet | undefined {
  const meta = rec(get(raw, 'metadata'));
  const [uid, own] = [name(get(meta, 'uid')), name(get(meta, 'name'))];
  if (uid === undefined || own === undefined) return undefined;
  const status = rec(get(raw, 'status'));
  const count = (field: string) => num(get(status, field)) ?? 0;
  return {
    kind: 'daemonSet',
    uid,
    name: own,
    network:
      NETWORK.has(own) ||
      isOfNetwork(get(meta, 'labels')) ||
      isOfNetwork(at(raw, 'spec', 'template', 'metadata', 'labels')),
    onDelete: word(at(raw, 'spec', 'updateStrategy', 'type')) === 'OnDelete',
    generation: num(get(meta, 'generation')) ?? 1,
    observed: count('observedGeneration'),
    desired: count('desiredNumberScheduled'),
    updated: count('updatedNumberScheduled'),
    available: count('numberAvailable'),
  };
}
