/** What a kubelet says last of a Pod that a drain has evicted: its containers have ended. After k8s.io/kubernetes/pkg/kubelet/status. */

import type { KubeObject } from '../api/types.ts';
import { endOf } from '../controllers/kubernetes/container-life.ts';
import { podStatus } from '../controllers/kubernetes/pod-status.ts';
import type { ContainerStatus, WorkPod } from '../controllers/kubernetes/shapes.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { readyOf } from './summary.ts';

/**
 * A Pod that is going as it is once it has ended, at Unix time `now` in ms; undefined of one that is not going, or of whose `node` nobody
 * hears anything.
 */
export function endedPod(pod: KubeObject, node: Node | undefined, now: number): KubeObject | undefined {
  const { metadata, spec, status } = pod as unknown as WorkPod;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, uid } = metadata;
  if (deletionTimestamp === undefined || node === undefined || readyOf(node) === 'Unknown') return undefined;
  const grace = deletionGracePeriodSeconds * 1000;
  const isKilled = now >= Date.parse(deletionTimestamp);
  const main = (status?.containerStatuses ?? []).map((last): ContainerStatus => {
    const container = spec.containers.find(({ name }) => name === last.name);
    const { running } = last.state;
    if (!running || !container) return last;
    const exitCode = isKilled ? 137 : endOf(container, grace, `${uid}/${last.name}`).exitCode;
    const terminated = {
      ...{ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: running.startedAt },
      ...{ finishedAt: timestamp(now), containerID: last.containerID },
    };
    return { ...last, ready: false, started: false, state: { terminated } };
  });
  const around = { now, nodes: [node], pods: [], others: [], network: '' };
  return { ...pod, status: podStatus(around, pod as unknown as WorkPod, { init: [], main }, {}, true) } as KubeObject;
}
