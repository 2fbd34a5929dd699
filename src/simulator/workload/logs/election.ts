/** Who of several leads: what client-go says of it, by the Leases. */

import { statusOf } from '../../api/log-following.ts';
import type { LogLine } from '../../api/pod-logs.ts';
import { livedThrough, serverRuns } from '../server-runs.ts';
import { chance, klog, type Run, wasCutOff } from './run.ts';

/** How long one that begins again waits until what it led by before is over, and how long one that is the first, ms. */
const over = 17_000;
const first = 3300;

/**
 * When a run came to lead by a Lease; undefined where another leads. `holder`: how its identity begins. Of a control plane it is known who
 * has led; of others that run of which all is over has led: it ended because it could not any more.
 */
export function ledSince(run: Run, lease: string, holder: string): number | undefined {
  const { question, since, until } = run;
  const [namespace, name = ''] = lease.split('/');
  const terms = (namespace === 'kube-system' && run.terms?.(name)) || [];
  if (terms.length > 0) {
    // A kubelet tells whole seconds, and the run began within that.
    const own = terms.find(({ node, running }) => node.metadata.name === run.node && since - running < 1000);
    return own && own.running <= since ? own.acquired : undefined;
  }
  if (question.previous) return since + (restartsOf(run) > 1 ? over : first);
  for (const { metadata, spec } of question.objects('leases')) {
    if (metadata.namespace !== namespace || metadata.name !== name) continue;
    if (!String(spec?.['holderIdentity'] ?? '').startsWith(`${holder}_`)) return undefined;
    const acquired = Date.parse(String(spec?.['acquireTime'] ?? ''));
    // A Lease tells of who holds it, and not that its holder has begun again in the meantime.
    return acquired > since && acquired <= until ? acquired : since + over;
  }
  return undefined;
}

const restartsOf = ({ question: { pod, container } }: Run): number =>
  Number(statusOf(pod, container)?.['restartCount'] ?? 0);

/** A leader tries for so long to renew its Lease, ms. */
const renewing = 10_000;

/** That it waits to lead, that it leads, and, of a run that is over, that it could not say so in time. */
export function election(run: Run, lease: string, asked: number, led: number | undefined): LogLine[] {
  return [...elected(run, lease, asked, led), ...inVain(run, lease, asked)];
}

/** So often at most it is told that nobody has answered. */
const most = 500;

/** Who waits to lead asks again and again who does, also while nobody can say so. */
function inVain(run: Run, lease: string, asked: number): LogLine[] {
  const url = urlOf(run, lease);
  const host = url.split('/')[2];
  const failed = (at: number, why: string) =>
    klog(at, 'leaderelection.go:448', `"Error retrieving lease lock" err="Get \\"${url}\\": ${why}" lock="${lease}"`, {
      level: 'E',
    });
  const late = 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
  return livedThrough(run.past, run.node).flatMap((outage) => {
    const until = Math.min(outage.to ?? run.until, run.until);
    const runs = serverRuns(outage, run.node, until);
    const drawn = chance(run.key, 'in vain', outage.from);
    const lines: LogLine[] = [];
    // Who led is told of with its end.
    const leads = run.until - outage.from < renewing + 2000;
    for (let at = Math.max(asked, outage.from + 500), next = 0; at < until && !leads; ) {
      while (next + 1 < runs.length && runs[next + 1]!.began! <= at) next += 1;
      const { serves, refuses } = runs[next]!;
      const hangs = serves <= at && at < refuses;
      const when = at + (hangs ? 5000 : 3);
      if (when < until) lines.push(failed(when, hangs ? late : `dial tcp ${host}: connect: connection refused`));
      at = when + 2000 + drawn.integer(0, 2400);
    }
    return lines.slice(-most);
  });
}

function elected(run: Run, lease: string, asked: number, led: number | undefined): LogLine[] {
  const lines = [klog(asked, 'leaderelection.go:257', `attempting to acquire leader lease ${lease}...`)];
  if (led !== undefined) lines.push(klog(led, 'leaderelection.go:271', `successfully acquired lease ${lease}`));
  if (!run.question.previous || led === undefined || wasCutOff(run)) return lines;
  return [...lines, ...lost(run.until - 150, lease, urlOf(run, lease))];
}

/** Where a Lease is asked for: a part of the control plane asks the server beside it, whoever runs as a Pod the Service. */
function urlOf({ question }: Run, lease: string): string {
  const [namespace, name] = lease.split('/');
  const server =
    namespace === 'kube-system' ? `${String(question.pod.status?.['hostIP'] ?? '')}:6443` : '10.96.0.1:443';
  return `https://${server}/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}?timeout=5s`;
}

/** That a leader could not renew its Lease for as long as it may, up to a moment. */
export function lost(at: number, lease: string, url: string): LogLine[] {
  const failed = (verb: string, why: string) => `${verb} \\"${url}\\": ${why}`;
  const late = 'context deadline exceeded';
  const error = { level: 'E' };
  const slow = (why: string) =>
    `"Failed to update lease optimistically, falling back to slow path" err="${failed('Put', why)}" lock="${lease}"`;
  const timeout = 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
  return [
    klog(at - 4900, 'leaderelection.go:441', slow(timeout), error),
    klog(
      at - 10,
      'leaderelection.go:448',
      `"Error retrieving lease lock" err="${failed('Get', late)}" lock="${lease}"`,
      error,
    ),
    klog(at, 'leaderelection.go:297', `failed to renew lease ${lease}: timed out waiting for the condition`),
  ];
}
