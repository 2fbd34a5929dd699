/** How a Pod that is told of comes up: its container is made, runs, and is ready in the end. After k8s.io/kubernetes/pkg/kubelet/status. */

import { waiting } from '../controllers/kubernetes/container-status.ts';

interface Steps {
  /** What time it is, and when the Pod's sandbox was there, its container began, and it was ready: as Kubernetes writes them. */
  now: string;
  sandbox: string;
  started: string;
  ready: string;
  /** When its host was booted anew and it had to begin again; where left out it has come up for the first time. */
  booted?: string | undefined;
}

interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
}

type Status = {
  phase: string;
  startTime: string;
  conditions: Condition[];
  containerStatuses: Record<string, unknown>[];
};

/** A Pod's status as it is now, of the one that it has in the end. */
export function soFar<T extends Status>(status: T, { now, sandbox, started, ready, booted }: Steps): T {
  if (now >= ready) return status;
  const names = status.containerStatuses.map(({ name }) => String(name));
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` };
  const conditions = status.conditions.map((one) => {
    const late = { ...one, status: 'False', lastTransitionTime: booted ?? status.startTime };
    if (one.type === 'Ready' || one.type === 'ContainersReady') return { ...late, ...why };
    return one.type === 'PodReadyToStartContainers' && now < sandbox ? late : one;
  });
  const runs = now >= started;
  const containerStatuses = status.containerStatuses.map((one) => {
    if (runs) return { ...one, ready: false, started: false };
    return { ...waiting({ name: String(one['name']), image: String(one['image']) }, 'ContainerCreating') };
  });
  return { ...status, phase: runs ? 'Running' : 'Pending', conditions, containerStatuses };
}
