/** The Cluster controller: ties infrastructure, control plane and workers together, and takes them down in order. */

import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { names } from '../messages.ts';
import { addFinalizer, clusterOf, isControlled, labels, own, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { tellAwaited, tellChildren, tellDescendants } from './cluster-log.ts';
import { type ClusterFacts, setClusterStatus } from './cluster-status.ts';
import { capiController, deleting, isControlPlane, restsPaused } from './common.ts';
import { machineInformer } from './machine.ts';
import { outageOf } from './remote-connection.ts';

const finalizer = 'cluster.cluster.x-k8s.io';

/** Registers the controller. */
export function clusterController(rt: Runtime): void {
  const clusters = rt.informer(kinds.Cluster);
  const infras = rt.informer(kinds.BaremetalCluster);
  const planes = rt.informer(kinds.KubeadmControlPlane);
  const deployments = rt.informer(kinds.MachineDeployment);
  const machines = machineInformer(rt);
  const setInformer = rt.informer(kinds.MachineSet);
  setInformer.index('cluster', (set) => [set.spec?.clusterName ?? '']);
  clusters.index('infra', (cluster) => [cluster.spec?.infrastructureRef?.name ?? '']);
  clusters.index('plane', (cluster) => [cluster.spec?.controlPlaneRef?.name ?? '']);
  deployments.index('cluster', (deployment) => [deployment.spec?.clusterName ?? '']);

  const controller = capiController(rt, 'cluster', reconcile);
  clusters.onChange((cluster) => controller.enqueue(cluster.metadata.name));
  infras.onChange((infra) => {
    for (const cluster of clusters.by('infra', infra.metadata.name)) controller.enqueue(cluster.metadata.name);
  });
  planes.onChange((plane) => {
    for (const cluster of clusters.by('plane', plane.metadata.name)) controller.enqueue(cluster.metadata.name);
  });
  deployments.onChange((deployment) => controller.enqueue(deployment.spec?.clusterName));
  machines.onChange((machine) => controller.enqueue(clusterOf(machine)));
  setInformer.onChange((set, change) => {
    if (change === 'deleted' || !isControlled(set)) controller.enqueue(set.spec?.clusterName);
  });

  rt.faults.onCluster((cluster) => controller.enqueue(cluster));

  async function reconcile(name: string): Promise<number | undefined> {
    const cluster = clusters.get(name);
    if (!cluster) return undefined;
    const draft = copy(cluster);
    if (await restsPaused(rt, kinds.Cluster, cluster, cluster)) return undefined;
    addFinalizer(draft, finalizer);
    let deletion: ClusterFacts['deletion'];
    if (deleting(cluster)) {
      deletion = await takeDown(cluster);
      if (!deletion) removeFinalizer(draft, finalizer);
    } else {
      await tie(cluster);
      const infra = infras.get(cluster.spec?.infrastructureRef?.name);
      const endpoint = infra?.spec?.controlPlaneEndpoint;
      if (infra?.status?.failureDomains)
        draft.status = { ...draft.status, failureDomains: infra.status.failureDomains };
      draft.spec ??= {};
      const spec = draft.spec;
      // A Cluster of v1beta1 without one says that it is empty.
      if (infra?.status?.ready && endpoint && !spec.controlPlaneEndpoint?.host) {
        spec.controlPlaneEndpoint = { ...endpoint };
      }
    }
    const outage = outageOf(rt, name);
    const facts: ClusterFacts = {
      infra: infras.get(cluster.spec?.infrastructureRef?.name),
      plane: planes.get(cluster.spec?.controlPlaneRef?.name),
      deployments: deployments.by('cluster', name),
      sets: setInformer.by('cluster', name),
      machines: machines.by('cluster', name),
      clusterApi: rt.clusterApi,
      lost: outage?.told ? outage.message : undefined,
      deletion:
        deletion ?? (deleting(cluster) ? { reason: 'DeletionCompleted', message: 'Deletion completed' } : undefined),
    };
    setClusterStatus(draft, facts, rt.timestamp());
    await rt.client.replace(kinds.Cluster, cluster, draft);
    return outage?.again;
  }

  /** The Cluster becomes the owner of its infrastructure and its control plane: as their controller up to v1.10. */
  async function tie(cluster: Cluster): Promise<void> {
    const label = { [labels.cluster]: cluster.metadata.name };
    const infra = infras.get(cluster.spec?.infrastructureRef?.name);
    const plane = planes.get(cluster.spec?.controlPlaneRef?.name);
    if (infra && !deleting(infra)) {
      await rt.client.change(kinds.BaremetalCluster, infra, (draft) => {
        own(draft, cluster, rt.clusterApi === 'v1beta1');
        draft.metadata.labels = { ...draft.metadata.labels, ...label };
      });
    }
    if (plane && !deleting(plane)) {
      await rt.client.change(kinds.KubeadmControlPlane, plane, (draft) => {
        own(draft, cluster, rt.clusterApi === 'v1beta1');
        draft.metadata.labels = { ...draft.metadata.labels, ...label };
      });
    }
  }

  /** Deletes MachineSets and worker Machines that belong to no group, and says which are left. */
  async function removeLone(cluster: string) {
    const own = (object: KubeObject) => !isControlled(object);
    const sets = () => setInformer.by('cluster', cluster).filter(own);
    const workers = () => machines.by('cluster', cluster).filter((machine) => own(machine) && !isControlPlane(machine));
    for (const set of sets()) if (!deleting(set)) await rt.client.remove(kinds.MachineSet, set.metadata.name);
    for (const one of workers()) if (!deleting(one)) await rt.client.remove(kinds.Machine, one.metadata.name);
    return { sets: sets(), workers: workers() };
  }

  /** Deletes what is next: workers, control plane, infrastructure. Undefined when nothing is left. */
  async function takeDown(cluster: Cluster): Promise<ClusterFacts['deletion']> {
    const name = cluster.metadata.name;
    const workers = deployments.by('cluster', name);
    tellChildren(rt, cluster, workers);
    for (const deployment of workers) {
      if (!deleting(deployment)) await rt.client.remove(kinds.MachineDeployment, deployment.metadata.name);
    }
    const left = deployments.by('cluster', name);
    const lone = await removeLone(name);
    const groups = [
      ['MachineDeployments', left],
      ['MachineSets', lone.sets],
      ['Worker Machines', lone.workers],
    ] as const;
    const lines = groups.flatMap(([title, list]) =>
      list.length > 0 ? [`* ${title}: ${names(list.map(({ metadata }) => metadata.name))}`] : [],
    );
    if (lines.length > 0) {
      tellDescendants(rt, cluster, {
        deployments: left,
        sets: setInformer.by('cluster', name),
        machines: machines.by('cluster', name),
      });
      return { reason: 'WaitingForWorkersDeletion', message: lines.join('\n') };
    }
    const plane = planes.get(cluster.spec?.controlPlaneRef?.name);
    if (plane) {
      if (!deleting(plane)) await rt.client.remove(kinds.KubeadmControlPlane, plane.metadata.name);
      tellAwaited(rt, cluster, { controlPlaneRef: plane.metadata.name });
      return { reason: 'WaitingForControlPlaneDeletion', message: 'Waiting for KubeadmControlPlane to be deleted' };
    }
    const infra = infras.get(cluster.spec?.infrastructureRef?.name);
    if (infra) {
      if (!deleting(infra)) await rt.client.remove(kinds.BaremetalCluster, infra.metadata.name);
      if (infras.get(infra.metadata.name)) {
        tellAwaited(rt, cluster, { infrastructureRef: infra.metadata.name });
        return { reason: 'WaitingForInfrastructureDeletion', message: 'Waiting for BaremetalCluster to be deleted' };
      }
    }
    return undefined;
  }
}
