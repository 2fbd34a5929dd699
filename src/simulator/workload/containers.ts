/** What a kubelet says of a container that runs. */

import { digest } from '../controllers/digest.ts';
import { Random } from '../controllers/random.ts';
import { timestamp } from '../controllers/time.ts';

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
}

/** What loses its lease while an API server is busy ends, and begins again: once in so many days, give or take. */
const restarting: Readonly<Record<string, number>> = {
  'kube-controller-manager': 61,
  'kube-scheduler': 67,
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
}: ContainerLife): Record<string, unknown> {
  const { count, at } = restarts(name, pod, Date.parse(since), Date.parse(now));
  const begun = at === undefined ? started : timestamp(at + 1000 + (count % 3) * 1000);
  // The run before lasted as long as it lasted.
  const lasted = new Random('run', pod, name, count).integer(3 * day, 60 * day);
  const before = timestamp((at ?? 0) - lasted);
  const containerID = (run: number) => `containerd://${digest(`${pod}/${name}/${since}/${run}`)}`;
  const last = {
    ...{ containerID: containerID(count - 1), exitCode: 1, reason: 'Error' },
    ...{ startedAt: before > started ? before : started, finishedAt: timestamp(at ?? 0) },
  };
  return {
    ...{
      name,
      image,
      imageID: `${image.replace(/:[^/:]*$/, '')}@sha256:${digest(image)}`,
      containerID: containerID(count),
    },
    ...{ ready, started: true, restartCount: count, state: { running: { startedAt: begun } } },
    lastState: at === undefined ? {} : { terminated: last },
  };
}

/** When a container last started. */
export const runningSince = (status: Record<string, unknown>): string | undefined =>
  (status['state'] as { running?: { startedAt?: string } } | undefined)?.running?.startedAt;

/** How often it has been restarted until `now`, and when last; Unix times in ms. */
function restarts(name: string, pod: string, since: number, now: number): { count: number; at?: number } {
  const every = (restarting[name] ?? 0) * day;
  if (every === 0 || Number.isNaN(since) || Number.isNaN(now)) return { count: 0 };
  // Each Pod has its own beat, that begins somewhere within the first turn.
  const first = since + (Number.parseInt(digest(pod).slice(0, 6), 16) / 0xffffff) * every;
  if (now < first + day) return { count: 0 };
  const turns = Math.floor((now - day - first) / every);
  return { count: turns + 1, at: first + turns * every };
}
