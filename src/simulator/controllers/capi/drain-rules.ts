/**
 * Which Pods a drain evicts, waits for or leaves, and in which order. Source: Cluster API 1.10, filters.go of
 * internal/controllers/machine/drain, and MachineDrainRule.
 */

import { KubeError, type Transport } from '../../../kube/types.ts';
import { isNotFound } from '../client.ts';
import type { Kind } from '../kinds.ts';
import { mirrorAnnotation } from '../mirror.ts';
import type { Runtime } from '../runtime.ts';
import { type LabelSelector, selects } from '../selector.ts';
import type { Cluster, Machine } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';

/** A Pod as a drain looks at it. */
export interface DrainedPod extends KubeObject {
  metadata: KubeObject['metadata'] & { namespace: string };
  spec?: { tolerations?: { key?: string; operator?: string }[] };
  status?: { phase?: string };
}

/** What is done with a Pod that is not left alone: it is evicted, or it `waits` for its end; the lowest order first. */
export interface Treatment {
  order: number;
  waits: boolean;
}

interface DrainRule extends KubeObject {
  spec?: {
    drain?: { behavior?: string; order?: number };
    machines?: { selector?: LabelSelector; clusterSelector?: LabelSelector }[];
    pods?: { selector?: LabelSelector; namespaceSelector?: LabelSelector }[];
  };
}

/** The rules that speak of one Machine, by name, and the labels of the namespaces of its cluster, where they matter. */
export interface DrainRules {
  rules: readonly DrainRule[];
  spaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

const kind: Kind<DrainRule> = {
  apiVersion: 'cluster.x-k8s.io/v1beta1',
  kind: 'MachineDrainRule',
  plural: 'machinedrainrules',
  namespaced: true,
  status: false,
};

/** No selector, and one that asks for nothing, mean everything. */
const means = (selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> | undefined): boolean =>
  selector === undefined || selects(selector, labels);

/** Reads the rules for a Machine. A server that does not serve them, or keeps them to itself, has none. Throws KubeError. */
export async function rulesFor(
  rt: Runtime,
  machine: Machine,
  cluster: Cluster | undefined,
  workload: Transport,
): Promise<DrainRules> {
  const all = await rt.client.list(kind).catch((error: unknown) => {
    if (isNotFound(error) || (error instanceof KubeError && error.code === 403)) return [];
    throw error;
  });
  const rules = all
    .filter(({ spec }) => {
      const { machines = [] } = spec ?? {};
      const speaks = machines.some(
        ({ selector, clusterSelector }) =>
          means(selector, machine.metadata.labels) && means(clusterSelector, cluster?.metadata.labels),
      );
      return machines.length === 0 || speaks;
    })
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const spaces = new Map<string, Readonly<Record<string, string>>>();
  if (rules.some(({ spec }) => spec?.pods?.some(({ namespaceSelector }) => namespaceSelector))) {
    const { items } = await workload.json<{ items: KubeObject[] }>({ path: '/api/v1/namespaces' });
    for (const { metadata } of items) spaces.set(metadata.name, metadata.labels ?? {});
  }
  return { rules, spaces };
}

const isOver = ({ status }: DrainedPod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const evicted: Treatment = { order: 0, waits: false };

/** What a drain does with a Pod; undefined where it leaves it alone. Throws KubeError. */
export async function treatmentOf(
  transport: Transport,
  pod: DrainedPod,
  { rules, spaces }: DrainRules = { rules: [], spaces: new Map() },
): Promise<Treatment | undefined> {
  const { annotations, labels, namespace } = pod.metadata;
  if (annotations?.[mirrorAnnotation] !== undefined) return undefined;
  if (!isOver(pod) && (await isOfDaemonSet(transport, pod))) return undefined;
  if (returns(pod)) return undefined;
  const wish = labels?.['cluster.x-k8s.io/drain']?.toLowerCase().replace('-', '');
  if (wish === 'skip') return undefined;
  const waits = isOver(pod) ? undefined : { order: 0, waits: true };
  if (wish === 'waitcompleted') return waits;
  const rule = rules.find(({ spec }) => {
    const { pods = [] } = spec ?? {};
    const speaks = pods.some(
      ({ selector, namespaceSelector }) => means(selector, labels) && means(namespaceSelector, spaces.get(namespace)),
    );
    return pods.length === 0 || speaks;
  });
  const { behavior, order = 0 } = rule?.spec?.drain ?? {};
  if (behavior === 'Skip') return undefined;
  if (behavior === 'WaitCompleted') return waits;
  return behavior === 'Drain' ? { order, waits: false } : evicted;
}

/** The Deployments of the network plugin: their Pods mind no taint. */
const ofNetwork = new Set(['ovn-central', 'kube-ovn-controller', 'kube-ovn-monitor']);

/**
 * Whether a Pod of the network plugin minds no taint, cordons among them: as one runs on each Node of the control plane, it
 * would be back on its Node at once. Cluster API does evict it, again at each look, until the drain has taken as long as it
 * may: every replacement of a control plane would take that long here too, whoever looks.
 */
const returns = ({ metadata, spec }: DrainedPod): boolean =>
  metadata.namespace === 'kube-system' &&
  ofNetwork.has(metadata.labels?.['app'] ?? '') &&
  spec?.tolerations?.some(({ key, operator }) => key === undefined && operator === 'Exists') === true;

/** Whether a DaemonSet that is there would bring the Pod back at once. */
async function isOfDaemonSet(transport: Transport, { metadata }: DrainedPod): Promise<boolean> {
  const owner = metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === 'DaemonSet');
  if (!owner) return false;
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(metadata.namespace)}/daemonsets/${encodeURIComponent(owner.name)}`;
  try {
    await transport.json({ path });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
