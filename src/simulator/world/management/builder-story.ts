/** What the scheduler and a kubelet of the management cluster tell of the Pod that builds an ISO. */

import { EventRecorder, type Happening } from '../../controllers/events.ts';
import { kinds } from '../../controllers/kinds.ts';
import { present, pulled } from '../../controllers/kubernetes/images.ts';
import type { Runtime } from '../../controllers/runtime.ts';
import type { Pod } from '../../controllers/shapes/core.ts';
import { isForSeedImage } from './scheduler.ts';

interface Step extends Happening {
  /** Unix time in ms. */
  at: number;
}

const second = 1000;

/** All of it in order, for a Pod on its Node that began to build at `begun` and to serve at `built`, Unix times in ms. */
export const builderStory = (pod: Pod, begun: number, built: number): Step[] => [
  ...building(pod).map((what, at) => ({ ...what, at: begun + (at === 0 ? 0 : second) })),
  ...serving(pod).map((what) => ({ ...what, at: built })),
];

interface Container {
  name: string;
  image: string;
}
interface Spec {
  nodeName?: string;
  containers: Container[];
  initContainers?: Container[];
}

const specOf = (pod: Pod): Spec => pod.spec as unknown as Spec;

function building(pod: Pod): Happening[] {
  const { nodeName = '', initContainers = [] } = specOf(pod);
  const { namespace = '', name } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
  const [build] = initContainers;
  return [
    { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' },
    ...(build ? beginning(build, `spec.initContainers{${build.name}}`, nodeName, false) : []),
  ];
}

function serving(pod: Pod): Happening[] {
  const { nodeName = '', containers } = specOf(pod);
  const [serve] = containers;
  return serve ? beginning(serve, `spec.containers{${serve.name}}`, nodeName, true) : [];
}

function beginning({ name, image }: Container, field: string, host: string, there: boolean): Happening[] {
  const tell = (reason: string, message: string): Happening => {
    return { type: 'Normal', reason, message, component: 'kubelet', host, field };
  };
  return [
    ...(there ? [] : [tell('Pulling', `Pulling image "${image}"`)]),
    tell('Pulled', there ? present(image) : pulled(image, second)),
    tell('Created', `Created container: ${name}`),
    tell('Started', `Started container ${name}`),
  ];
}

/** Lets it be told of every such Pod that is made from now on. Call it before the runtime starts. */
export function tellOfBuilders(rt: Runtime): void {
  const pods = rt.informer(kinds.Pod);
  const recorder = new EventRecorder(rt.client, rt.clock, rt.random('builders'), rt.speed);
  const seen = new Map<string, string>();
  const controller = rt.controller('builders', async (name) => {
    const pod = pods.get(name);
    if (!pod || !isForSeedImage(pod) || !specOf(pod).nodeName) return undefined;
    const { uid = '', creationTimestamp = '' } = pod.metadata;
    const phase = pod.status?.phase ?? 'Pending';
    const known = seen.get(uid);
    seen.set(uid, phase);
    // What was there when this began has told it to who was here before.
    const fresh = known !== undefined || rt.since(creationTimestamp) < 2 * second * rt.speed;
    if (!fresh) return undefined;
    const told = known ? [] : building(pod);
    if (phase === 'Running' && known !== 'Running') told.push(...serving(pod));
    for (const what of told) await recorder.record(pod, what);
    return undefined;
  });
  pods.onChange((pod, change) => {
    if (change === 'deleted') seen.delete(pod.metadata.uid ?? '');
    else controller.enqueue(pod.metadata.name);
  });
}
