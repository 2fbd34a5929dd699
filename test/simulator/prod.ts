/** The cluster prod of a lab: its objects as they are now, and edits as an operator makes them. */
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Machine, MachineDeployment } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Lab } from './harness.ts';

/** The group of workers whose name `lookAt` knows. */
export const GROUP = 'prod-workers';
export const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;
export type GroupSpec = NonNullable<MachineDeployment['spec']>;

/** What a test reads and writes of the lab that is open when it does. */
export function lookAt(lab: () => Lab) {
  const get = {
    machines: () => lab().runtime.informer(kinds.Machine).by('deployment', GROUP),
    planes: () => lab().runtime.informer(kinds.Machine).by('controlPlane', 'prod-control-plane'),
    machine: (name: string) => lab().runtime.informer(kinds.Machine).get(name),
    group: () => lab().runtime.informer(kinds.MachineDeployment).get(GROUP)!,
    plane: () => lab().runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!,
    cluster: () => lab().runtime.informer(kinds.Cluster).get('prod')!,
  };
  const edit = (change: (spec: GroupSpec) => void) =>
    lab().client.change(kinds.MachineDeployment, get.group(), (draft) => change(draft.spec!));
  const mark = (machine: Machine, annotations: Record<string, string>) =>
    lab().client.change(kinds.Machine, get.machine(nameOf(machine))!, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
    });
  return { get, edit, mark };
}
