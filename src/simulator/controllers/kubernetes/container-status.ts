/** What a kubelet says of a container, by what it does. */

import { digest } from '../digest.ts';
import { timestamp } from '../time.ts';
import type { Container, ContainerState, ContainerStatus, WorkPod } from './shapes.ts';

/** An image as a container runtime names it: with its registry and its tag. */
export function fullImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const home = rest.length === 0 ? 'docker.io/library/' : /[.:]|^localhost$/.test(first) ? '' : 'docker.io/';
  const tag = /[:@][^/]*$/.test(image) ? '' : ':latest';
  return `${home}${image}${tag}`;
}

const imageID = (image: string): string =>
  `${fullImage(image).replace(/[:@][^/]*$/, '')}@sha256:${digest(fullImage(image))}`;

/** One that does not run yet. */
export const waiting = ({ name, image }: Container, reason: string): ContainerStatus => ({
  ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
  ...{ state: { waiting: { reason } }, lastState: {} },
});

/** One that begins to run, for the `restartCount`th time after the first. */
export function running(
  { metadata }: WorkPod,
  { name, image }: Container,
  restartCount: number,
  now: number,
  lastState: ContainerState,
): ContainerStatus {
  return {
    ...{ name, image: fullImage(image), imageID: imageID(image), ready: true, started: true, restartCount },
    containerID: `containerd://${digest(`${metadata.uid}/${name}/${restartCount}`)}`,
    ...{ state: { running: { startedAt: timestamp(now) } }, lastState },
  };
}

/** How a pulled image is told: its time and its size, which the same image always has. */
export function pull({ image }: Container, ms: number): string {
  const took = `${((ms * 0.8) / 1000).toFixed(3)}s`;
  const bytes = 2_000_000 + (Number.parseInt(digest(fullImage(image)).slice(0, 7), 16) % 180_000_000);
  return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${bytes} bytes.`;
}
