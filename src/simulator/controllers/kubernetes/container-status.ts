/** What a kubelet says of a container, by what it does. */

import { digest } from '../digest.ts';
import { timestamp } from '../time.ts';
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

interface Mount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
}

/** The status of a container with what is mounted in it: kubelets tell that since 1.31. */
export function withMounts<T extends { name: string }>(
  spec: { containers?: unknown; initContainers?: unknown },
  status: T,
): T {
  const all = [...list(spec.initContainers), ...list(spec.containers)];
  const mounts = list(all.find(({ name }) => name === status.name)?.['volumeMounts']) as unknown as Mount[];
  if (mounts.length === 0) return status;
  const volumeMounts = mounts.map(({ name, mountPath, readOnly }) => ({
    ...{ mountPath, name },
    ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }));
  return { ...status, volumeMounts };
}

/** A Pod whose kubelet tells what is mounted in its containers. */
export function withTold<T extends { spec?: unknown; status?: unknown }>(pod: T): T {
  const status = (pod.status ?? {}) as Record<string, { name: string }[] | undefined>;
  const told = ['initContainerStatuses', 'containerStatuses'].flatMap((key) => {
    const all = status[key];
    return all ? [[key, all.map((one) => withMounts((pod.spec ?? {}) as object, one))] as const] : [];
  });
  return { ...pod, status: { ...status, ...Object.fromEntries(told) } };
}

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);

/** Whether nobody has to ask first. */
const isReadyAtOnce = (container: Container): boolean => !container['startupProbe'] && !container['readinessProbe'];
