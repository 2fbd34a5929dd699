/** How controllers tell that the server did not let them make something: the words of pkg/controller/{deployment,statefulset,cronjob}. */

import type { Happening } from '../events.ts';
import type { KubeObject, OwnerReference } from '../shapes/meta.ts';
import type { Request } from './turn.ts';

/** By whose controller an object is made. */
export const makerOf = ({ body, maker }: Request): OwnerReference | undefined =>
  maker ?? (body as KubeObject).metadata.ownerReferences?.find(({ controller }) => controller);

const rests = { first: 5, most: 1_000_000 };
const restsOfJobs = { first: 1000, most: 60_000 };

/**
 * How long whoever may not make what it wants to make waits, in ms: twice as long as it did `before`, where it did. Source:
 * client-go, util/workqueue/default_rate_limiters.go; Jobs have their own, pkg/controller/job/job_controller.go.
 */
export function restOf({ kind }: OwnerReference, before: number | undefined): number {
  const { first, most } = kind === 'Job' ? restsOfJobs : rests;
  return before === undefined ? first : Math.min(most, before * 2);
}

/** What is told about `maker`, which may not make `made`, for a reason in the server's words. */
export function refusal({ kind, name }: OwnerReference, made: KubeObject, why: string): Happening {
  const component = `${kind.toLowerCase()}-controller`;
  const told = (reason: string, message: string): Happening => ({ type: 'Warning', reason, message, component });
  if (kind === 'StatefulSet' && made.kind === 'PersistentVolumeClaim') {
    const claim = made.metadata.name;
    const of = podOf(claim, name);
    return told('FailedCreate', `create Claim ${claim} Pod ${of} in StatefulSet ${name} failed error: ${why}`);
  }
  if (kind === 'StatefulSet' && made.kind === 'Pod') {
    return told('FailedCreate', `create Pod ${made.metadata.name} in StatefulSet ${name} failed error: ${why}`);
  }
  if (kind === 'Deployment') {
    return told('ReplicaSetCreateError', `Failed to create new replica set "${made.metadata.name}": ${why}`);
  }
  return told('FailedCreate', `Error creating${kind === 'CronJob' ? ' job' : ''}: ${why}`);
}

/** The Pod that a claim is for ends it: `data-db-0` is of `db-0`. */
const podOf = (claim: string, set: string): string => claim.slice(claim.lastIndexOf(`${set}-`));
