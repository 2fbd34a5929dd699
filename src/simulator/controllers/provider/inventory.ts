/** The provider's marks on a MachineInventory: whose it is and what it is doing. */

import { isTrue } from '../conditions.ts';
import { noteReport } from '../hosts/live.ts';
import { kinds } from '../kinds.ts';
import { annotate } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineInventory } from '../shapes/elemental.ts';

const prefix = 'baremetal.alauda.io';

export const marks = {
  pool: `${prefix}/pool`,
  state: `${prefix}/allocation-state`,
  cluster: `${prefix}/owner-cluster`,
  machine: `${prefix}/owner-machine`,
  baremetalMachine: `${prefix}/owner-baremetalmachine`,
} as const;

export type AllocationState = 'Available' | 'Allocated' | 'Preparing' | 'Reprovisioning' | 'Unavailable';

/**
 * The informer of inventories. What a host says of its disks is not kept, but whether it says so from the live system:
 * who needs more reads the object itself.
 */
export function inventoryInformer(rt: Runtime) {
  const inventories = rt.informer(kinds.MachineInventory, {
    slim: (inventory) => {
      noteReport(rt, inventory);
      const { status } = inventory;
      if (!status?.observedStorage) return inventory;
      const { devices: _devices, ...observedStorage } = status.observedStorage;
      return { ...inventory, status: { ...status, observedStorage } };
    },
  });
  inventories.index('owner', (inventory) => mark(inventory, marks.baremetalMachine).filter(Boolean));
  return inventories;
}

function mark(inventory: MachineInventory, key: string): string[] {
  return [inventory.metadata.annotations?.[key] ?? ''];
}

/** A host's allocation state; empty where it was never in a pool. */
export function stateOf(inventory: MachineInventory): string {
  return inventory.metadata.annotations?.[marks.state] ?? '';
}

/** The pool that has claimed a host. */
export function poolOf(inventory: MachineInventory): string | undefined {
  return inventory.metadata.annotations?.[marks.pool] || undefined;
}

/** Why an inventory cannot serve in a pool; undefined where it can (domain F3, F4). */
export function unfitness(inventory: MachineInventory | undefined): string | undefined {
  if (!inventory) return 'not found';
  if (inventory.metadata.deletionTimestamp) return 'is being deleted';
  if (!inventory.status?.plan?.secretRef?.name) return 'has no plan secret';
  if (!isTrue(inventory.status.conditions, 'Ready')) return 'is not Ready';
  const declares = (inventory.spec?.storage?.volumes?.length ?? 0) > 0;
  const { phase, operation } = inventory.status.storage ?? {};
  // In use, the volumes are the machine's: they come and go without the host being at fault.
  if (declares && !inventory.metadata.annotations?.[marks.baremetalMachine]) {
    if (phase !== 'Prepared' || operation) return `has storage that is not Prepared (${phase ?? 'not observed'})`;
  } else if (!declares && phase === 'Releasing') return 'is releasing its storage';
  return undefined;
}

/** Whether a host of a pool may be taken. */
export function isFree(inventory: MachineInventory | undefined, pool: string): inventory is MachineInventory {
  if (!inventory || unfitness(inventory)) return false;
  const free = /^(Available)?$/.test(stateOf(inventory)) && !inventory.metadata.annotations?.[marks.baremetalMachine];
  return free && (poolOf(inventory) ?? pool) === pool;
}

/** Writes annotations of an inventory; undefined removes one. Throws KubeError, Conflict where it was stale. */
export function setMarks(rt: Runtime, inventory: MachineInventory, values: Record<string, string | undefined>) {
  return rt.client.change(kinds.MachineInventory, inventory, (draft) => annotate(draft, values));
}
