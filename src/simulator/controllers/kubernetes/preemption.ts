/** Who makes room for a Pod that matters more. After k8s.io/kubernetes/pkg/scheduler/framework/preemption. */

import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { seen } from './container-status.ts';
import { isGoing } from './pods.ts';
import type { WorkPod } from './shapes.ts';
import { event, type Picture, remove, update, type Write } from './turn.ts';

const by = 'kube-scheduler';
const component = 'default-scheduler';

/** How much a Pod matters beside others, 0 where it does not say. */
export const priorityOf = ({ spec }: WorkPod): number => Number(spec['priority'] ?? 0);

/** Why a Pod takes nobody's room now; undefined where it may. */
export function spares(pod: WorkPod, placed: readonly WorkPod[]): string | undefined {
  if (pod.spec['preemptionPolicy'] === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.['nominatedNodeName'];
  const waits = placed.some(
    (one) => nominated && one.spec.nodeName === nominated && isGoing(one) && priorityOf(one) < priorityOf(pod),
  );
  return waits ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

export interface Room {
  node: Node;
  victims: WorkPod[];
}

/**
 * The Node on which the least important Pods have to go for this one, and which; undefined where none helps. `fits`: whether
 * it would run there without some of the others.
 */
export function roomFor(
  pod: WorkPod,
  nodes: readonly Node[],
  placed: readonly WorkPod[],
  fits: (node: Node, without: ReadonlySet<WorkPod>) => boolean,
): Room | undefined {
  const rooms = nodes.flatMap((node): Room[] => {
    const lesser = placed
      .filter((one) => one.spec.nodeName === node.metadata.name && !isGoing(one) && priorityOf(one) < priorityOf(pod))
      .sort((a, b) => priorityOf(b) - priorityOf(a));
    const going = new Set(lesser);
    if (lesser.length === 0 || !fits(node, going)) return [];
    // Whoever may stay after all does, the most important first.
    for (const one of lesser) {
      going.delete(one);
      if (!fits(node, going)) going.add(one);
    }
    return [{ node, victims: [...going] }];
  });
  const rank = ({ victims }: Room) => [
    Math.max(...victims.map(priorityOf)),
    victims.reduce((sum, one) => sum + priorityOf(one) + 2 ** 31, 0),
    victims.length,
  ];
  return rooms.sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! - right[at]!;
  })[0];
}

/** The others go. */
export function preempting(picture: Picture, pod: WorkPod, { node, victims }: Room): Write[] {
  return victims.flatMap((victim) => {
    const { name } = node.metadata;
    const message = `Preempted by pod ${pod.metadata.uid} on node ${name}`;
    return [
      update(
        by,
        disrupted(
          picture,
          victim,
          'PreemptionByScheduler',
          `${component}: preempting to accommodate a higher priority pod`,
        ),
        '/status',
      ),
      remove(by, victim),
      event(by, victim, {
        type: 'Normal',
        reason: 'Preempted',
        action: 'Preempting',
        message,
        component,
        related: pod,
      }),
    ];
  });
}

/** A Pod that says why it is about to be taken away. */
export function disrupted(
  { now, nodes }: Pick<Picture, 'now' | 'nodes'>,
  pod: WorkPod,
  reason: string,
  message: string,
): KubeObject {
  const type = 'DisruptionTarget';
  const told = {
    ...{ type, status: 'True', reason, message, lastProbeTime: null, lastTransitionTime: timestamp(now) },
    ...seen(nodes, pod.metadata),
  };
  const others = (pod.status?.conditions ?? []).filter((one) => one.type !== type);
  return { ...pod, status: { ...pod.status, conditions: [...others, told] } } as KubeObject;
}
