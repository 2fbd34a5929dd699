import type { MachineFacts } from '../facts.ts';
import { kubectl, quoted } from '../steps.ts';
import type { Step } from '../types.ts';

/** Whether the Machine was served in v1beta2, which says some things elsewhere. */
const isNewer = ({ row }: MachineFacts): boolean => row.machine?.conditions[0]?.generation === 'v1beta2';

/** The field that limits the drain of a Machine. */
export const drainLimitField = (facts: MachineFacts): string =>
  isNewer(facts) ? 'spec.deletion.nodeDrainTimeoutSeconds' : 'spec.nodeDrainTimeout';

/**
 * Sets a limit to the drain of a Machine where it lasts: its group writes its own timeouts into its Machines again,
 * those that are going included, and a MachineDeployment into its newest MachineSet alone (Cluster API, syncMachines and
 * getNewMachineSet).
 */
export function drainLimitStep(facts: MachineFacts): Step | undefined {
  const { row, group, fleet } = facts;
  const { machine } = row;
  if (!machine) return undefined;
  const version = isNewer(facts) ? 'v1beta2' : 'v1beta1';
  const spec = isNewer(facts) ? { deletion: { nodeDrainTimeoutSeconds: 300 } } : { nodeDrainTimeout: '5m' };
  const write = (kind: string, name: string, patch: object): Step => {
    const who = name === row.name ? '' : ` on ${name}, whose Machines all follow it,`;
    const change = quoted(JSON.stringify({ spec: patch }));
    return {
      text: `setting a limit${who} lets it go on; it writes`,
      command: `${kubectl(machine.namespace, 'patch', kind, name, '--type', 'merge')} -p ${change}`,
    };
  };
  const own = (kind: string) => `${kind}.${version}.cluster.x-k8s.io`;
  if (group?.controlPlane) {
    const machineTemplate = isNewer(facts) ? { spec } : spec;
    return write(`kubeadmcontrolplanes.${version}.controlplane.cluster.x-k8s.io`, group.name, { machineTemplate });
  }
  const template = { template: { spec } };
  const sets = fleet.machineSets.list.filter(
    ({ deployment }) => deployment !== undefined && deployment === group?.name,
  );
  const set = sets.find(({ name, namespace }) => name === machine.machineSet && namespace === machine.namespace);
  const isNewest = sets.every(({ revision = 0 }) => revision <= (set?.revision ?? 0));
  if (group && isNewest) return write(own('machinedeployments'), group.name, template);
  return machine.machineSet
    ? write(own('machinesets'), machine.machineSet, template)
    : write(own('machines'), row.name, spec);
}
