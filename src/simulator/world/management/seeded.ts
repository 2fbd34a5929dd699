/** What a management cluster adds to what is put into its world, and tells of itself. */

import type { Api } from '../../api/api.ts';
import { Random } from '../../controllers/random.ts';
import type { Runtime } from '../../controllers/runtime.ts';
import type { Event } from '../../controllers/shapes/core.ts';
import type { KubeObject } from '../../controllers/shapes/meta.ts';
import { attached } from '../../workload/kube-ovn/network.ts';
import { admitted } from '../../workload/pod-admission.ts';
import { managementNetworks } from './cluster.ts';
import type { Leader } from './leadership.ts';
import { placed } from './scheduler.ts';

/** What was told before of those Pods; `host`: where the scheduler runs that has placed them. */
export function told(event: Event, host: string | undefined): Event {
  const { reportingInstance } = event;
  return reportingInstance === 'default-scheduler' && host
    ? { ...event, reportingInstance: `${reportingInstance}-${host}` }
    : event;
}

/** A Pod that was there before, as it was admitted, placed and given its address; not one that is no builder's. */
export function seededBuilder(pod: KubeObject): KubeObject {
  const { spec, metadata, ...rest } = attached(placed<KubeObject & { spec?: object }>(pod), managementNetworks);
  const suffix = new Random('volume', metadata.namespace ?? '', metadata.name).suffix();
  return { ...rest, metadata, spec: admitted({ ...spec }, suffix) } as KubeObject;
}

/** An Event says who leads now, by a Lease of the platform's. */
export async function tellOfLeader(rt: Runtime, api: Api, lease: string, { identity }: Leader): Promise<void> {
  const found = api.find({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: lease, namespace: rt.namespace },
  });
  if (!found) return;
  const { apiVersion, kind, metadata } = found;
  const about = { apiVersion, kind, metadata } as KubeObject;
  await rt.event(about, 'Normal', 'LeaderElection', `${identity} became leader`, identity);
}
