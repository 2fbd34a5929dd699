/**
 * Which Pods of a Job have been counted: each is held until its Job has noted it, so that none is forgotten and none counts
 * twice. After k8s.io/kubernetes/pkg/controller/job, trackJobStatusAndRemoveFinalizers.
 */

import { isGoing, readySince } from './pods.ts';
import type { Job, WorkPod } from './shapes.ts';
import type { Picture } from './turn.ts';

/** What holds a Pod of a Job. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

/** Whether a Pod is kept until its Job has counted it. */
export const isHeld = ({ metadata }: WorkPod): boolean => metadata.finalizers?.includes(TRACKING) ?? false;

/** Whether it has ended, or was deleted before it had a Node. */
export const isOver = ({ metadata, spec, status }: WorkPod): boolean =>
  status?.phase === 'Succeeded' ||
  status?.phase === 'Failed' ||
  (metadata.deletionTimestamp !== undefined && !spec.nodeName);

/** The Pod as nothing of a Job holds it. */
export function untracked(pod: WorkPod): WorkPod {
  const { finalizers = [], ...metadata } = pod.metadata;
  const left = finalizers.filter((one) => one !== TRACKING);
  return { ...pod, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata };
}

type Uncounted = { succeeded?: string[]; failed?: string[] };

export interface Tally {
  /** In all, whether noted yet or not. */
  succeeded: number;
  failed: number;
  /** What the Job says of both: those that nothing holds any more. */
  counted: { succeeded: number; failed: number };
  /** Those that are noted, and still held. */
  uncounted: Uncounted;
  /** Those that have been noted: they may go. */
  noted: WorkPod[];
}

/** How many have ended well and badly. */
export function tally({ status }: Job, pods: readonly WorkPod[]): Tally {
  const before = (status?.['uncountedTerminatedPods'] ?? {}) as Uncounted;
  const held = new Map(pods.filter(isHeld).map((pod) => [pod.metadata.uid ?? '', pod]));
  const of = (kind: 'succeeded' | 'failed') => {
    const old = before[kind] ?? [];
    const isOf = (pod: WorkPod) => (pod.status?.phase === 'Succeeded') === (kind === 'succeeded');
    const fresh = [...held].flatMap(([uid, pod]) => (isOver(pod) && isOf(pod) && !old.includes(uid) ? [uid] : []));
    const counted = Number(status?.[kind] ?? 0) + old.filter((uid) => !held.has(uid)).length;
    return { counted, left: [...old.filter((uid) => held.has(uid)), ...fresh] };
  };
  const [good, bad] = [of('succeeded'), of('failed')];
  const old = [...(before.succeeded ?? []), ...(before.failed ?? [])];
  return {
    ...{ succeeded: good.counted + good.left.length, failed: bad.counted + bad.left.length },
    counted: { succeeded: good.counted, failed: bad.counted },
    uncounted: {
      ...(good.left.length > 0 ? { succeeded: good.left } : {}),
      ...(bad.left.length > 0 ? { failed: bad.left } : {}),
    },
    noted: old.flatMap((uid) => held.get(uid) ?? []),
  };
}

/** How long what happens to Pods waits for more of it, ms: syncJobBatchPeriod. */
const batch = 1000;

/**
 * Until when a Job is not looked at, Unix ms, because something has happened to a Pod of it a moment ago; undefined where it
 * is looked at now. Whoever writes the Job itself is not kept waiting.
 */
export function heldUntil({ now, since }: Pick<Picture, 'now' | 'since'>, job: Job, pods: readonly WorkPod[]) {
  const { uid, generation } = job.metadata;
  const times = pods.flatMap((pod) => {
    const state = stateOf(pod);
    return state === undefined ? [] : since(`${uid}/${pod.metadata.uid}/${state}`);
  });
  const written = since(`${uid}/generation/${generation ?? 1}`);
  let until = Number.NEGATIVE_INFINITY;
  for (const at of times.sort((a, b) => a - b)) if (at > until) until = at + batch;
  return now < until && now > written ? until : undefined;
}

/** What a Job asks of a Pod; undefined of one that only begins. */
function stateOf(pod: WorkPod): string | undefined {
  const { phase, containerStatuses = [] } = pod.status ?? {};
  const restarts = containerStatuses.reduce((all, { restartCount }) => all + restartCount, 0);
  if (phase === 'Succeeded' || phase === 'Failed') return phase;
  if (isGoing(pod)) return 'going';
  return readySince(pod) === undefined && restarts === 0 ? undefined : `${readySince(pod) !== undefined}/${restarts}`;
}
