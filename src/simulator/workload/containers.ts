/** What a kubelet says of a container that runs. */

import { isRecord } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { backingOff } from '../controllers/kubernetes/container-steps.ts';
import { timestamp } from '../controllers/time.ts';
import type { Boot } from './boots.ts';

const day = 86_400_000;

export interface ContainerLife {
  name: string;
  image: string;
  /** The name of its Pod. */
  pod: string;
  /** When its Pod began, and what time it is: as Kubernetes writes them. */
  since: string;
  now: string;
  /** When it first started; with its Pod where left out. */
  started?: string;
  ready: boolean;
  /** When it ended, each time, and began again, Unix times in ms; where left out, as often as its program does so by itself. */
  ends?: readonly number[] | undefined;
  /** When its host lost power, and was booted anew. */
  boots?: readonly Boot[] | undefined;
  /** How it ended for want of what it needs, each time. */
  failures?: readonly End[] | undefined;
  /** What its kubelet calls its Pod. */
  uid?: string;
}

/** That a container has ended, and began again; Unix times in ms. */
export interface End {
  at: number;
  again: number;
  exitCode: number;
  reason: string;
  /** How long its kubelet lets it rest first, ms, where it does so. */
  rest?: number;
}

/** What leads alone, and loses its lease while an API server is busy, ends, and begins again: once in so many days, give or take. */
const restarting: Readonly<Record<string, number>> = {
  manager: 83,
  'elemental-operator': 83,
};

/** Its status. The same life gives the same one; as time goes by it has been restarted more often. */
export function containerStatus({
  name,
  image,
  pod,
  since,
  now,
  started = since,
  ready,
  ends = restarts(name, pod, Date.parse(since), Date.parse(now)),
  boots = [],
  failures = [],
  uid = '',
}: ContainerLife): Record<string, unknown> {
  const all = endsOf(ends, boots, Date.parse(started), failures);
  const end = all.at(-1);
  // Who rests has not begun again.
  const rests = end?.rest !== undefined && end.again > Date.parse(now);
  const count = all.length - (rests ? 1 : 0);
  const begun = end === undefined ? started : timestamp(end.again);
  // The run before began as the one before that ended.
  const before = all.length > 1 ? timestamp(all.at(-2)!.again) : started;
  const containerID = (run: number) => `containerd://${digest(`${pod}/${name}/${since}/${run}`)}`;
  const last = {
    ...{ containerID: containerID(all.length - 1), exitCode: end?.exitCode, reason: end?.reason },
    ...{ startedAt: before, finishedAt: timestamp(end?.at ?? 0) },
  };
  const message = backingOff(name, { name: pod, namespace: 'kube-system', uid }, end?.rest ?? 0);
  const state = rests ? { waiting: { reason: 'CrashLoopBackOff', message } } : { running: { startedAt: begun } };
  return {
    ...{
      name,
      image,
      imageID: `${image.replace(/:[^/:]*$/, '')}@sha256:${digest(image)}`,
      containerID: containerID(count),
    },
    ...{ ready: ready && !rests, started: !rests, restartCount: count, state },
    lastState: end === undefined ? {} : { terminated: last },
  };
}

/** How it has ended, each time: by itself, and with the power of its host, of which its kubelet knows no more than that it is gone. */
function endsOf(ends: readonly number[], boots: readonly Boot[], started: number, failures: readonly End[]): End[] {
  const own = ends.map((at, index): End => {
    return { at, again: begunAgain(at, index + 1), exitCode: 1, reason: 'Error' };
  });
  const lost = boots
    .filter(({ cut }) => cut > started)
    .map(({ booted }): End => ({ at: booted - 1000, again: booted, exitCode: 255, reason: 'Unknown' }));
  return [...own, ...lost, ...failures].sort((a, b) => a.at - b.at);
}

/** Whether a container ended with the power of its host, by what its kubelet tells of that: it has found it gone. */
export const isCutOff = (terminated: unknown): boolean =>
  isRecord(terminated) && terminated['exitCode'] === 255 && terminated['reason'] === 'Unknown';

/** When a container last started. */
export const runningSince = (status: Record<string, unknown>): string | undefined =>
  (status['state'] as { running?: { startedAt?: string } } | undefined)?.running?.startedAt;

/** When a container began again that ended at `ended` for the `count`th time; Unix times in ms. */
export const begunAgain = (ended: number, count: number): number => ended + 1000 + (count % 3) * 1000;

/** When it has ended by itself until `now`; Unix times in ms. */
function restarts(name: string, pod: string, since: number, now: number): number[] {
  const every = (restarting[name] ?? 0) * day;
  if (every === 0 || Number.isNaN(since) || Number.isNaN(now)) return [];
  // Each Pod has its own beat, that begins somewhere within the first turn, and none is exact.
  const first = since + share(pod) * every;
  const turns = Math.max(0, Math.ceil((now - first) / every) + 1);
  return Array.from({ length: turns }, (_, turn) => first + (turn + share(`${pod}/${turn}`) * 0.6) * every).filter(
    (at) => at <= now - day,
  );
}

/** A number from 0 to 1: the same for the same text. */
const share = (of: string): number => Number.parseInt(digest(of).slice(0, 6), 16) / 0xffffff;
