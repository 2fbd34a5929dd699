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
    ...{ ready: readyAfter(container) === 0, started: startedAfter(container) === 0, restartCount },
    containerID: `containerd://${digest(`${metadata.uid}/${name}/${restartCount}`)}`,
    ...{ state: { running: { startedAt: timestamp(now) } }, lastState },
  };
}

/** The first answer of a probe comes a little after the time that it is to wait. */
const answered = (probe: unknown): number =>
  probe ? Number((probe as { initialDelaySeconds?: number }).initialDelaySeconds ?? 0) * 1000 + 1000 : 0;

/** After how long it counts as started, ms: where a probe asks, once that has its answer. */
export const startedAfter = ({ startupProbe }: Container): number => answered(startupProbe);

/** After how long it counts as ready, ms. */
export const readyAfter = (container: Container): number =>
  Math.max(startedAfter(container), answered(container['readinessProbe']));
