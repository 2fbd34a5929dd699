/** The BaremetalCluster controller: the control plane's endpoint. */

import { onClusterTurn } from '../capi/clusters.ts';
import { isControlPlane, isPaused } from '../capi/common.ts';
import { machineInformer } from '../capi/machine.ts';
import { nodeReady } from '../capi/machine-status.ts';
import { type Saying, say } from '../conditions.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { addFinalizer, clusterOf, ownerName, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Node } from '../shapes/core.ts';
import type { BaremetalCluster } from '../shapes/provider.ts';
import { baremetalClusterFinalizer } from './names.ts';

/** Registers the controller. */
export function baremetalClusterController(rt: Runtime): void {
  const infras = rt.informer(kinds.BaremetalCluster);
  const clusters = rt.informer(kinds.Cluster);
  const machines = machineInformer(rt);
  const infraMachines = rt.informer(kinds.BaremetalMachine);
  infras.index('cluster', (infra) => [ownerName(infra, 'Cluster') ?? '']);
  infraMachines.index('cluster', (machine) => [clusterOf(machine) ?? '']);
  const controller = rt.controller('baremetalcluster', reconcile);
  infras.onChange((infra) => controller.enqueue(infra.metadata.name));
  machines.onChange((machine) => {
    if (isControlPlane(machine)) ofCluster(clusterOf(machine));
  });
  infraMachines.onChange((machine, change) => {
    if (change === 'deleted') ofCluster(clusterOf(machine));
  });
  rt.onNode((node, cluster) => {
    if (isPlaneNode(node)) ofCluster(cluster);
  });
  rt.faults.onCluster(ofCluster);
  onClusterTurn(rt, ofCluster);

  function ofCluster(cluster: string | undefined): void {
    for (const infra of infras.by('cluster', cluster)) controller.enqueue(infra.metadata.name);
  }

  async function reconcile(name: string): Promise<undefined> {
    const infra = infras.get(name);
    const cluster = infra && ownerName(infra, 'Cluster');
    if (!infra || !cluster || isPaused(clusters.get(cluster), infra)) return;
    const draft = copy(infra);
    if (infra.metadata.deletionTimestamp) {
      if (infraMachines.by('cluster', cluster).length > 0) return;
      removeFinalizer(draft, baremetalClusterFinalizer);
    } else {
      addFinalizer(draft, baremetalClusterFinalizer);
      setEndpoint(draft, await isReachable(cluster), rt.timestamp());
    }
    await rt.client.replace(kinds.BaremetalCluster, infra, draft);
  }

  /** Whether an API server answers behind the endpoint: one does on every control-plane Node that is up. */
  async function isReachable(cluster: string): Promise<boolean> {
    if (rt.faults.ofCluster(cluster).unreachable) return false;
    const joined = machines
      .by('cluster', cluster)
      .some((machine) => isControlPlane(machine) && machine.spec?.providerID);
    if (!joined) return false;
    const { informer } = await rt.nodes(cluster);
    return informer.list().some((node) => isPlaneNode(node) && nodeReady(node));
  }
}

const isPlaneNode = (node: Node): boolean =>
  node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;

/** Writes endpoint and status into `draft`. `reachable`: an API server answers behind the endpoint. */
export function setEndpoint(draft: BaremetalCluster, reachable: boolean, at: string): void {
  draft.spec ??= {};
  const spec = draft.spec;
  const balancer = spec.controlPlaneLoadBalancer;
  // Once set it must never change.
  if (balancer && !spec.controlPlaneEndpoint?.host) {
    spec.controlPlaneEndpoint = { host: balancer.host, port: balancer.port };
  }
  const endpoint = `${spec.controlPlaneEndpoint?.host ?? ''}:${spec.controlPlaneEndpoint?.port ?? ''}`;
  const saying: Saying = reachable
    ? { type: 'EndpointReady', status: 'True', reason: 'SimEndpointReachable' }
    : {
        type: 'EndpointReady',
        status: 'False',
        reason: 'SimEndpointUnreachable',
        message:
          balancer?.type === 'External'
            ? `neither the frontend ${endpoint} nor its backends answer /healthz`
            : `no API server answers at the virtual address ${endpoint}`,
      };
  draft.status = {
    ...draft.status,
    ready: spec.controlPlaneEndpoint !== undefined,
    conditions: say(draft.status?.conditions, [saying], at, draft.metadata.generation),
  };
}
