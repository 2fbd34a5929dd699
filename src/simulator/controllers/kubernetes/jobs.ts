/** The Job controller: Pods until enough have succeeded, or too many failed. After k8s.io/kubernetes/pkg/controller/job. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { indexesOf, indexOf, podAt, ranges } from './job-indexes.ts';
import { isActive, isGoing, readySince } from './pods.ts';
import type { Job, WorkCondition, WorkPod } from './shapes.ts';
import { create, each, event, isOf, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'job-controller';
/** How long a failure is waited upon, ms: doubled each time, up to ten minutes. */
const rest = { first: 10_000, most: 600_000 };

/** One turn for every Job of the picture. */
export function jobs(picture: Picture): Turn {
  return each(picture, picture.jobs, (job) => one(picture, job));
}

/** How a Job has ended; undefined while it goes on. */
export const endOf = ({ status }: Job): WorkCondition | undefined =>
  status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

function one(picture: Picture, job: Job): Turn {
  const { now } = picture;
  const end = endOf(job);
  if (end) return expired(job, end, now);
  const pods = picture.pods.filter((pod) => isOf(pod, job));
  const active = pods.filter(isActive);
  const failed = pods.filter(({ status }) => status?.phase === 'Failed');
  const { parallelism = 1, backoffLimit = 6, suspend, activeDeadlineSeconds } = job.spec;
  const indexed = job.spec.completionMode === 'Indexed' ? indexesOf(job, pods) : undefined;
  // What has succeeded stays so, whoever takes its Pod away.
  const ends = pods.filter(({ status }) => status?.phase === 'Succeeded').length;
  const succeeded = indexed?.done.length ?? Math.max(ends, Number(job.status?.['succeeded'] ?? 0));
  // Without a number one that has succeeded says that the work is done.
  const { completions } = job.spec;
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  const failures = Math.max(failed.length, Number(job.status?.['failed'] ?? 0));
  // Containers that are begun again in place count as failures, too.
  const retries = active.reduce((all, pod) => all + restartsOf(pod), 0);
  const startTime = job.status?.startTime ?? (suspend ? undefined : timestamp(now));
  const deadline =
    activeDeadlineSeconds && startTime ? Date.parse(startTime) + activeDeadlineSeconds * 1000 : undefined;
  const writes: Write[] = [];
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    writes.push(event(by, job, { type, reason, message, component }));
  const gone = (list: readonly WorkPod[]) => {
    for (const pod of list) {
      writes.push(remove(by, pod));
      tell('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    }
  };
  const counts = (running: readonly WorkPod[]) => ({
    ...(running.length > 0 ? { active: running.length } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failures > 0 ? { failed: failures } : {}),
    ...(indexed && indexed.done.length > 0 ? { completedIndexes: ranges(indexed.done) } : {}),
    ...(indexed && job.spec.backoffLimitPerIndex !== undefined ? { failedIndexes: ranges(indexed.failed) } : {}),
    ready: running.filter((pod) => readySince(pod) !== undefined).length,
    ...{ terminating: pods.filter(isGoing).length, uncountedTerminatedPods: {} },
    ...(startTime ? { startTime } : {}),
  });
  const ended = (state: Ending) => {
    gone(active);
    tell(state.type, state.event, state.says);
    const at = timestamp(now);
    const conditions = state.types.map((type) => ({
      ...{
        type,
        status: 'True',
        lastProbeTime: at,
        lastTransitionTime: at,
        reason: state.reason,
        message: state.message,
      },
    }));
    const status = { ...counts([]), ...(state.type === 'Normal' ? { completionTime: at } : {}), conditions };
    return { writes: [...writes, update(by, { ...job, status } as KubeObject, '/status')] };
  };
  if (isDone) return ended(COMPLETE);
  const perIndex = indexed !== undefined && job.spec.backoffLimitPerIndex !== undefined;
  if (perIndex && indexed.failed.length > 0 && indexed.left.length === 0) return ended(INDEXES);
  if (!perIndex && failures + retries > backoffLimit) return ended(EXHAUSTED);
  if (deadline !== undefined && now >= deadline) return ended(LATE);
  const last = Math.max(0, ...failed.map(endedAt));
  const due = failed.length === 0 ? now : last + Math.min(rest.most, rest.first * 2 ** (failed.length - 1));
  const room = indexed ? indexed.left.length : completions === undefined ? parallelism : completions - succeeded;
  // Of a work queue that has an end nobody new is begun.
  const open = completions === undefined && succeeded > 0 ? active.length : Math.min(parallelism, room);
  const wanted = suspend ? 0 : open;
  if (active.length > wanted) gone(active.slice(wanted));
  if (now >= due) {
    const free = indexed?.left.filter((index) => !active.some((pod) => indexOf(pod) === index)) ?? [];
    for (let missing = wanted - active.length; missing > 0; missing -= 1) {
      const suffix = picture.suffix();
      const plain = podOf(job, suffix);
      const pod = indexed ? podAt(job, plain, free.shift()!, suffix) : plain;
      writes.push(create(by, pod));
      tell('Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
  }
  const conditions = suspension(job, now);
  if (conditions?.told) tell('Normal', conditions.told, `Job ${conditions.told.toLowerCase()}`);
  const status = { ...counts(active), ...(conditions ? { conditions: conditions.all } : {}) };
  if (!equal(status, job.status)) writes.push(update(by, { ...job, status } as KubeObject, '/status'));
  const times = [deadline, wanted > active.length && due > now ? due : undefined].filter((at) => at !== undefined);
  return { writes, again: times.length > 0 ? Math.min(...times) : undefined };
}

interface Ending {
  type: 'Normal' | 'Warning';
  types: string[];
  reason: string;
  message: string;
  event: string;
  says: string;
}

const COMPLETE: Ending = {
  ...{ type: 'Normal', types: ['SuccessCriteriaMet', 'Complete'], reason: 'CompletionsReached' },
  ...{ message: 'Reached expected number of succeeded pods', event: 'Completed', says: 'Job completed' },
};
const over = (reason: string, message: string): Ending => ({
  ...{ type: 'Warning', types: ['FailureTarget', 'Failed'], reason, message, event: reason, says: message },
});
const EXHAUSTED = over('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
const LATE = over('DeadlineExceeded', 'Job was active longer than specified deadline');

const INDEXES = over('FailedIndexes', 'Job has failed indexes');

/** The conditions of a Job that goes on, and what is told where it begins or ends to be suspended. */
function suspension(
  { spec, status }: Job,
  now: number,
): { all: WorkCondition[]; told?: 'Suspended' | 'Resumed' } | undefined {
  const before = status?.conditions ?? [];
  const last = before.find(({ type }) => type === 'Suspended');
  const wanted = spec.suspend ? 'True' : 'False';
  if ((last?.status ?? 'False') === wanted) return before.length > 0 ? { all: [...before] } : undefined;
  const at = timestamp(now);
  const reason = spec.suspend ? 'JobSuspended' : 'JobResumed';
  const message = spec.suspend ? 'Job suspended' : 'Job resumed';
  const next = {
    ...{ type: 'Suspended', status: wanted, lastProbeTime: at, lastTransitionTime: at, reason, message },
  } as unknown as WorkCondition;
  return { all: [...before.filter((one) => one !== last), next], told: spec.suspend ? 'Suspended' : 'Resumed' };
}

const restartsOf = ({ status }: WorkPod): number =>
  (status?.containerStatuses ?? []).reduce((all, { restartCount }) => all + restartCount, 0);

const endedAt = ({ status }: WorkPod): number =>
  Math.max(
    0,
    ...(status?.containerStatuses ?? []).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '') || 0),
  );

/** What is over is kept as long as it says, or for good. */
function expired(job: Job, end: WorkCondition, now: number): Turn {
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  if (ttl === undefined) return { writes: [] };
  const until = Date.parse(end.lastTransitionTime ?? '') + ttl * 1000;
  return now >= until ? { writes: [remove(by, job)] } : { writes: [], again: until };
}

function podOf(job: Job, suffix: string): WorkPod {
  const { metadata = {}, spec } = job.spec.template;
  const { name, namespace } = job.metadata;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...metadata,
      ...{ name: `${name}-${suffix}`, generateName: `${name}-`, namespace, ownerReferences: [ownerReference(job)] },
    } as WorkPod['metadata'],
    spec,
  };
}
