/**
 * The platform's import of workload clusters: it marks the Cluster as its own, brings its agent's ServiceAccount to the
 * cluster, and holds a Cluster that is deleted until nothing of it is left. What is known of it is from the provider's
 * troubleshooting documents; the name of its Event is the simulator's.
 */

import { Client, isConflict } from '../client.ts';
import { isTrue } from '../conditions.ts';
import { type Kind, kinds } from '../kinds.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster } from '../shapes/capi.ts';

export const importFinalizer = 'capi.cpaas.io/imported';
export const importedLabel = 'capi.cpaas.io/imported';
export const platformClusterLabel = 'capi.cpaas.io/alauda-cluster';
/** The account of the platform's agent in an imported cluster, and the namespace it lives in. */
export const sentry = 'sentry';
export const sentryNamespace = 'cpaas-system';

const component = 'sim-platform-import';
/** While an import hangs it is tried again so often, in simulated ms. */
const retry = 60_000;

export const serviceAccounts: Kind = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  status: false,
};

/** Registers the controller. It minds the Clusters that are labelled as the provider's. */
export function importController(rt: Runtime): void {
  const clusters = rt.informer(kinds.Cluster);
  const controller = rt.controller('platform-import', reconcile);
  clusters.onChange((cluster) => controller.enqueue(cluster.metadata.name));
  rt.faults.onCluster((cluster) => controller.enqueue(cluster));
  /** Clusters whose agent has been brought, so that not every change of a status asks their API. */
  const brought = new Set<string>();

  async function reconcile(name: string): Promise<number | undefined> {
    const cluster = clusters.get(name);
    if (!cluster) brought.delete(name);
    if (cluster?.metadata.labels?.['cluster-type'] !== 'ProviderBaremetal') return undefined;
    const { importHangs, unreachable } = rt.faults.ofCluster(name);
    if (cluster.metadata.deletionTimestamp) {
      if (!importHangs) await letGo(cluster);
      return undefined;
    }
    const marked = await rt.client.change(kinds.Cluster, cluster, (draft) => addFinalizer(draft, importFinalizer));
    if (!isTrue(cluster.status?.conditions, 'ControlPlaneInitialized') || unreachable) return undefined;
    if (importHangs) return hang(marked);
    if (!brought.has(name)) {
      await bring(name);
      brought.add(name);
    }
    await rt.client.change(kinds.Cluster, marked, (draft) => {
      draft.metadata.labels = { ...draft.metadata.labels, [importedLabel]: '', [platformClusterLabel]: name };
    });
    return undefined;
  }

  /** The platform comes last: Cluster API has let go when its own finalizer is off. */
  async function letGo(cluster: Cluster): Promise<void> {
    if (!hasFinalizer(cluster, importFinalizer) || cluster.metadata.finalizers?.length !== 1) return;
    await rt.client.change(kinds.Cluster, cluster, (draft) => removeFinalizer(draft, importFinalizer));
  }

  const accounts = (cluster: string) => new Client(rt.workload(cluster, 'helm'), sentryNamespace);

  async function bring(cluster: string): Promise<void> {
    try {
      await accounts(cluster).create(serviceAccounts, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: sentry, namespace: sentryNamespace },
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  /** An import that was begun anew and does not come to its end: the agent's account is missing, and that is said. */
  async function hang(cluster: Cluster): Promise<number> {
    const { name } = cluster.metadata;
    brought.delete(name);
    await accounts(name).remove(serviceAccounts, sentry);
    const after = await rt.client.change(kinds.Cluster, cluster, (draft) => {
      delete draft.metadata.labels?.[importedLabel];
    });
    const message = `waiting for cluster ${name} to be imported: ServiceAccount "${sentry}" not found`;
    await rt.event(after, 'Warning', 'SimImportIncomplete', message, component);
    return retry;
  }
}
