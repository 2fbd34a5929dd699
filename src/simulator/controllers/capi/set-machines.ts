/**
 * Which Machines a MachineSet has: those that its selector finds, unless they are another's. Source: Cluster API 1.10,
 * getMachinesForMachineSet and adoptOrphan.
 */

import { kinds } from '../kinds.ts';
import { labels, ownerName, ownerReference } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import { selects } from '../selector.ts';
import type { Machine, MachineSet } from '../shapes/capi.ts';
import { deleting } from './common.ts';
import type { machineInformer } from './machine.ts';

type Machines = ReturnType<typeof machineInformer>;

/** One whose labels were taken away is its set's no more, though the set still owns it: another comes in its place. */
export const belongs = (machine: Machine, set: MachineSet): boolean =>
  ownerName(machine, 'MachineSet') === set.metadata.name && selects(set.spec?.selector, machine.metadata.labels);

export const machinesOf = (machines: Machines, set: MachineSet): Machine[] =>
  machines.by('set', set.metadata.name).filter((machine) => belongs(machine, set));

/** Takes Machines that nobody has, and that the selector finds. */
export async function adoptOrphans(rt: Runtime, machines: Machines, set: MachineSet): Promise<void> {
  for (const machine of machines.by('orphan', set.spec?.clusterName)) {
    if (deleting(machine) || !selects(set.spec?.selector, machine.metadata.labels)) continue;
    await rt.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.ownerReferences = [...(draft.metadata.ownerReferences ?? []), ownerReference(set)];
      const deployment = ownerName(set, 'MachineDeployment');
      const own = { [labels.set]: set.metadata.name, ...(deployment ? { [labels.deployment]: deployment } : {}) };
      draft.metadata.labels = { ...draft.metadata.labels, ...own };
    });
  }
}
