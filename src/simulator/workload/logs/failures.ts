/**
 * What the controllers of kube-controller-manager say where a look at an object has failed: what the Event of it says, as the
 * error that came up to their queue. Source: k8s.io/apimachinery, pkg/util/runtime, and processNextWorkItem of each in
 * k8s.io/kubernetes, pkg/controller.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { isRecord } from '../../api/types.ts';
import { all, chance, klog, minorOfRun, paced, pairs, type Run, records } from './run.ts';
import type { Recorded } from './told-events.ts';

/** How a queue comes back to what has failed, ms: the first time after so long, then twice as long each time, up to a most. */
const queue = { first: 5, most: 1_000_000 };
const queueOfJobs = { first: 1000, most: 60_000 };
/** Similar Events are told as one from so many on: so often it was tried before. */
const similar = 9;
/** How often an autoscaler looks, ms. */
const period = 15_000;
const combined = '(combined from similar events): ';

interface Failed {
  place: string;
  err: string;
}

/** All of them that the Events of a run tell of, and those between that an Event has only counted. */
export function failures(run: Run, events: readonly Recorded[]): LogLine[] {
  return events
    .filter(({ again }) => !again)
    .flatMap((event) => {
      const failed = failedOf(run, event);
      if (!failed) return [];
      return failedAt(run, event).map((at, turn) => {
        // What a look ends with comes after what it has written, and after it has said that it is over.
        const over = at + 32;
        // What stands for several has only the name of the last.
        const isOne = !event.message.startsWith(combined);
        const err = isOne ? failed.err : renamed(failed.err, `${event.about.uid}/${event.at}/${turn}`);
        const said = pairs({ err, logger: 'UnhandledError' });
        return klog(over, failed.place, `"Unhandled Error"${said}`, { level: 'E' });
      });
    });
}

/** When it has failed, Unix ms: of all times but the first only how many there were is known. */
export function failedAt(run: Run, event: Recorded): number[] {
  const { at, message, count, component, about } = event;
  if (component === scaling) return scaledAt(run, event);
  const { first, most } = about.kind === 'Job' ? queueOfJobs : queue;
  let rest = first * 2 ** (message.startsWith(combined) ? similar : 0);
  const times = [at];
  for (let turn = 1; turn < count; turn += 1) {
    times.push(times.at(-1)! + Math.min(most, rest));
    rest *= 2;
  }
  return times;
}

/** An autoscaler goes on for as long as it says so of itself: its Events are cut short. */
function scaledAt(run: Run, { at, reason, count, about }: Recorded): number[] {
  const { status } = scalerOf(run, about.uid) ?? {};
  const type = reason === 'FailedGetScale' ? 'AbleToScale' : 'ScalingActive';
  const still = records(status?.['conditions']).some(
    (one) => one['type'] === type && String(one['reason']).startsWith('FailedGet'),
  );
  const until = still ? run.until : Math.min(run.until, at + (count - 1) * period + 1000);
  const from = { at, every: period, of: `${about.uid}/${at}`, late: 0.02 };
  const each = Math.max(2, Math.floor(900 / Math.max(1, all(run, scalers).length)));
  const later = paced(still ? run : { ...run, until }, from, each);
  return [...(later[0]?.turn === 1 || later.length === 0 ? [at] : []), ...later.map((one) => one.at)];
}

const scaling = 'horizontal-pod-autoscaler';
const scalers = 'horizontalpodautoscalers';

const scalerOf = (run: Run, uid: string) => all(run, scalers).find(({ metadata }) => metadata.uid === uid);

/** The error of a look, as its controller hands it on, and where that is logged; undefined of what was no failure. */
function failedOf(run: Run, { reason, message, component, about }: Recorded): Failed | undefined {
  const key = `${about.namespace}/${about.name}`;
  const why = /^(?:\(combined from similar events\): )?(?:Error creating: |create .*? failed error: )(.*)$/s.exec(
    message,
  )?.[1];
  if (component === scaling) {
    const place = 'horizontal.go:275';
    const target = targetOf(run, about.uid) ?? `Deployment/${key}`;
    if (reason === 'FailedGetScale')
      return { place, err: `failed to query scale subresource for ${target}: ${message}` };
    const err = `failed to compute desired number of replicas based on listed metrics for ${target}: ${message}`;
    return reason === 'FailedComputeMetricsReplicas' ? { place, err } : undefined;
  }
  if (reason !== 'FailedCreate' || why === undefined) return undefined;
  const claim = /create Claim (\S+) Pod/.exec(message)?.[1];
  const of: Record<string, Failed> = {
    'replicaset-controller': { place: 'replica_set.go:562', err: `sync ${JSON.stringify(key)} failed with ${why}` },
    'replication-controller': { place: 'replica_set.go:562', err: `sync ${JSON.stringify(key)} failed with ${why}` },
    'daemonset-controller': { place: 'daemon_controller.go:329', err: `${key} failed with : ${why}` },
    'job-controller': { place: `job_controller.go:${minorOfRun(run) < 33 ? 631 : 659}`, err: `syncing job: ${why}` },
    'statefulset-controller': {
      place: 'stateful_set.go:438',
      err: `error syncing StatefulSet ${key}, requeuing: ${claim ? `failed to create PVC ${claim}: ` : ''}${why}`,
    },
  };
  return of[component];
}

/** What an autoscaler scales, as it calls it. */
function targetOf(run: Run, uid: string): string | undefined {
  const scaler = scalerOf(run, uid);
  const target = scaler?.spec?.['scaleTargetRef'];
  return isRecord(target) ? `${target['kind']}/${scaler!.metadata.namespace}/${target['name']}` : undefined;
}

/** The same of another Pod, where its name was made for it. */
const renamed = (err: string, of: string): string =>
  err.replace(/(pods "[^"]*-)[a-z0-9]{5}"/, (_whole, name: string) => `${name}${chance(of).suffix()}"`);
