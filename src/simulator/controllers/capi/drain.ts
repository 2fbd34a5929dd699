/** Emptying a Node, as Cluster API's drain does it: evictions that budgets may refuse. After its internal/controllers/machine/drain. */

import { KubeError, type Transport } from '../../../kube/types.ts';
import { isLost } from '../hosts/node-lifecycle.ts';
import type { Runtime } from '../runtime.ts';
import type { Node } from '../shapes/core.ts';
import { type DrainedPod, type DrainRules, type Treatment, treatmentOf } from './drain-rules.ts';

/** Of so many Pods the names are told, and so many different failures. */
const named = 3;
const told = 5;
/** What is said of a Pod that was evicted and is still there. */
export const GOING = 'deletionTimestamp set, but still not removed from the Node';
const OVER_BUDGET = /^C(?=annot evict pod as it would violate the pod's disruption budget\.)/;

/** The Namespace of what users run on each Node: nobody has made it, and drains wait for it as long as they are to take. */
export const simulatedNamespace = 'sim-workload';

/** The Pod, as `namespace/name`, that runs on the Node of a Machine though nobody has made it: a drain waits for it. */
export const simulatedPod = (rt: Runtime, machine: string): string =>
  `${simulatedNamespace}/app-${rt.random('pods', machine).suffix()}`;

/** What a Machine says of a drain that has just begun. */
export const drainBegins = 'Draining the node before deletion';

/** What is known of a drain beside its Node. */
export interface Drain {
  /** How Pods are treated that MachineDrainRules speak of. */
  rules?: DrainRules;
  /** Pods, as `namespace/name`, that are going though nobody can be asked for them. */
  going?: readonly string[];
  /** Gets the Pods that are left, by what is waited for. */
  left?: Record<'gone' | 'failed' | 'later' | 'awaited' | 'awaitedLater', string[]>;
}

/** Nothing that is left of a drain. */
export const nothingLeft = (): Required<Drain>['left'] => ({
  ...{ gone: [], failed: [], later: [], awaited: [], awaitedLater: [] },
});

/**
 * Evicts what somebody runs on a Node, and says what is still waited for, a line each; nothing once it is empty. What its
 * owner or its Node brings back at once stays, and so does what nobody has ever written: it goes with its Node. Where the
 * kubelet is silent nothing ever ends: from a second after its time, at Unix time `now` (ms), a Pod is not waited for.
 */
export async function evictFrom(
  transport: Transport,
  node: Node,
  now: number,
  { rules, going = [], left = nothingLeft() }: Drain = {},
): Promise<string[]> {
  const query = { fieldSelector: `spec.nodeName=${node.metadata.name}` };
  const { items } = await transport.json<{ items: DrainedPod[] }>({ path: '/api/v1/pods', query });
  const silent = isLost(node);
  const ended = ({ metadata: { deletionTimestamp } }: DrainedPod) =>
    silent && deletionTimestamp !== undefined && now - Date.parse(deletionTimestamp) > 1000;
  const known = items.filter(({ metadata }) => metadata.namespace !== simulatedNamespace && metadata.managedFields);
  const pods: Treated[] = [];
  for (const pod of known.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const treatment = ended(pod) ? undefined : await treatmentOf(transport, pod, rules);
    if (treatment) pods.push({ ...treatment, pod });
  }
  const first = Math.min(...pods.map(({ order }) => order));
  const gone = [...going];
  const failed = new Map<string, string[]>();
  for (const { pod, order, waits } of pods) {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    if (waits || (!deletionTimestamp && order !== first)) continue;
    const why = deletionTimestamp ? GOING : await evict(transport, namespace, name, silent ? 1 : undefined);
    if (why === GOING) gone.push(nameOf(pod));
    else if (why !== undefined) failed.set(why, [...(failed.get(why) ?? []), nameOf(pod)]);
  }
  const those = (of: (pod: Treated) => boolean) => pods.filter(of).map(({ pod }) => nameOf(pod));
  const later = those(({ pod, order, waits }) => !waits && order !== first && !pod.metadata.deletionTimestamp);
  const awaitedLater = those(({ order, waits }) => waits && order !== first);
  const awaitedNow = those(({ order, waits }) => waits && order === first);
  Object.assign(left, { gone, failed: [...failed.values()].flat(), later, awaited: awaitedNow, awaitedLater });
  const after = 'After above Pods have been removed from the Node,';
  return [
    ...line(gone, GOING),
    ...failures(failed),
    ...line(awaitedNow, 'waiting for completion'),
    ...(later.length > 0 ? [`${after} the following Pods will be evicted: ${listed(later)}`] : []),
    ...(awaitedLater.length > 0
      ? [`${after} waiting for the following Pods to complete without eviction: ${listed(awaitedLater)}`]
      : []),
  ];
}

type Treated = Treatment & { pod: DrainedPod };

const nameOf = ({ metadata }: DrainedPod): string => `${metadata.namespace}/${metadata.name}`;

const line = (pods: readonly string[], why: string): string[] =>
  pods.length > 0 ? [`* ${pods.length > 1 ? 'Pods' : 'Pod'} ${listed(pods)}: ${why}`] : [];

/** At most five different failures are told, and how many Pods have others. */
function failures(failed: ReadonlyMap<string, readonly string[]>): string[] {
  const sorted = [...failed].sort(([a], [b]) => (a < b ? -1 : 1));
  const rest = sorted.slice(told).reduce((sum, [, pods]) => sum + pods.length, 0);
  return [
    ...sorted.slice(0, told).flatMap(([why, pods]) => line(pods, why)),
    ...(rest > 0 ? [`* ${rest} ${rest > 1 ? 'Pods' : 'Pod'} with other issues`] : []),
  ];
}

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
