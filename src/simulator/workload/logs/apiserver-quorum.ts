/**
 * How an API server begins while its etcd has no quorum, and how such a time ends it. Source: k8s.io/apiserver, server/hooks.go and
 * server/genericapiserver.go, and k8s.io/kubernetes, pkg/controlplane/controller/kubernetesservice.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { livedThrough, runsOn } from '../server-runs.ts';
import { klog, minorOfRun, type Run, structured } from './run.ts';

/** So long after a server serves it says for the first time what it has read, ms. */
const reads = 70;

/** From when on a run can work that began without a quorum; undefined of any other, and without end where it never could. */
export function worksSince(run: Run): number | undefined {
  const outage = livedThrough(run.past, run.node).find(
    ({ from, to = Number.POSITIVE_INFINITY }) => from < run.since && run.since < to,
  );
  if (!outage) return undefined;
  return outage.to === undefined || outage.to > run.until ? Number.POSITIVE_INFINITY : outage.to;
}

/** What a server says as it begins, `serves` from when on it can be asked: what it has to read for that comes once that is to be had. */
export function heldUp(run: Run, begun: readonly LogLine[], serves: number): LogLine[] {
  const since = worksSince(run);
  if (since === undefined) return [...begun];
  const wait = Math.max(0, since - serves);
  return begun.flatMap((line) => {
    if (line.at <= serves + reads) return [line];
    return wait === Number.POSITIVE_INFINITY ? [] : [moved(line, wait)];
  });
}

/** A line of klog, some ms later. */
export function moved({ at, text }: LogLine, ms: number): LogLine {
  const [, level = 'I', place = '', message = ''] = /^(\w)\S* \S+ +\d+ (\S+)\] (.*)$/s.exec(text) ?? [];
  return klog(at + ms, place, message, { level });
}

/** The end of a run that its kubelet brought about, or the server itself, for want of a quorum. */
export function ended(run: Run): LogLine[] {
  // A kubelet tells the whole second of an end.
  const own = runsOn(run.past, run.node, run.until + 1000).find(
    ({ end }) => end && Math.abs(end.at - run.until) < 1000,
  );
  if (!own) return [];
  if (own.killed !== undefined) return leaving(run, own.killed, own.refuses);
  const hook = 'PostStartHook "start-service-ip-repair-controllers" failed';
  const why = 'unable to perform initial IP and Port allocation check';
  const place = `hooks.go:${minorOfRun(run) < 32 ? 203 : 210}`;
  return [klog(run.until - 1, place, `${hook}: ${why}`, { level: 'F' })];
}

function leaving(run: Run, told: number, gone: number): LogLine[] {
  const at = told + 12;
  const stops = (after: number, place: string, name: string) =>
    structured(gone + after, place, 'Shutting down controller', { name });
  const pki = '/etc/kubernetes/pki';
  return [
    klog(at, 'controller.go:128', 'Shutting down kubernetes service endpoint reconciler'),
    klog(gone - 3, 'controller.go:145', 'RemoveEndpoints() timed out', { level: 'W' }),
    stops(2, 'dynamic_cafile_content.go:175', `client-ca-bundle::${pki}/ca.crt`),
    stops(2, 'dynamic_cafile_content.go:175', `request-header::${pki}/front-proxy-ca.crt`),
    stops(3, 'dynamic_serving_content.go:149', `serving-cert::${pki}/apiserver.crt::${pki}/apiserver.key`),
    klog(gone + 4, 'object_count_tracker.go:141', '"StorageObjectCountTracker pruner is exiting"'),
    klog(gone + 5, 'secure_serving.go:259', 'Stopped listening on [::]:6443'),
    klog(gone + 5, 'tlsconfig.go:258', '"Shutting down DynamicServingCertificateController"'),
  ].filter(({ at: when }) => when <= run.until);
}
