/**
 * When the port of a Pod was asked for: with its sandbox, before its images are pulled. Its status does not tell that: a kubelet says
 * that there is a sandbox when it next tells of the Pod, once its containers have begun. Source: kubernetes/kubernetes, pkg/kubelet,
 * SyncPod and generateAPIPodStatus, until 1.35.
 */

import type { KubeObject } from '../../../api/types.ts';
import { pullTime } from '../../../controllers/kubernetes/container-turn.ts';
import type { Container, ContainerStatus, WorkPod } from '../../../controllers/kubernetes/shapes.ts';
import { chance, records, timeOf } from '../run.ts';

type Plugged = Pick<KubeObject, 'metadata' | 'spec' | 'status'>;

/** A status tells whole seconds, and a kubelet looks once in a while: what is told so much later has not waited, ms. */
const slack = 2000;

/**
 * When the port of a Pod was asked for that could be served from `began` on, and got its address at `given`; Unix times in ms. That is at
 * once, or when it had a sandbox where that took longer: its Node had no network before, or a volume was missing. `node`: where it runs.
 */
export function pluggedAt(pod: Plugged, node: KubeObject | undefined, began: number, given: number): number {
  const uid = pod.metadata.uid ?? '';
  const sandbox = records(pod.status?.['conditions']).find(({ type }) => type === 'PodReadyToStartContainers');
  const told = sandbox?.['status'] === 'True' ? timeOf(sandbox['lastTransitionTime']) : Number.NaN;
  const since = told - leadOf(pod, told);
  const ready = readyOf(node);
  const at = (ready > began && ready <= told ? ready : began) + chance(uid).integer(80, 700);
  // An address comes first, where it is not told late.
  const least = given + chance(uid, 'asked').integer(30, 90);
  const asked = since > at + slack ? since + chance(uid, 'plugged').integer(0, 250) : at;
  return asked < least && !(least > told + 999) ? least : asked;
}

/** Since when a Node has been ready, Unix time in ms; NaN where it is not. */
function readyOf(node: KubeObject | undefined): number {
  const ready = records(node?.status?.['conditions']).find(({ type }) => type === 'Ready');
  return ready?.['status'] === 'True' ? timeOf(ready['lastTransitionTime']) : Number.NaN;
}

/** How long before it was told, ms, the sandbox of a Pod was there: as long as the first of its containers was pulled. */
function leadOf({ metadata, spec, status }: Plugged, told: number): number {
  const first = (list: object | undefined, before: string, main: string): Record<string, unknown>[] => {
    const of = (key: string) => records((list as Record<string, unknown> | undefined)?.[key]);
    return of(before).length > 0 ? of(before).slice(0, 1) : of(main);
  };
  const statuses = first(status, 'initContainerStatuses', 'containerStatuses') as unknown as Partial<ContainerStatus>[];
  const begins = statuses
    .flatMap(({ state, lastState }) => [state?.running, state?.terminated, lastState?.terminated])
    .map((one) => timeOf(one?.startedAt))
    .filter((at) => !Number.isNaN(at));
  // One that was told before any container had begun was told as it came; of one that has begun often nobody knows its first begin.
  const isKnown = statuses.every(({ restartCount = 0 }) => restartCount < 2);
  if (statuses.length === 0 || (begins.length > 0 && isKnown && Math.min(...begins) > told)) return 0;
  const pod = { metadata, spec } as unknown as WorkPod;
  const containers = first(spec, 'initContainers', 'containers') as unknown as Container[];
  return Math.min(...containers.map((container) => pullTime(pod, container)));
}
