import type { BaremetalMachine, Host, Machine } from '../objects.ts';
import type { Node } from '../workload.ts';
import type { ObjectRef, PlanRow } from './rows.ts';

/** All that a machine's row is made of. One of `machine` and `baremetal` is there. */
export interface MachineFacts {
  machine?: Machine;
  baremetal?: BaremetalMachine;
  /** The MachineInventory that the BaremetalMachine names, where it exists. */
  host?: Host;
  plan?: PlanRow;
  /** Its Node as the workload cluster has it, where that was asked. */
  node?: Node;
  /** Names of other BaremetalMachines that claim the same host. */
  rivals: readonly string[];
  /** The MachineDeployment or KubeadmControlPlane it belongs to, where it exists. */
  group?: ObjectRef;
  /** The name of that group, whether or not it exists. */
  groupName?: string;
  /** All MachineInventories are known, so that one not found is not there. */
  hostsComplete: boolean;
  machinesComplete: boolean;
  baremetalComplete: boolean;
}
