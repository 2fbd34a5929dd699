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

/** Whether nobody has to ask first. */
const isReadyAtOnce = (container: Container): boolean => !container['startupProbe'] && !container['readinessProbe'];
