/** The Job controller: Pods until enough have succeeded, or too many failed. After k8s.io/kubernetes/pkg/controller/job. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { indexesOf, indexOf, podAt, ranges } from './job-indexes.ts';
import { heldUntil, isHeld, TRACKING, tally, untracked } from './job-tracking.ts';
import { isActive, isGoing, readySince } from './pods.ts';
import type { Job, WorkCondition, WorkPod } from './shapes.ts';
import { create, each, event, isOf, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'job-controller';
/** How long a failure is waited upon, ms: doubled each time, up to ten minutes. */
const rest = { first: 10_000, most: 600_000 };

/** One turn for every Job of the picture. */
export function jobs(picture: Picture): Turn {
  const turn = each(picture, picture.jobs, (job) => one(picture, job));
  return { ...turn, writes: [...turn.writes, ...released(picture)] };
}

/** Whose Job is gone, or is over and counts nobody any more, is held no longer. */
function released({ pods, jobs: all }: Picture): Write[] {
  return pods
    .filter(isHeld)
    .filter((pod) => !all.some((job) => isOf(pod, job) && !job.metadata.deletionTimestamp))
    .map((pod) => update(by, untracked(pod)));
}

/** How a Job has ended; undefined while it goes on. */
export const endOf = ({ status }: Job): WorkCondition | undefined =>
  status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

function one(picture: Picture, job: Job): Turn {
  const { now } = picture;
  const end = endOf(job);
  const pods = picture.pods.filter((pod) => isOf(pod, job));
  if (end) {
    const turn = expired(job, end, now);
    return { ...turn, writes: [...pods.filter(isHeld).map((pod) => update(by, untracked(pod))), ...turn.writes] };
  }
  const held = heldUntil(picture, job, pods);
  if (held !== undefined) return { writes: [], again: held };
  const active = pods.filter(isActive);
  const failed = pods.filter(({ status }) => status?.phase === 'Failed');
  const tracked = tally(job, pods);
  const { parallelism = 1, backoffLimit = 6, suspend, activeDeadlineSeconds } = job.spec;
  const indexed = job.spec.completionMode === 'Indexed' ? indexesOf(job, pods) : undefined;
  // What has succeeded stays so, whoever takes its Pod away.
  const succeeded = indexed?.done.length ?? tracked.succeeded;
  // Without a number one that has succeeded says that the work is done.
  const { completions } = job.spec;
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  const counted = indexed ? succeeded : tracked.counted.succeeded;
  const failures = tracked.failed;
  // Containers that are begun again in place count as failures, too.
  const retries = active.reduce((all, pod) => all + restartsOf(pod), 0);
  const startTime = job.status?.startTime ?? (suspend ? undefined : timestamp(now));
  const deadline =
    activeDeadlineSeconds && startTime ? Date.parse(startTime) + activeDeadlineSeconds * 1000 : undefined;
  const writes: Write[] = tracked.noted.map((pod) => update(by, untracked(pod)));
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    writes.push(event(by, job, { type, reason, message, component }));
  // Whoever goes because fewer are wanted does not count as having failed.
  const gone = (list: readonly WorkPod[], counts = false) => {
    for (const pod of list) {
      if (isHeld(pod) && !counts) writes.push(update(by, untracked(pod)));
      writes.push(remove(by, pod));
      tell('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    }
  };
  const counts = (running: readonly WorkPod[]) => ({
    ...(running.length > 0 ? { active: running.length } : {}),
    ...(counted > 0 ? { succeeded: counted } : {}),
    ...(tracked.counted.failed > 0 ? { failed: tracked.counted.failed } : {}),
    ...(indexed && indexed.done.length > 0 ? { completedIndexes: ranges(indexed.done) } : {}),
    ...(indexed && job.spec.backoffLimitPerIndex !== undefined ? { failedIndexes: ranges(indexed.failed) } : {}),
    ready: running.filter((pod) => readySince(pod) !== undefined).length,
    ...{ terminating: pods.filter(isGoing).length, uncountedTerminatedPods: tracked.uncounted },
    ...(startTime ? { startTime } : {}),
  });
  const ended = (state: Ending): Turn => {
    gone(active, true);
    const at = timestamp(now);
    const { reason, message } = state;
    const said = (type: string) => ({
      ...{ type, status: 'True', lastProbeTime: at, lastTransitionTime: at, reason, message },
    });
    const before = job.status?.conditions ?? [];
    const [first, last] = state.types;
    const conditions = before.some(({ type }) => type === first) ? [...before] : [...before, said(first!)];
    // It has ended once the last of its Pods has, and each of them is counted.
    const isLast = active.length === 0 && !pods.some((pod) => isHeld(pod) || isGoing(pod));
    const isCounted = Object.keys(tracked.uncounted).length === 0;
    if (isLast && isCounted) conditions.push(said(last!));
    const done = isLast && isCounted && state.type === 'Normal' ? { completionTime: at } : {};
    // Nobody works any more, which is said by saying nothing.
    const { active: _, ...known } = job.status ?? {};
    const status = { ...known, ...counts([]), ...done, conditions };
    if (!equal(status, job.status)) writes.push(update(by, { ...job, status } as KubeObject, '/status'));
    if (isLast && isCounted) tell(state.type, state.event, state.says);
    return { writes };
  };
  const begun = ENDINGS.find(({ types, reason }) =>
    job.status?.conditions?.some((one) => one.type === types[0] && one.reason === reason),
  );
  if (begun) return ended(begun);
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
const ENDINGS: readonly Ending[] = [COMPLETE, EXHAUSTED, LATE, INDEXES];

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
      finalizers: [TRACKING],
    } as WorkPod['metadata'],
    spec,
  };
}
