/** Whether a world is at rest: everything it wants is there, and nothing is left over. */

import { deleteAnnotation } from '../../../src/simulator/controllers/capi/delete-order.ts';
import { isTrue } from '../../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { marks, stateOf } from '../../../src/simulator/controllers/provider/inventory.ts';
import type { Lab } from '../harness.ts';

/** What is not at rest, as sentences. */
export function unrest({ runtime }: Lab): string[] {
  const found: string[] = [];
  for (const { metadata, spec, status } of runtime.informer(kinds.MachineDeployment).list()) {
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
    if (counts.some((count) => count !== spec?.replicas)) {
      found.push(`${metadata.name} has ${counts} of ${spec?.replicas}`);
    }
    if (spec?.paused) found.push(`${metadata.name} is paused`);
  }
  for (const { metadata, spec, status } of runtime.informer(kinds.KubeadmControlPlane).list()) {
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
    if (counts.some((count) => count !== spec?.replicas)) {
      found.push(`${metadata.name} has ${counts} of ${spec?.replicas}`);
    }
  }
  for (const { metadata, status } of runtime.informer(kinds.Machine).list()) {
    if (status?.phase !== 'Running') found.push(`${metadata.name} is ${status?.phase}`);
    if (metadata.annotations?.[deleteAnnotation] !== undefined) found.push(`${metadata.name} is marked`);
    if (!isTrue(status?.v1beta2?.conditions, 'Available')) found.push(`${metadata.name} is not available`);
  }
  for (const { metadata, status } of runtime.informer(kinds.BaremetalMachine).list()) {
    if (status?.phase !== 'Running') found.push(`${metadata.name} is ${status?.phase}`);
  }
  for (const { metadata, status } of runtime.informer(kinds.BaremetalCluster).list()) {
    if (!isTrue(status?.conditions, 'EndpointReady')) found.push(`${metadata.name} does not answer`);
  }
  for (const { metadata } of runtime.informer(kinds.Cluster).list()) {
    if (metadata.deletionTimestamp) found.push(`${metadata.name} is going`);
  }
  for (const inventory of runtime.informer(kinds.MachineInventory).list()) {
    const { name, annotations } = inventory.metadata;
    const wanted = annotations?.[marks.baremetalMachine] ? 'Allocated' : 'Available';
    if (annotations?.[marks.pool] && stateOf(inventory) !== wanted) found.push(`${name} is ${stateOf(inventory)}`);
    if (!isTrue(inventory.status?.conditions, 'Ready')) found.push(`${name} is not Ready`);
  }
  for (const { metadata, status } of runtime.informer(kinds.MachineInventoryPool).list()) {
    if (!isTrue(status?.conditions, 'Ready')) found.push(`${metadata.name} is not Ready`);
    const free = (status?.preparing ?? 0) + (status?.reprovisioning ?? 0) + (status?.unavailable ?? 0);
    if (free > 0) found.push(`${metadata.name} is at work`);
  }
  return found;
}

/** How many objects there are of the kinds that scenarios come and go with. */
export function census({ runtime }: Lab): Record<string, number> {
  const { Cluster, Machine, BaremetalMachine, MachineInventory, MachineInventoryPool } = kinds;
  return {
    Cluster: runtime.informer(Cluster).size,
    Machine: runtime.informer(Machine).size,
    BaremetalMachine: runtime.informer(BaremetalMachine).size,
    MachineInventory: runtime.informer(MachineInventory).size,
    MachineInventoryPool: runtime.informer(MachineInventoryPool).size,
  };
}
