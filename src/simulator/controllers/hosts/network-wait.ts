/** What a Node that joins waits for before it is ready: the network, which a Pod brings, and how long it waits at most. */

import type { Transport } from '../../../kube/types.ts';
import type { Node } from '../shapes/core.ts';

/** So long after it has begun the Pod that brings the network to a Node has configured it, ms. */
const configuring = 4000;

/** At a higher speed a Node would wait for its Pods, whose pace is that of the clock, longer than for all else. */
export const mostSpeedOfPods = 60;

/**
 * How long a Node waits at most for a network that comes, simulated ms. Pods pass at the pace of the clock: at a speed they would take
 * longer than a health check lets a Node be ill (ten minutes, as a rule), and each new one would be replaced.
 */
export function patience(speed: number): number {
  if (speed <= 1) return Number.POSITIVE_INFINITY;
  // Ten minutes are less than it takes to read a few objects here, and Pods are out of step anyway.
  return speed > mostSpeedOfPods ? 0 : 7 * 60_000;
}

interface Bringing {
  status?: {
    phase?: string;
    conditions?: { type: string; status: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  state?: { running?: { startedAt?: string }; waiting?: { reason?: string } };
}

/** What a container waits for that will run, if nothing happens to it. */
const coming: readonly (string | undefined)[] = [undefined, 'ContainerCreating', 'PodInitializing'];

/**
 * Whether the Pod that brings the network to a Node has done so at Unix time `now` in ms, will do so, or fails; where nobody plays Pods
 * there is none, and it has. It waits for the address of its Node, which a controller gives it as soon as one works.
 */
export async function stateOfNetwork(
  transport: Transport,
  { metadata }: Node,
  now: number,
): Promise<'there' | 'comes' | 'fails'> {
  const podsOf = async (app: string, more: object = {}) => {
    const query = { labelSelector: `app=${app}`, ...more };
    const path = '/api/v1/namespaces/kube-system/pods';
    return (await transport.json<{ items: Bringing[] }>({ path, query })).items;
  };
  const servers = await podsOf('kube-ovn-cni', { fieldSelector: `spec.nodeName=${metadata.name}` });
  const containers = servers.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  if (!containers.every(({ state }) => coming.includes(state?.waiting?.reason))) return 'fails';
  const begun = servers.every(({ status }) => {
    const since = Date.parse(status?.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
    return status?.phase === 'Running' && !(since + configuring > now);
  });
  if (!begun) return 'comes';
  if (servers.length === 0 || metadata.annotations?.['ovn.kubernetes.io/allocated']) return 'there';
  const controllers = await podsOf('kube-ovn-controller');
  const works = ({ status }: Bringing) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return controllers.length === 0 || controllers.some(works) ? 'there' : 'fails';
}
