/** What holds a group or a cluster, for pausing and resuming alike (domain §4.6). */

import { PAUSED } from '../domain/annotations.ts';
import type { GroupRow } from '../domain/fleet/rows.ts';
import type { Cluster, ControlPlane, Deployment, DomainObject } from '../domain/objects.ts';
import type { Operation, Sent, Step, World } from './contract.ts';
import { groupOf, textIn } from './find.ts';
import { goneTarget, isAfter, progressOf, type Sight, writtenSight } from './progress.ts';

/** What can be paused. */
export type Target = Cluster | ControlPlane | Deployment;
/** What of an object is held: all that its controller does, or only its rollout. */
export type Hold = 'all' | 'rollout';

/** The first target, where it can be paused. */
export function targetOf(targets: readonly DomainObject[]): Target | undefined {
  const [target] = targets;
  return target?.kind === 'cluster' || target?.kind === 'controlPlane' || target?.kind === 'deployment'
    ? target
    : undefined;
}

/** What holds the object itself, whatever its cluster is. */
export function heldBy(target: Target): { annotation: boolean; spec: boolean } {
  const spec = target.kind === 'cluster' ? target.paused : target.kind === 'deployment' && target.rolloutPaused;
  return { annotation: Object.hasOwn(target.annotations, PAUSED), spec };
}

/** Whether what `hold` means is held. */
export function isHeld(target: Target, hold: Hold): boolean {
  const { annotation, spec } = heldBy(target);
  return target.kind === 'cluster' || hold === 'rollout' ? spec : annotation;
}

/** The groups a pause of the target holds: itself, or those of the cluster. */
export function groupsOf(world: World, target: Target): GroupRow[] {
  if (target.kind !== 'cluster') {
    const group = groupOf(world, target);
    return group ? [group] : [];
  }
  return world.fleet.groups.list.filter(({ cluster }) => cluster === target.name);
}

/** The Cluster a group belongs to; undefined for a Cluster. */
export function clusterOf(world: World, target: Target): Cluster | undefined {
  const name = target.kind === 'cluster' ? undefined : target.clusterName;
  return world.fleet.clusters.list.find((cluster) => cluster.name === name)?.object;
}

/** One line of a diff; an undefined side was or will not be there. */
export function line(path: string, from: unknown, to: unknown): Step['diff'][number] {
  return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The pausing annotation in a diff. */
export const ANNOTATION_PATH = `metadata.annotations[${PAUSED}]`;

/** The object a request was for, as it is now. */
export function targetNow(world: World, sent: Sent): Target | undefined {
  const uid = textIn(sent.memo, 'uid') ?? '';
  return world.fleet.clusters.byUid.get(uid)?.object ?? groupOf(world, { uid })?.object;
}

/** The checklist of one write that is done once `wanted` holds; `title`: what it then is, `since`: what undoes it. */
export function doneWith(
  wanted: (target: Target, sent: Sent) => boolean,
  title: string,
  since: string,
): Operation['done'] {
  return (world, sent) => {
    const target = targetNow(world, sent);
    const sight: Sight = target
      ? {
          title: `${target.name} ${title}`,
          seen: wanted(target, sent),
          ...(isAfter(target, sent) ? { overtaken: `${since} since` } : {}),
        }
      : goneTarget('Target', sent.request.targets[0]?.name ?? 'it');
    return progressOf([writtenSight(sent), sight]);
  };
}
