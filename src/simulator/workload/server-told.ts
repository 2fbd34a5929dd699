/**
 * What the kubelet of a host tells of its member of etcd and of its API server that went through a time without a quorum: nobody listened
 * meanwhile, so that each kind comes at once, counted. Source: k8s.io/kubernetes, pkg/kubelet/prober and pkg/kubelet/kuberuntime.
 */

import type { Outage } from '../controllers/hosts/outages.ts';
import { present } from '../controllers/kubernetes/images.ts';
import type { EtcdPast } from './etcd-past.ts';
import { firstProbe, livedThrough, probing, type ServerRun, serverRuns } from './server-runs.ts';

/** Something that was told several times: from when until when, Unix times in ms. */
export interface Counted {
  at: number;
  last: number;
  count: number;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

interface Place {
  program: string;
  /** The host, the image, and what the kubelet calls the Pod: name, namespace and its own identity. */
  host: string;
  image: string;
  pod: string;
}

const second = 1000;
/** A probe of readiness comes with each second, and waits for two. */
const asks = 2 * second;
/** A kubelet looks at what rests so often, about. */
const looks = 12 * second;

/** All of it, up to Unix time `now` in ms, of the times that are over by then. */
export function counted(place: Place, past: EtcdPast | undefined, now: number): Counted[] {
  if (place.program !== 'etcd' && place.program !== 'kube-apiserver') return [];
  return livedThrough(past, place.host).flatMap((outage) => {
    const { from, to } = outage;
    if (to === undefined || to > now) return [];
    if (place.program === 'etcd') return gather('Unhealthy', unready(503), beats(from + asks, to, asks));
    return ofServer(place, { from, to }, serverRuns(outage, place.host, now), now);
  });
}

function ofServer(place: Place, { from, to }: Required<Outage>, runs: readonly ServerRun[], now: number): Counted[] {
  const { host, image, pod, program } = place;
  const [first, ...later] = runs as [ServerRun, ...ServerRun[]];
  const alive = Math.min(first.refuses, to);
  const lives = beats(firstProbe(from, host) + probing.answered, alive, probing.period).slice(0, probing.most);
  const starts = later.flatMap(({ began = 0, end }) =>
    beats(began + probing.period + probing.answered, Math.min(end?.at ?? to, to), probing.period),
  );
  const rests = runs.flatMap(({ end, next, rest }) =>
    end && next !== undefined && rest ? beats(end.at + second, Math.min(next, now), looks) : [],
  );
  const begun = later.flatMap(({ began }) => (began === undefined ? [] : [began]));
  const ended = `Container ${program} failed liveness probe, will be restarted`;
  const backing = `Back-off restarting failed container ${program} in pod ${pod}`;
  return [
    ...gather('Unhealthy', unready(500), beats(from + asks, alive, asks)),
    ...gather('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', lives),
    ...gather('Killing', ended, first.killed === undefined ? [] : [first.killed], 'Normal'),
    ...gather('Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 500', starts),
    ...gather('BackOff', backing, rests),
    ...gather('Pulled', present(image), begun, 'Normal'),
    ...gather('Created', `Created container: ${program}`, begun, 'Normal'),
    ...gather('Started', `Started container ${program}`, begun, 'Normal'),
  ];
}

const unready = (code: number): string => `Readiness probe failed: HTTP probe failed with statuscode: ${code}`;

const beats = (from: number, until: number, every: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((until - from) / every)) }, (_, turn) => from + turn * every);

function gather(reason: string, message: string, times: readonly number[], type: Counted['type'] = 'Warning') {
  const [at, last] = [times[0], times.at(-1)];
  return at === undefined || last === undefined
    ? []
    : [{ ...{ at, last, reason, message, type }, count: times.length }];
}
