/** Whether what a chart has changed runs everywhere. */

import type { Transport } from '../../../kube/types.ts';
import type { DaemonSet, Deployment } from '../kubernetes/shapes.ts';

const path = '/apis/apps/v1/namespaces/kube-system';
const query = { labelSelector: 'component=network' };

/** How far a chart is rolled out. */
export interface Rolled {
  /** Whether each of its programs runs as it is wanted, as `kubectl rollout status` judges it. */
  done: boolean;
  /** A text that changes as long as there is progress. */
  progress: string;
}

/**
 * How far the programs of Kube-OVN are that a cluster has. Nothing is taken off for Nodes that are silent: their Pods are
 * wanted, and not there. Throws KubeError.
 */
export async function rolledOut(workload: Transport): Promise<Rolled> {
  const [daemons, deployments] = await Promise.all([
    workload.json<{ items: DaemonSet[] }>({ path: `${path}/daemonsets`, query }),
    workload.json<{ items: Deployment[] }>({ path: `${path}/deployments`, query }),
  ]);
  const counted = [...daemons.items, ...deployments.items].map((owner) =>
    ['updatedNumberScheduled', 'numberAvailable', 'updatedReplicas', 'availableReplicas'].map(counter(owner)).join('/'),
  );
  const done =
    daemons.items.every((set) => {
      const count = counter(set);
      const wanted = count('desiredNumberScheduled');
      return isSeen(set) && count('updatedNumberScheduled') >= wanted && count('numberAvailable') >= wanted;
    }) &&
    deployments.items.every((deployment) => {
      const count = counter(deployment);
      const { replicas = 1 } = deployment.spec;
      const are = (field: string) => count(field) >= replicas;
      return isSeen(deployment) && are('updatedReplicas') && count('replicas') <= replicas && are('availableReplicas');
    });
  return { done, progress: counted.join() };
}

const counter =
  ({ status }: DaemonSet | Deployment) =>
  (field: string): number =>
    Number(status?.[field] ?? 0);
/** Whether its controller has seen what is wanted of it now. */
const isSeen = (owner: DaemonSet | Deployment): boolean =>
  counter(owner)('observedGeneration') >= (owner.metadata.generation ?? 1);
