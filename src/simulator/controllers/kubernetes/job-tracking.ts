/**
 * Which Pods of a Job have been counted: each is held until its Job has noted it, so that none is forgotten and none counts
 * twice. After k8s.io/kubernetes/pkg/controller/job, trackJobStatusAndRemoveFinalizers.
 */

import type { Job, WorkPod } from './shapes.ts';

/** What holds a Pod of a Job. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

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
