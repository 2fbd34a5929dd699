import type { MachineFacts } from '../facts.ts';
import { kubectl, quoted } from '../steps.ts';
import type { Step } from '../types.ts';

const LIMIT = '5m';

/**
 * Sets a limit to the drain of a Machine where it lasts: its group writes its own timeouts into its Machines again,
 * those that are going included, and a MachineDeployment into its newest MachineSet alone (Cluster API, syncMachines and
 * getNewMachineSet). In the words of v1beta1, which later versions serve too.
 */
export function drainLimitStep({ row, group, fleet }: MachineFacts): Step | undefined {
  const { machine } = row;
  if (!machine) return undefined;
  const sets = fleet.machineSets.list.filter(
    ({ deployment }) => deployment !== undefined && deployment === group?.name,
  );
  const own = sets.find(({ name, namespace }) => name === machine.machineSet && namespace === machine.namespace);
  const isNewest = sets.every(({ revision = 0 }) => revision <= (own?.revision ?? 0));
  const spec = { nodeDrainTimeout: LIMIT };
  const write = (text: string, kind: string, name: string, patch: object): Step => ({
    text,
    command: `${kubectl(machine.namespace, 'patch', kind, name, '--type', 'merge')} -p ${quoted(JSON.stringify(patch))}`,
  });
  if (group?.controlPlane) {
    const kind = 'kubeadmcontrolplanes.v1beta1.controlplane.cluster.x-k8s.io';
    return write(whole(group.name), kind, group.name, { spec: { machineTemplate: spec } });
  }
  const patch = { spec: { template: { spec } } };
  if (group && isNewest)
    return write(whole(group.name), 'machinedeployments.v1beta1.cluster.x-k8s.io', group.name, patch);
  if (machine.machineSet) {
    return write(whole(machine.machineSet), 'machinesets.v1beta1.cluster.x-k8s.io', machine.machineSet, patch);
  }
  return write('setting a limit lets it go on; it writes', 'machines.v1beta1.cluster.x-k8s.io', row.name, { spec });
}

const whole = (name: string): string =>
  `setting a limit on ${name}, whose Machines all follow it, lets it go on; it writes`;
