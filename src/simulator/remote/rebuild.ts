/**
 * Workload clusters are in the memory of the process that plays them. After a restart they are made again of what the
 * management cluster knows: a Machine with a nodeRef had a Node, and its host's plan says which.
 */

import type { Transport } from '../../kube/types.ts';
import { syncNode } from '../controllers/capi/node-sync.ts';
import { identityOf } from '../controllers/hosts/controller.ts';
import { runningNode } from '../controllers/hosts/node.ts';
import { giveShares, podNetwork } from '../controllers/hosts/pod-cidr.ts';
import { plannedRegistration } from '../controllers/hosts/registration.ts';
import { type ClusterApiVersion, type Kind, kinds, pathOf } from '../controllers/kinds.ts';
import { checksum, parsePlan, planSecretType, text } from '../controllers/plan-secret.ts';
import type { KubeadmControlPlane, Machine } from '../controllers/shapes/capi.ts';
import type { Node, Secret } from '../controllers/shapes/core.ts';
import type { MachineInventory } from '../controllers/shapes/elemental.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { wireOf } from '../controllers/versions/wire.ts';
import type { WorkloadApi } from '../workload/api.ts';
import { loadWorkloads } from '../world/load.ts';

/** Fills the workload clusters anew. Throws KubeError. */
export async function rebuildWorkloads(
  transport: Transport,
  namespace: string,
  clusterApi: ClusterApiVersion,
  workload: (cluster: string) => WorkloadApi,
): Promise<void> {
  const wire = wireOf(clusterApi);
  async function list<T extends KubeObject>(kind: Kind<T>, fieldSelector?: string): Promise<T[]> {
    const path = pathOf(wire.served(kind as unknown as Kind), namespace);
    const { items } = await transport.json<{ items: T[] }>({ path, query: { fieldSelector } });
    return items.map((item) => wire.decode(kind, { ...item, kind: kind.kind }));
  }
  const machines = new Map<string, Machine>();
  for (const machine of await list(kinds.Machine)) {
    const { providerID } = machine.spec ?? {};
    if (providerID && machine.status?.nodeRef) machines.set(providerID, machine);
  }
  const inventories = new Map<string, MachineInventory>();
  for (const inventory of await list(kinds.MachineInventory)) inventories.set(inventory.metadata.name, inventory);

  const nodes = new Map<string, Node[]>();
  for (const secret of await list(kinds.Secret, `type=${planSecretType}`)) {
    const node = nodeOf(secret, inventories.get(secret.metadata.name), machines, namespace, clusterApi);
    if (node) nodes.set(node.cluster, [...(nodes.get(node.cluster) ?? []), node.node]);
  }
  const clusters = (await list(kinds.Cluster)).filter(({ metadata }) => nodes.has(metadata.name));
  const planes = new Map<string, KubeadmControlPlane>();
  for (const plane of await list(kinds.KubeadmControlPlane)) planes.set(plane.metadata.name, plane);
  for (const cluster of clusters) {
    const plane = planes.get(cluster.spec?.controlPlaneRef?.name ?? '');
    giveShares(nodes.get(cluster.metadata.name) ?? [], podNetwork(cluster, plane));
  }
  loadWorkloads({ nodes, objects: clusters }, workload);
}

/** The Node a host was, where it had joined before. */
function nodeOf(
  secret: Secret,
  inventory: MachineInventory | undefined,
  machines: ReadonlyMap<string, Machine>,
  namespace: string,
  clusterApi: ClusterApiVersion,
): { cluster: string; node: Node } | undefined {
  const plan = parsePlan(secret);
  const identity = identityOf(plan);
  const machine = identity && machines.get(identity.providerID);
  if (!identity || !machine || !inventory || text(secret, 'applied-checksum') !== checksum(secret)) return undefined;
  const at = machine.metadata.creationTimestamp ?? '';
  const bootID = inventory.status?.observedStorage?.bootID ?? '';
  const times = { joined: at, ready: at };
  const node = runningNode(identity, inventory, bootID, times, plannedRegistration(plan));
  syncNode(node, machine, namespace, clusterApi);
  node.metadata.creationTimestamp = at;
  node.metadata.uid = machine.status?.nodeRef?.uid ?? `sim-node-${node.metadata.name}`;
  return { cluster: identity.cluster, node };
}
