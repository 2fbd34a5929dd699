/** Emptying a Node, as Cluster API's drain does it: evictions that budgets may refuse. After its internal/controllers/machine/drain. */

import { KubeError, type Transport } from '../../../kube/types.ts';
import type { KubeObject } from '../shapes/meta.ts';

interface Pod extends KubeObject {
  metadata: KubeObject['metadata'] & { namespace: string };
}

/** Of so many Pods the names are told. */
const named = 3;
const GOING = 'deletionTimestamp set, but still not removed from the Node';

/** The Namespace of Pods that are seen only while a drain waits for them: they are told of without being asked for. */
export const simulatedNamespace = 'sim-workload';

/**
 * Evicts what somebody runs on a Node, and says what is still waited for, a line each; nothing once it is empty. What its
 * owner or its Node brings back at once stays, and so does what nobody has ever written: it goes with its Node.
 */
export async function evictFrom(transport: Transport, node: string): Promise<string[]> {
  const query = { fieldSelector: `spec.nodeName=${node}` };
  const { items } = await transport.json<{ items: Pod[] }>({ path: '/api/v1/pods', query });
  const waits = new Map<string, string[]>();
  for (const pod of items.filter(isEvicted)) {
    const { namespace, name } = pod.metadata;
    const why = pod.metadata.deletionTimestamp ? GOING : await evict(transport, namespace, name);
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
async function evict(transport: Transport, namespace: string, name: string): Promise<string | undefined> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  try {
    await transport.json({ method: 'POST', path, body });
    return GOING;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.code === 404) return undefined;
    const { details } = (error.status ?? {}) as { details?: { causes?: { message?: string }[] } };
    if (error.code === 429) return [error.message, details?.causes?.[0]?.message].filter(Boolean).join(' ');
    return `failed to evict Pod, ${error.message}`;
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - named;
  return more > 0 ? `${names.slice(0, named).join(', ')}, ... (${more} more)` : names.join(', ');
}
