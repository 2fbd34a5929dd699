/** Who of several leads: what client-go says of it, by the Leases. */

import type { LogLine } from '../../api/pod-logs.ts';
import { klog, type Run } from './run.ts';

/** How long one that begins again waits until what it led by before is over, ms. */
const over = 17_000;

/** When a run came to lead by a Lease; undefined where another leads. `holder`: how its identity begins. */
export function ledSince({ question, since, until }: Run, lease: string, holder: string): number | undefined {
  const [namespace, name] = lease.split('/');
  for (const { metadata, spec } of question.objects('leases')) {
    if (metadata.namespace !== namespace || metadata.name !== name) continue;
    if (!String(spec?.['holderIdentity'] ?? '').startsWith(`${holder}_`)) return undefined;
    const acquired = Date.parse(String(spec?.['acquireTime'] ?? ''));
    // A Lease tells of who holds it, and not that its holder has begun again in the meantime.
    return acquired > since && acquired <= until ? acquired : since + over;
  }
  return undefined;
}

/** That it waits to lead, that it leads, and, of a run that is over, that it could not say so in time. */
export function election(run: Run, lease: string, asked: number, led: number | undefined): LogLine[] {
  const lines = [klog(asked, 'leaderelection.go:257', `attempting to acquire leader lease ${lease}...`)];
  if (led !== undefined) lines.push(klog(led, 'leaderelection.go:271', `successfully acquired lease ${lease}`));
  if (!run.question.previous || led === undefined) return lines;
  const [namespace, name] = lease.split('/');
  const url = `https://10.96.0.1:443/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}?timeout=5s`;
  const late = 'context deadline exceeded';
  return [
    ...lines,
    klog(
      run.until - 160,
      'leaderelection.go:441',
      `"Failed to update lease optimistically, falling back to slow path" err="Put \\"${url}\\": ${late}" lock="${lease}"`,
      { level: 'E' },
    ),
    klog(
      run.until - 150,
      'leaderelection.go:297',
      `failed to renew lease ${lease}: timed out waiting for the condition`,
    ),
  ];
}
