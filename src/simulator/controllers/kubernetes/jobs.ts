/** The Job controller: Pods until enough have succeeded, or too many failed. After k8s.io/kubernetes/pkg/controller/job. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { indexesOf, indexOf, podAt, ranges } from './job-indexes.ts';
import { heldUntil, isHeld, TRACKING, tally, untracked } from './job-tracking.ts';
import { isActive, isGoing, readySince } from './pods.ts';
import type { ContainerStatus, Job, WorkCondition, WorkPod } from './shapes.ts';
import { create, each, earliest, event, isOf, type Picture, remove, type Turn, update, type Write } from './turn.ts';

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

/** One turn of a Job: what is over is kept for a while, and all else goes on or comes to its end. */
function one(picture: Picture, job: Job): Turn {
  const end = endOf(job);
  const pods = picture.pods.filter((pod) => isOf(pod, job));
  if (end) {
    const turn = expired(job, end, picture.now);
    return { ...turn, writes: [...pods.filter(isHeld).map((pod) => update(by, untracked(pod))), ...turn.writes] };
  }
  const held = heldUntil(picture, job, pods);
  if (held !== undefined) return { writes: [], again: held };
  const work = workOf(picture, job, pods);
  const ending = endingOf(work, picture.now);
  return ending ? ended(work, ending, picture.now) : goesOn(work, picture);
}

/** A Job that is not over, with its Pods as they count. */
interface JobWork {
  job: Job;
  pods: readonly WorkPod[];
  active: readonly WorkPod[];
  tracked: ReturnType<typeof tally>;
  /** Where each Pod has an index. */
  indexed: ReturnType<typeof indexesOf> | undefined;
  succeeded: number;
  startTime: string | undefined;
  /** When it is ended as it has lasted too long, Unix time in ms. */
  deadline: number | undefined;
}

function workOf(picture: Picture, job: Job, pods: readonly WorkPod[]): JobWork {
  const { suspend, activeDeadlineSeconds, completionMode } = job.spec;
  const tracked = tally(job, pods);
  const indexed = completionMode === 'Indexed' ? indexesOf(job, pods) : undefined;
  const startTime = job.status?.startTime ?? (suspend ? undefined : timestamp(picture.now));
  return {
    ...{ job, pods, active: pods.filter(isActive), tracked, indexed, startTime },
    // What has succeeded stays so, whoever takes its Pod away.
    succeeded: indexed?.done.length ?? tracked.succeeded,
    deadline: activeDeadlineSeconds && startTime ? Date.parse(startTime) + activeDeadlineSeconds * 1000 : undefined,
  };
}

/** The end that a Job has begun to come to, or comes to now; undefined where it goes on. */
function endingOf({ job, active, tracked, indexed, succeeded, deadline }: JobWork, now: number): Ending | undefined {
  const begun = ENDINGS.find(({ types, reason }) =>
    job.status?.conditions?.some((one) => one.type === types[0] && one.reason === reason),
  );
  if (begun) return begun;
  const { completions, backoffLimit = 6, backoffLimitPerIndex } = job.spec;
  // Without a number one that has succeeded says that the work is done.
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  if (isDone) return COMPLETE;
  const perIndex = indexed !== undefined && backoffLimitPerIndex !== undefined;
  if (perIndex && indexed.failed.length > 0 && indexed.left.length === 0) return INDEXES;
  if (!perIndex && (tracked.failed > backoffLimit || isRetried(job, active, backoffLimit))) return EXHAUSTED;
  return deadline !== undefined && now >= deadline ? LATE : undefined;
}

const tell = (job: Job, type: 'Normal' | 'Warning', reason: string, message: string): Write =>
  event(by, job, { type, reason, message, component });

/** Takes Pods of a Job away. Whoever goes because fewer are wanted does not count as having failed, and is held no longer. */
const gone = (job: Job, list: readonly WorkPod[], counts = false): Write[] =>
  list.flatMap((pod) => [
    ...(isHeld(pod) && !counts ? [update(by, untracked(pod))] : []),
    remove(by, pod),
    tell(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`),
  ]);

/** What its status says of its Pods, while these run. */
function countsOf({ job, pods, tracked, indexed, succeeded, startTime }: JobWork, running: readonly WorkPod[]) {
  const counted = indexed ? succeeded : tracked.counted.succeeded;
  return {
    ...(running.length > 0 ? { active: running.length } : {}),
    ...(counted > 0 ? { succeeded: counted } : {}),
    ...(tracked.counted.failed > 0 ? { failed: tracked.counted.failed } : {}),
    ...(indexed && indexed.done.length > 0 ? { completedIndexes: ranges(indexed.done) } : {}),
    ...(indexed && job.spec.backoffLimitPerIndex !== undefined ? { failedIndexes: ranges(indexed.failed) } : {}),
    ready: running.filter((pod) => readySince(pod) !== undefined).length,
    ...{ terminating: pods.filter(isGoing).length, uncountedTerminatedPods: tracked.uncounted },
    ...(startTime ? { startTime } : {}),
  };
}

/** The turn of a Job that comes to its end: its Pods go, and it has ended once the last of them has, and each is counted. */
function ended(work: JobWork, ending: Ending, now: number): Turn {
  const { job, pods, active, tracked } = work;
  const at = timestamp(now);
  const { reason, message } = ending;
  const said = (type: string) => ({
    ...{ type, status: 'True', lastProbeTime: at, lastTransitionTime: at, reason, message },
  });
  const before = job.status?.conditions ?? [];
  const [first, last] = ending.types;
  const conditions = before.some(({ type }) => type === first) ? [...before] : [...before, said(first!)];
  const isOver =
    active.length === 0 &&
    !pods.some((pod) => isHeld(pod) || isGoing(pod)) &&
    Object.keys(tracked.uncounted).length === 0;
  if (isOver) conditions.push(said(last!));
  const done = isOver && ending.type === 'Normal' ? { completionTime: at } : {};
  // Nobody works any more, which is said by saying nothing.
  const { active: _, ...known } = job.status ?? {};
  const status = { ...known, ...countsOf(work, []), ...done, conditions };
  return {
    writes: [
      ...tracked.noted.map((pod) => update(by, untracked(pod))),
      ...gone(job, active, true),
      ...statusWrites(job, status),
      ...(isOver ? [tell(job, ending.type, ending.event, ending.says)] : []),
    ],
  };
}

/** The turn of a Job that goes on: as many Pods as there is work for, and after failures not before their rest is over. */
function goesOn(work: JobWork, picture: Picture): Turn {
  const { now } = picture;
  const { job, pods, active, tracked, indexed, succeeded, deadline } = work;
  const { parallelism = 1, completions, suspend } = job.spec;
  const failed = pods.filter(({ status }) => status?.phase === 'Failed');
  const last = Math.max(0, ...failed.map(endedAt));
  const due = failed.length === 0 ? now : last + Math.min(rest.most, rest.first * 2 ** (failed.length - 1));
  const room = indexed ? indexed.left.length : completions === undefined ? parallelism : completions - succeeded;
  // Of a work queue that has an end nobody new is begun.
  const open = completions === undefined && succeeded > 0 ? active.length : Math.min(parallelism, room);
  const wanted = suspend ? 0 : open;
  const writes: Write[] = tracked.noted.map((pod) => update(by, untracked(pod)));
  if (active.length > wanted) writes.push(...gone(job, active.slice(wanted)));
  if (now >= due) {
    const free = indexed?.left.filter((index) => !active.some((pod) => indexOf(pod) === index)) ?? [];
    for (let missing = wanted - active.length; missing > 0; missing -= 1) {
      const suffix = picture.suffix();
      const plain = podOf(job, suffix);
      const pod = indexed ? podAt(job, plain, free.shift()!, suffix) : plain;
      writes.push(create(by, pod), tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`));
    }
  }
  const conditions = suspension(job, now);
  if (conditions?.told) writes.push(tell(job, 'Normal', conditions.told, `Job ${conditions.told.toLowerCase()}`));
  const status = { ...countsOf(work, active), ...(conditions ? { conditions: conditions.all } : {}) };
  writes.push(...statusWrites(job, status));
  return { writes, again: earliest([deadline, wanted > active.length && due > now ? due : undefined]) };
}

const statusWrites = (job: Job, status: object): Write[] =>
  equal(status, job.status) ? [] : [update(by, { ...job, status } as KubeObject, '/status')];

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

/** Whether containers have begun again in place as often as they may: source, pastBackoffLimitOnFailure. */
function isRetried({ spec }: Job, active: readonly WorkPod[], limit: number): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = active.reduce((all, pod) => all + restartsOf(pod), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

const restartsOf = ({ status }: WorkPod): number =>
  [...((status?.['initContainerStatuses'] ?? []) as ContainerStatus[]), ...(status?.containerStatuses ?? [])].reduce(
    (all, { restartCount }) => all + restartCount,
    0,
  );

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
