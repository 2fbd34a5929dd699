/** What a kubelet says of a container, by what it does. */

import { digest } from '../digest.ts';
import { mirrorAnnotation } from '../mirror.ts';
import type { NodeInfo } from '../shapes/core.ts';
import { timestamp } from '../time.ts';
import { userOf } from './container-user.ts';
import { fullImage, imageID } from './images.ts';
import type { Container, ContainerState, ContainerStatus, WorkPod } from './shapes.ts';

/** One that does not run yet. */
export const waiting = ({ name, image }: Container, reason: string): ContainerStatus => ({
  ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
  ...{ state: { waiting: { reason } }, lastState: {} },
});

/** One that begins to run, for the `restartCount`th time after the first. */
export function running(
  { metadata }: WorkPod,
  container: Container,
  restartCount: number,
  now: number,
  lastState: ContainerState,
): ContainerStatus {
  const { name, image } = container;
  return {
    ...{ name, image: fullImage(image), imageID: imageID(image) },
    ...{ ready: isReadyAtOnce(container), started: !container['startupProbe'], restartCount },
    containerID: `containerd://${digest(`${metadata.uid}/${name}/${restartCount}`)}`,
    ...{ state: { running: { startedAt: timestamp(now) } }, lastState },
  };
}

/**
 * A container of a Pod that is deleted: one that rests does not begin again, and has ended as it did. `isLast`: nothing runs any more, and
 * of one that never did nobody knows how it ended. Source: k8s.io/kubernetes, pkg/kubelet/status, TerminatePod.
 */
export function settled(status: ContainerStatus, isLast: boolean): ContainerStatus {
  const { state, lastState } = status;
  if (!state.waiting) return status;
  if (lastState.terminated) return { ...status, state: lastState, lastState: {} };
  if (!isLast) return status;
  const message = 'The container could not be located when the pod was terminated';
  const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', message, startedAt: null, finishedAt: null };
  return { ...status, state: { terminated } } as unknown as ContainerStatus;
}

/** What a kubelet and its container runtime can tell, by what its Node says of them. */
export interface Able {
  /** The minor version of the kubelet. */
  minor: number;
  /** Whether its runtime tells as whom a container runs: containerd does since 2.0. */
  users: boolean;
}

/** What the kubelet of a Node can tell. */
export function ableOf(node: { status?: { nodeInfo?: NodeInfo } | undefined } | undefined): Able {
  const { kubeletVersion = '', containerRuntimeVersion = '' } = node?.status?.nodeInfo ?? {};
  const runtime = Number(/^containerd:\/\/(\d+)\./.exec(containerRuntimeVersion)?.[1] ?? 0);
  return { minor: Number(/^v?1\.(\d+)/.exec(kubeletVersion)?.[1] ?? 0), users: runtime >= 2 };
}

/** Since which minor versions kubelets tell of what containers take and as whom, and which state of a Pod they have seen. */
const [RESIZED, OBSERVED] = [33, 34];

interface Mount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
}

interface Spec {
  securityContext?: unknown;
  containers?: unknown;
  initContainers?: unknown;
  ephemeralContainers?: unknown;
}

/**
 * The status of a container with what a kubelet tells of what it is to be: what is mounted in it since 1.31, and since 1.33, once it was
 * begun, what it takes and as whom it runs. Source: k8s.io/kubernetes, pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses.
 */
export function withSpec<T extends { name: string; containerID?: string }>(spec: Spec, status: T, able: Able): T {
  const all = [...list(spec.initContainers), ...list(spec.containers), ...list(spec.ephemeralContainers)];
  const container = all.find(({ name }) => name === status.name);
  if (!container) return status;
  const mounts = list(container['volumeMounts']) as unknown as Mount[];
  const volumeMounts = mounts.map(({ name, mountPath, readOnly }) => ({
    ...{ mountPath, name },
    ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }));
  return {
    ...status,
    ...(mounts.length > 0 ? { volumeMounts } : {}),
    ...(able.minor >= RESIZED && status.containerID ? taken(container, status, spec, able) : {}),
  };
}

/** What was given to a container stays so while it runs, whatever is wanted meanwhile. */
function taken(container: Record<string, unknown>, status: object, spec: Spec, { users }: Able): object {
  const before = status as { resources?: object; allocatedResources?: object };
  const resources = before.resources ?? (container['resources'] as { requests?: object } | undefined) ?? {};
  const allocated = before.resources ? before.allocatedResources : (resources as { requests?: object }).requests;
  const whom = users ? { user: userOf(container, spec.securityContext) } : {};
  return { resources, ...(allocated ? { allocatedResources: allocated } : {}), ...whom };
}

/** A Pod whose kubelet tells of its containers what they are to be, and which state of the Pod it has seen. */
export function withTold<T extends { metadata: object; spec?: unknown; status?: unknown }>(pod: T, able: Able): T {
  const status = (pod.status ?? {}) as Record<string, { name: string }[] | undefined>;
  const told = ['initContainerStatuses', 'containerStatuses'].flatMap((key) => {
    const all = status[key];
    return all ? [[key, all.map((one) => withSpec((pod.spec ?? {}) as object, one, able))] as const] : [];
  });
  const whole = { ...(pod.status as object), ...Object.fromEntries(told) };
  // What runs here was made by a server that counts, and has not been changed.
  return { ...pod, status: withObserved(whole, { generation: 1, ...pod.metadata }, able) };
}

/**
 * The status of a Pod with the state of it that a kubelet has seen, as they say since 1.34; of what comes from a file they know
 * none. Source: k8s.io/kubernetes, pkg/api/v1/pod, CalculatePodStatusObservedGeneration.
 */
export function withObserved<T extends { conditions?: readonly { type: string }[] }>(
  status: T,
  { generation, annotations }: { generation?: number; annotations?: Record<string, string> | undefined },
  { minor }: Able,
): T {
  if (minor < OBSERVED || !generation || annotations?.[mirrorAnnotation] !== undefined) return status;
  const conditions = status.conditions?.map((one) =>
    OWN.has(one.type) ? { ...one, observedGeneration: generation } : one,
  );
  return { ...status, ...(conditions ? { conditions } : {}), observedGeneration: generation };
}

/** What the parts of a control plane say of it with the conditions that they write, by the version of its Nodes. */
export function seen(
  nodes: readonly { metadata: { labels?: Record<string, string> }; status?: { nodeInfo?: NodeInfo } | undefined }[],
  { generation }: { generation?: number },
): { observedGeneration?: number } {
  const planes = nodes.filter(
    ({ metadata }) => metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
  );
  const isOld = planes.some((node) => ableOf(node).minor < OBSERVED);
  return isOld || planes.length === 0 || !generation ? {} : { observedGeneration: generation };
}

/** The conditions of which kubelets speak. */
const OWN = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);

/** Whether nobody has to ask first. */
const isReadyAtOnce = (container: Container): boolean => !container['startupProbe'] && !container['readinessProbe'];
