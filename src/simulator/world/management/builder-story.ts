/** What the scheduler and a kubelet of the management cluster tell of the Pod that builds an ISO. */

import { EventRecorder, type Happening } from '../../controllers/events.ts';
import { kinds } from '../../controllers/kinds.ts';
import { present, pulled } from '../../controllers/kubernetes/images.ts';
import { Random } from '../../controllers/random.ts';
import type { Runtime } from '../../controllers/runtime.ts';
import type { Pod } from '../../controllers/shapes/core.ts';
import { isForSeedImage } from './scheduler.ts';

interface Step extends Happening {
  /** Unix time in ms. */
  at: number;
}

const second = 1000;

/**
 * All of it in order, for a Pod on its Node that was made at `begun` and began to serve at `built`, Unix times in ms. Which scheduler has
 * placed it is not said.
 */
export function builderStory(pod: Pod, begun: number, built: number): Step[] {
  const took = pullOf(pod);
  const start = startOf(pod, begun);
  const first = [begun, begun + taken, begun + taken + took, start - run, start];
  const then = (at: number) => (what: Happening, step: number) => ({ ...what, at: at + step * run });
  return [
    ...building(pod, took).map((what, step) => ({ ...what, at: first[step] ?? start })),
    ...packing(pod).map(then(built - 9 * second)),
    ...serving(pod).map(then(built)),
  ];
}

/** How long, in ms, a kubelet takes until it looks at a new Pod, and for each step of a container whose image is there. */
const [taken, run] = [1000, 80];

/** When the first container of such a Pod starts: once its image has come. Unix times in ms. */
export const startOf = (pod: Pod, begun: number): number => begun + taken + pullOf(pod) + 2 * run;

/** How long its image takes to come, in ms, where it is not there. */
const pullOf = ({ metadata: { uid, name } }: Pod): number =>
  5 * second + new Random('pull', uid ?? name).integer(0, 4000);

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

/** It comes to its Node, and what its ISO is made from is fetched. `took`: how long its image took to come, in ms; 0 where it is there; `host`: where the scheduler runs. */
function building(pod: Pod, took: number, host?: string): Happening[] {
  const { nodeName = '' } = specOf(pod);
  const { namespace = '', name } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
  const by = { action: 'Binding', component: 'default-scheduler', ...(host ? { host } : {}) };
  return [{ type: 'Normal', reason: 'Scheduled', message, ...by }, ...initial(pod, 0, took)];
}

const packing = (pod: Pod): Happening[] => initial(pod, 1, 0);

function initial(pod: Pod, at: number, took: number): Happening[] {
  const { nodeName = '', initContainers = [] } = specOf(pod);
  const container = initContainers[at];
  return container ? beginning(container, `spec.initContainers{${container.name}}`, nodeName, took) : [];
}

function serving(pod: Pod): Happening[] {
  const { nodeName = '', containers } = specOf(pod);
  const [serve] = containers;
  return serve ? beginning(serve, `spec.containers{${serve.name}}`, nodeName, 0) : [];
}

function beginning({ name, image }: Container, field: string, host: string, took: number): Happening[] {
  const tell = (reason: string, message: string): Happening => {
    return { type: 'Normal', reason, message, component: 'kubelet', host, field };
  };
  return [
    ...(took > 0 ? [tell('Pulling', `Pulling image "${image}"`)] : []),
    tell('Pulled', took > 0 ? pulled(image, took) : present(image)),
    tell('Created', `Created container: ${name}`),
    tell('Started', `Started container ${name}`),
  ];
}

/** Lets it be told of every such Pod that is made from now on; `host`: where the scheduler runs that leads. Call it before the runtime starts. */
export function tellOfBuilders(rt: Runtime, host: () => string | undefined): void {
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
    // ISOs have been built on every Node before: their program is there, and begins at once.
    const told = known ? [] : building(pod, 0, host());
    if (phase === 'Running' && known !== 'Running') told.push(...packing(pod), ...serving(pod));
    for (const what of told) await recorder.record(pod, what);
    return undefined;
  });
  pods.onChange((pod, change) => {
    if (change === 'deleted') seen.delete(pod.metadata.uid ?? '');
    else controller.enqueue(pod.metadata.name);
  });
}
