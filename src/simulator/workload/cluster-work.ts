/** Kubernetes' own controllers of one workload cluster. */

import type { Outage } from '../controllers/hosts/outages.ts';
import { Work } from '../controllers/kubernetes/manager.ts';
import { Random } from '../controllers/random.ts';
import type { WorkloadApi } from './api.ts';
import type { Term } from './elections.ts';
import { holderHost } from './leases.ts';
import { isInRegistry, versionsOf } from './registry-images.ts';
import type { ClusterSettings } from './settings.ts';
import { isOfItsNode } from './system.ts';
import type { WorkloadView } from './view.ts';

interface Place {
  cluster: string;
  member: { api: WorkloadApi; view: WorkloadView };
  /** Unix time in ms. */
  now: () => number;
  speed?: number | undefined;
  /** The network of its Pods as a CIDR, where somebody has said which, and which of its kubelets say nothing. */
  settings: () => Pick<ClusterSettings, 'pods' | 'silence' | 'outages'>;
  onError?: ((error: unknown) => void) | undefined;
}

/** A leader may try for so long to renew its Lease, and another is there so long after there is a quorum again at the latest, ms. */
const [renewing, electing] = [10_000, 30_000];

/** Whether there is no quorum, or nobody leads yet who has been elected since: whoever led before has ended meanwhile. */
function isLeaderless(outage: Outage | undefined, now: number, last: Term | undefined): boolean {
  if (!outage || outage.to === undefined) return outage !== undefined;
  const { from, to } = outage;
  return to - from > renewing && now < to + electing && (last === undefined || last.acquired < to);
}

/** Those controllers, which look when they are told to; what is of a Node alone they leave to the view. */
export function workOf({ cluster, member: { api, view }, now, speed, settings, onError }: Place): Work {
  const random = new Random('work', cluster);
  let silence: ClusterSettings['silence'];
  return new Work({
    transport: (program) => api.as(program),
    ...{ now, speed },
    suffix: () => random.suffix(),
    host: (program) => {
      const metadata = { name: program, namespace: 'kube-system' };
      return holderHost(api.api.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata }));
    },
    network: () => {
      const known = settings();
      silence = known.silence;
      return known.pods ?? '10.3.0.0/16';
    },
    silence: (node) => silence?.(node),
    rests: () => isLeaderless(settings().outages?.at(-1), now(), api.terms('kube-controller-manager').at(-1)),
    held: (image) => isInRegistry(image, () => versionsOf(api.api.all({ apiVersion: 'v1', kind: 'Node' }))),
    isForeign: (object) => isOfItsNode(object) && !view.isDeleted(object),
    onError,
  });
}
