/**
 * How a cluster comes about, step by step: what its first server writes, what leads then, what kubeadm writes, and at last its network.
 * Each step has its moment, and room among the first revisions for what is written in it. Source: k8s.io/kubernetes,
 * pkg/controlplane and cmd/kubeadm/app/phases; Kube-OVN as its release is rolled out.
 */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';

/** In order: how long, in ms, after the first Node, and how many writes there are room for. */
const first = {
  spaces: [-11_000, 8],
  levels: [-11_000, 28],
  services: [-10_000, 44],
  endpoint: [-10_000, 10],
  roles: [-9000, 176],
  trust: [-9000, 6],
  leaders: [-7000, 6],
  accounts: [-5000, 72],
  node: [0, 10],
  config: [1000, 28],
  addons: [3000, 22],
  sets: [4000, 14],
} as const;
/** In order: before the network's release (`release`), or after its chart is deployed (`chart`). */
const later = {
  platform: ['release', -10_000, 10],
  release: ['release', 0, 4],
  definitions: ['chart', -1000, 26],
  chart: ['chart', 0, 52],
  chartSets: ['chart', 1000, 20],
  kept: ['chart', 27_000, 24],
  users: ['chart', 80_000, 8],
} as const;

/** A step in the life of a young cluster. */
export type Step = keyof typeof first | keyof typeof later;

/** How often, in ms, somebody writes to a young cluster beside all that. */
const pace = 3 / 1000;

/** When a cluster's first Node came, and when its network's release was made and deployed; Unix times in ms. */
export interface Founding {
  born: number;
  /** Soon where nothing is known of it, and it then soon after that. */
  release?: number | undefined;
  chart?: number | undefined;
}

/** When the chart of a release that was made at `at`, Unix time in ms, is deployed where nobody has seen it; `of` tells it from others. */
export const deployedAfter = (of: string, at: number): number => at + 18_000 + spread(`${of}/deployed`, 24) * 1000;

/** A number below `below`: the same for the same text. */
export const spread = (of: string, below: number): number => Number.parseInt(digest(of).slice(0, 8), 16) % below;

/** The beginning of one cluster. */
export class Beginning {
  /** When its first Node came, Unix time in ms. */
  readonly born: number;
  readonly #steps: readonly { step: Step; at: number; from: number; until: number }[];

  constructor({ born, release = born + 16_000, chart = release + 24_000 }: Founding) {
    this.born = born;
    const moments = { release, chart };
    const whole = (time: number): number => Math.floor(time / 1000) * 1000;
    const wanted = [
      ...Object.entries(first).map(([step, [after, room]]) => ({ step, at: whole(born) + after, room })),
      ...Object.entries(later).map(([step, [from, after, room]]) => ({ step, at: whole(moments[from]) + after, room })),
    ];
    let at = wanted[0]!.at;
    let revision = 2;
    this.#steps = wanted.map(({ step, at: own, room }) => {
      // Whatever comes late, nothing overtakes what comes before it.
      const from: number = revision + Math.floor(Math.max(0, own - at) * pace);
      at = Math.max(at, own);
      revision = from + room;
      return { step: step as Step, at, from, until: revision };
    });
  }

  /** When a step is taken, Unix time in ms. */
  at(step: Step): number {
    return this.#steps.find((one) => one.step === step)!.at;
  }

  /** When an object of a kind and name is made that every cluster has, Unix time in ms; with its first Node where it is none of them. */
  madeAt(kind: string, namespace: string, name: string): number {
    return this.at(stepOf({ kind, metadata: { namespace, name } }) ?? 'node');
  }

  /**
   * The revision of what was written at Unix time `at` in ms of a cluster that had come to `settled` by `now`: a later write has
   * a higher one. An object that was made in a step and never written again is among those of that step.
   */
  revision(object: Named, at: number, now: number, settled: number): number {
    const last = this.#steps.at(-1)!;
    const own = at < last.at + 1000 ? stepOf(object) : undefined;
    const step = own && this.#steps.find((one) => one.step === own);
    if (step && Math.abs(at - step.at) < 1000) return step.from;
    if (at >= last.at) return last.until + ((at - last.at) / (now - last.at)) * (settled - last.until);
    const before = this.#steps.findLast((one) => one.at <= at);
    if (!before) return 1;
    // What is written in the second of a step is among what is made in it.
    return at - before.at < 1000 ? before.from : before.until + (at - before.at) * pace;
  }
}

/** What is looked at of an object. */
interface Named {
  kind: string;
  metadata: Pick<KubeObject['metadata'], 'name' | 'namespace'>;
}

/** What is made in which step: of kind, namespace and name, as `Kind namespace/name`; the first that fits. */
const rules: readonly (readonly [RegExp, Step])[] = [
  [/^Namespace \/cpaas-system$/, 'platform'],
  [/^Namespace \/sim-workload$/, 'users'],
  [/^Namespace \/(default|kube-)/, 'spaces'],
  [/^(FlowSchema|PriorityLevelConfiguration|PriorityClass) /, 'levels'],
  [/^\w+ (cpaas-system\/(default|kube-root-ca\.crt)$|\/([^ ]*\.)?operator\.alauda\.io$)/, 'platform'],
  [/^CustomResourceDefinition \/appreleases\./, 'platform'],
  [/^\w+ sim-workload\/(default|kube-root-ca\.crt)$/, 'users'],
  [/^AppRelease /, 'release'],
  [/^(ReplicaSet|ControllerRevision|Endpoints|EndpointSlice) kube-system\/(kube-ovn|ovn|ovs)-/, 'chartSets'],
  [/^(Subnet|Vpc) /, 'kept'],
  [/^(Service|ServiceAccount|DaemonSet|Deployment) kube-system\/(kube-ovn|ovn|ovs)\b/, 'chart'],
  [/^(CustomResourceDefinition|APIService) \/[^ ]*\bkubeovn\b/, 'definitions'],
  [/^(ClusterRole|ClusterRoleBinding) \/[^ ]*\b(kube-ovn|ovn)\b/, 'chart'],
  [/^APIService /, 'services'],
  [/^(\w+ default\/kubernetes|ServiceCIDR \/kubernetes|ComponentStatus \/.*)$/, 'endpoint'],
  [
    /^(ReplicaSet|ControllerRevision|Endpoints|EndpointSlice) kube-system\/(coredns|kube-dns|kube-proxy|alive)\b/,
    'sets',
  ],
  [/^(ClusterRole|ClusterRoleBinding) \/(system:coredns|kubeadm:node-proxier)$/, 'addons'],
  [/^(\w+ [\w-]*\/kubeadm:|ConfigMap kube-\w+\/(kubeadm-config|kubelet-config|cluster-info)$)/, 'config'],
  [/^\w+ kube-system\/(coredns|kube-dns|kube-proxy|alive)$/, 'addons'],
  [/^(ClusterRole|ClusterRoleBinding) \/(system:|admin$|edit$|view$|cluster-admin$)/, 'roles'],
  [/^(Role|RoleBinding) kube-/, 'roles'],
  [/^ConfigMap kube-system\/(extension-apiserver|kube-apiserver-legacy)-/, 'trust'],
  [/^Lease kube-system\/kube-(controller-manager|scheduler)$/, 'leaders'],
  [/^(ServiceAccount|ConfigMap) (default|kube-[\w-]+)\/(kube-root-ca\.crt$|default$)/, 'accounts'],
  [/^ServiceAccount kube-system\//, 'accounts'],
];

/** The step in which an object is made that every cluster has; undefined of others. */
export function stepOf({ kind, metadata: { namespace = '', name } }: Named): Step | undefined {
  const text = `${kind} ${namespace}/${name}`;
  return rules.find(([rule]) => rule.test(text))?.[1];
}
