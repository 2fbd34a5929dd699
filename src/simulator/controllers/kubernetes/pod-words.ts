/** The words of a kubelet: how a container comes up, why it does not, and what its probes hear. After k8s.io/kubernetes/pkg/kubelet. */

import { failedHook } from './container-life.ts';
import { type Course, healthIn } from './container-steps.ts';
import { alsoPulled, askedAgain, type PullFailure, present, pulled } from './images.ts';
import type { Container, ContainerStatus, WorkPod } from './shapes.ts';
import type { Picture } from './turn.ts';

/** Tells something of a Pod, or of a part of it. */
export type Tell = (reason: string, message: string, field?: string, type?: 'Normal' | 'Warning') => void;

interface Said {
  there: boolean;
  failure: PullFailure | undefined;
  took: number;
  /** Whether an image was there already when its turn came. */
  waited?: (image: string) => boolean;
}

/** The Events of a step. */
export function narrate(
  tell: Tell,
  { metadata }: WorkPod,
  { name, image, ...container }: Container,
  field: string,
  last: ContainerStatus,
  next: ContainerStatus,
  { there, failure, took, waited = () => false }: Said,
): void {
  const [before, after] = [last.state.waiting?.reason, next.state.waiting?.reason];
  const { terminated } = next.state;
  const fails = terminated?.reason === 'StartError' && terminated.finishedAt !== last.state.terminated?.finishedAt;
  if (fails || (next.state.running && !last.state.running)) {
    const isFirst = next.restartCount === 0;
    const isThere = isFirst ? there : container['imagePullPolicy'] !== 'Always';
    if (!isFirst && !isThere) tell('Pulling', `Pulling image "${image}"`, field);
    tell(
      'Pulled',
      isThere
        ? present(image)
        : isFirst && waited(image)
          ? alsoPulled(image, took)
          : pulled(image, isFirst ? took : askedAgain(`${metadata.uid}/${name}/${next.restartCount}`)),
      field,
    );
    tell('Created', `Created container: ${name}`, field);
    if (fails) tell('Failed', `Error: ${terminated.message}`, field, 'Warning');
    else tell('Started', `Started container ${name}`, field);
    if (!fails && failedHook({ name, image, ...container }) !== undefined) {
      tell('FailedPostStartHook', 'PostStartHook failed', field, 'Warning');
      tell('Killing', 'FailedPostStartHook', field);
    }
  } else if (after !== undefined && after !== before) {
    if (after === 'CrashLoopBackOff') {
      const words = `Back-off restarting failed container ${name} in pod ${metadata.name}_${metadata.namespace}(${metadata.uid})`;
      tell('BackOff', words, field, 'Warning');
    } else if (after === 'ImagePullBackOff') {
      tell('BackOff', `Back-off pulling image "${image}"`, field);
      tell('Failed', 'Error: ImagePullBackOff', field, 'Warning');
    } else if (after === 'CreateContainerConfigError') {
      tell('Pulled', there ? present(image) : waited(image) ? alsoPulled(image, took) : pulled(image, took), field);
      tell('Failed', `Error: ${failure?.message}`, field, 'Warning');
    } else if (failure && after === failure.reason) {
      if (after === 'ErrImagePull') {
        tell('Pulling', `Pulling image "${image}"`, field);
        tell('Failed', `Failed to pull image "${image}": ${failure.message}`, field, 'Warning');
      } else {
        const word = after === 'InvalidImageName' ? 'InspectFailed' : after;
        tell(word, failure.message, field, 'Warning');
      }
      tell('Failed', `Error: ${after}`, field, 'Warning');
    }
  }
}

/** What a kubelet says of a container whose probes fail. */
export function complain(
  picture: Picture,
  tell: Tell,
  container: Container,
  field: string,
  status: ContainerStatus,
  course: Course,
): void {
  const key = `${course.pod.metadata.uid}/${field}/${status.restartCount}`;
  const { complaints, killed } = healthIn(container, status, course);
  for (const { kind, turn, words, isError } of complaints) {
    if (!picture.rises(`${key}/${kind}`, turn)) continue;
    const how = isError ? 'errored and resulted in unknown state' : 'failed';
    tell('Unhealthy', `${kind} probe ${how}: ${words}`, field, 'Warning');
  }
  if (!killed || !picture.first(`${key}/killed`)) return;
  const then = course.policy === 'Never' ? '' : ', will be restarted';
  tell('Killing', `Container ${container.name} failed ${killed.by.toLowerCase()} probe${then}`, field);
}
