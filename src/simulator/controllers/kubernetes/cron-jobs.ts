/** The CronJob controller: a Job whenever the schedule says so. After k8s.io/kubernetes/pkg/controller/cronjob. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { endOf } from './jobs.ts';
import { nextTime } from './schedule.ts';
import type { CronJob, Job } from './shapes.ts';
import { create, each, event, isOf, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'cronjob-controller';

/** One turn for every CronJob of the picture. */
export function cronJobs(picture: Picture): Turn {
  return each(picture, picture.cronJobs, (cron) => one(picture, cron));
}

function one(picture: Picture, cron: CronJob): Turn {
  const { now } = picture;
  const own = picture.jobs
    .filter((job) => isOf(job, cron))
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
  const running = own.filter((job) => !endOf(job));
  const writes: Write[] = [...past(cron, own)];
  const tell = (reason: string, message: string) =>
    writes.push(event(by, cron, { type: 'Normal', reason, message, component }));
  for (const { metadata, ...job } of own) {
    const end = endOf({ metadata, ...job });
    const isKnown = cron.status?.active?.some((one) => (one as { uid?: string }).uid === metadata.uid);
    if (end && isKnown) tell('SawCompletedJob', `Saw completed job: ${metadata.name}, condition: ${end.type}`);
  }
  const status = { ...cron.status };
  const last = Date.parse(status.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
  // What was missed is made up for once, at its last time.
  let due = nextTime(cron.spec.schedule, last);
  for (let later = due; later !== undefined && later <= now; later = nextTime(cron.spec.schedule, later)) due = later;
  const refused = cron.spec.concurrencyPolicy === 'Forbid' && running.length > 0;
  if (due !== undefined && due <= now && refused && picture.rises(`${cron.metadata.uid}/refused`, due)) {
    const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    tell('JobAlreadyActive', why);
  }
  if (due !== undefined && due <= now && !cron.spec.suspend && !refused) {
    if (cron.spec.concurrencyPolicy === 'Replace') writes.push(...running.map((job) => remove(by, job)));
    const job = jobOf(cron, due);
    writes.push(create(by, job));
    tell('SuccessfulCreate', `Created job ${job.metadata.name}`);
    status.lastScheduleTime = timestamp(due);
  }
  const done = own.filter((job) => endOf(job)?.type === 'Complete').at(-1)?.status?.completionTime;
  if (done) status.lastSuccessfulTime = done;
  const active = running.map(({ metadata: { name, namespace, uid, resourceVersion } }) => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion },
  }));
  if (active.length > 0) status.active = active;
  else delete status.active;
  if (!equal(status, cron.status ?? {})) writes.push(update(by, { ...cron, status } as KubeObject, '/status'));
  return { writes, again: cron.spec.suspend ? undefined : nextTime(cron.spec.schedule, now) };
}

/** Of Jobs that are over, only the last ones are kept. */
function past(cron: CronJob, own: readonly Job[]): Write[] {
  const { spec } = cron;
  const told = (job: Job) => {
    const message = `Deleted job ${job.metadata.name}`;
    return event(by, cron, { type: 'Normal', reason: 'SuccessfulDelete', message, component });
  };
  const limits = { Complete: spec.successfulJobsHistoryLimit ?? 3, Failed: spec.failedJobsHistoryLimit ?? 1 };
  return Object.entries(limits).flatMap(([type, limit]) => {
    const over = own.filter((job) => endOf(job)?.type === type);
    return over.slice(0, Math.max(0, over.length - limit)).flatMap((job) => [remove(by, job), told(job)]);
  });
}

function jobOf(cron: CronJob, due: number): Job {
  const { metadata = {}, spec } = cron.spec.jobTemplate;
  const { name, namespace } = cron.metadata;
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: {
      ...{
        ...metadata,
        name: `${name}-${Math.floor(due / 60_000)}`,
        namespace,
        ownerReferences: [ownerReference(cron)],
      },
      annotations: { ...metadata.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due) },
    },
    spec,
  };
}
