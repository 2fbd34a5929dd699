/** What the controller of Clusters writes into its log while one is taken down. Source: Cluster API 1.10, cluster_controller.go. */

import type { Runtime } from '../runtime.ts';
import type { Cluster, Machine, MachineDeployment, MachineSet } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { deleting, isControlPlane } from './common.ts';

const file = 'cluster_controller.go';
const requeues = 'Cluster still has descendants - need to requeue';

/** Says that what a Cluster owns is deleted, of each that nobody has deleted yet. */
export function tellChildren(rt: Runtime, cluster: Cluster, children: readonly MachineDeployment[]): void {
  if (children.length === 0) return;
  rt.log(cluster, `${file}:398`, 'Cluster still has children - deleting them first', { count: children.length });
  for (const { apiVersion, kind, metadata } of children.filter((one) => !deleting(one))) {
    const gvk = `${apiVersion}, Kind=${kind}`;
    rt.log(cluster, `${file}:412`, 'Deleting child object', { gvk, name: metadata.name });
  }
}

/** Says what is left of a Cluster, in groups, and how much of it is not its own child. */
export function tellDescendants(
  rt: Runtime,
  cluster: Cluster,
  left: { deployments: readonly MachineDeployment[]; sets: readonly MachineSet[]; machines: readonly Machine[] },
): void {
  const { deployments, sets, machines } = left;
  const groups: [title: string, of: readonly KubeObject[]][] = [
    ['Control plane machines', machines.filter(isControlPlane)],
    ['Machine deployments', deployments],
    ['Machine sets', sets],
    ['Worker machines', machines.filter((machine) => !isControlPlane(machine))],
  ];
  const descendants = groups
    .filter(([, of]) => of.length > 0)
    .map(([title, of]) => `${title}: ${of.map(({ metadata }) => metadata.name).join(',')}`)
    .join(';');
  const indirect = sets.length + machines.length;
  rt.log(cluster, `${file}:435`, requeues, { descendants, 'indirect descendants count': indirect });
}

/** Says which part of a Cluster has yet to go. */
export function tellAwaited(rt: Runtime, cluster: Cluster, what: Record<string, string>): void {
  rt.log(cluster, `${file}:${'controlPlaneRef' in what ? 460 : 489}`, requeues, what);
}
