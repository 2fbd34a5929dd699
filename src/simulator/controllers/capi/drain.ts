/** Emptying a Node, as Cluster API's drain does it: evictions that budgets may refuse. After its internal/controllers/machine/drain. */

import { KubeError, type Transport } from '../../../kube/types.ts';
import { isLost } from '../hosts/node-lifecycle.ts';
import type { Runtime } from '../runtime.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';

interface Pod extends KubeObject {
  metadata: KubeObject['metadata'] & { namespace: string };
}

/** Of so many Pods the names are told. */
const named = 3;
const GOING = 'deletionTimestamp set, but still not removed from the Node';
const OVER_BUDGET = /^C(?=annot evict pod as it would violate the pod's disruption budget\.)/;

/** The Namespace of Pods that are seen only while a drain waits for them: they are told of without being asked for. */
export const simulatedNamespace = 'sim-workload';

/** The Pod, as `namespace/name`, that the drain of a Machine waits for though nobody has made it. */
export const simulatedPod = (rt: Runtime, machine: string): string =>
  `${simulatedNamespace}/app-${rt.random('pods', machine).suffix()}`;

/** What a Machine says of a drain that has just begun. */
export const drainBegins = 'Draining the node before deletion';

/**
 * Evicts what somebody runs on a Node, and says what is still waited for, a line each; nothing once it is empty. What its
 * owner or its Node brings back at once stays, and so does what nobody has ever written: it goes with its Node. Where the
 * kubelet is silent nothing ever ends: from a second after its time, at Unix time `now` (ms), a Pod is not waited for.
 */
export async function evictFrom(transport: Transport, node: Node, now: number): Promise<string[]> {
  const query = { fieldSelector: `spec.nodeName=${node.metadata.name}` };
  const { items } = await transport.json<{ items: Pod[] }>({ path: '/api/v1/pods', query });
  const waits = new Map<string, string[]>();
  const silent = isLost(node);
  for (const pod of items.filter(isEvicted)) {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    if (silent && deletionTimestamp && now - Date.parse(deletionTimestamp) > 1000) continue;
    const why = deletionTimestamp ? GOING : await evict(transport, namespace, name, silent ? 1 : undefined);
    if (why !== undefined) waits.set(why, [...(waits.get(why) ?? []), `${namespace}/${name}`]);
  }
  return [...waits].map(([why, names]) => `* ${names.length > 1 ? 'Pods' : 'Pod'} ${listed(names)}: ${why}`);
}

const isEvicted = ({ metadata }: Pod): boolean =>
  metadata.namespace !== simulatedNamespace &&
  metadata.managedFields !== undefined &&
  metadata.annotations?.['kubernetes.io/config.mirror'] === undefined &&
  metadata.labels?.['cluster.x-k8s.io/drain'] !== 'skip' &&
  metadata.ownerReferences?.some(({ kind, controller }) => controller && kind === 'DaemonSet') !== true;

/** Asks for an eviction; says why the Pod is still there. */
async function evict(
  transport: Transport,
  namespace: string,
  name: string,
  grace: number | undefined,
): Promise<string | undefined> {
  const deleteOptions = grace === undefined ? {} : { gracePeriodSeconds: grace };
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  try {
    await transport.json({ method: 'POST', path, body });
    return GOING;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.code === 404) return undefined;
    const { details } = (error.status ?? {}) as { details?: { causes?: { message?: string }[] } };
    const causes = error.code === 429 ? (details?.causes ?? []).map(({ message }) => message).join(',') : '';
    const said = [error.message, causes].filter(Boolean).join(' ');
    return OVER_BUDGET.test(said) ? said.replace(OVER_BUDGET, 'c') : `failed to evict Pod, ${said}`;
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - named;
  return more > 0 ? `${names.slice(0, named).join(', ')}, ... (${more} more)` : names.join(', ');
}
