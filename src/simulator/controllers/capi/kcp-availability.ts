/**
 * Whether a control plane serves, and what it says of its growing, shrinking and going. Words: Cluster API 1.10, status.go
 * of the kubeadm control plane provider.
 */

import { find, type Saying } from '../conditions.ts';
import { names } from '../messages.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { deleting, hasNode } from './common.ts';
import { componentConditions } from './component-conditions.ts';
import { etcdHealthy, managesEtcd, planeHealthy } from './kcp-components.ts';
import { cleanupHook } from './kcp-machines.ts';
import { lateMachines, type Since } from './late-deletion.ts';
import { blockedBecause, deletingSaying, type Slowness } from './machines-conditions.ts';

/** What is not well is told of an available control plane once it lasts for so many ms. */
const flake = 10_000;

/** Whether one of these conditions of a Machine is not True for long enough to be told. */
function lasts({ status }: Machine, types: readonly string[], since: Since): boolean {
  return types.some((type) => {
    const found = find(status?.v1beta2?.conditions, type);
    return found !== undefined && found.status !== 'True' && since(found.lastTransitionTime) > flake;
  });
}

/** Whether a Machine is a member of etcd: from its Node on, until its control plane has let it go. */
const isMember = (machine: Machine): boolean =>
  hasNode(machine) && !(deleting(machine) && machine.metadata.annotations?.[cleanupHook] === undefined);

const members = (count: number, of: number): string =>
  count === 1 ? `1 of ${of} etcd members is healthy` : `${count} of ${of} etcd members are healthy`;

/** The condition Available of a control plane with these Machines. */
export function availableSaying(
  plane: KubeadmControlPlane,
  machines: readonly Machine[],
  initialized: boolean,
  since: Since,
): Saying {
  const type = 'Available';
  if (!initialized) {
    return { type, status: 'False', reason: 'NotAvailable', message: 'Control plane not yet initialized' };
  }
  const stacked = managesEtcd(plane);
  const types = componentConditions.filter((one) => stacked || !one.startsWith('Etcd'));
  const serves = (machine: Machine) => planeHealthy(machine) && (!stacked || etcdHealthy(machine));
  const placed = machines.filter(({ spec }) => spec?.providerID !== undefined);
  const serving = placed.filter(serves).length;
  const failing = placed.filter((machine) => !serves(machine) && lasts(machine, types, since)).length;
  const etcd = stacked ? machines.filter(isMember) : [];
  const quorum = Math.floor(etcd.length / 2) + 1;
  const isWell = (machine: Machine) =>
    find(machine.status?.v1beta2?.conditions, 'EtcdMemberHealthy')?.status === 'True';
  const well = etcd.filter(isWell).length;
  const lost = etcd.filter((machine) => !isWell(machine) && lasts(machine, ['EtcdMemberHealthy'], since)).length;
  const needs = `at least ${quorum} healthy member required for etcd quorum`;
  const lines: string[] = [];
  if (!deleting(plane) && (!stacked || well >= quorum) && serving >= 1) {
    if (lost > 0) lines.push(`* ${members(etcd.length - lost, etcd.length)}, ${needs}`);
    const rest = placed.length - failing;
    if (failing > 0) {
      const some = rest === 1 ? 'has' : 'have';
      lines.push(
        `* ${rest} of ${machines.length} Machines ${some} healthy control plane components, at least 1 required`,
      );
    }
    return { type, status: 'True', reason: 'Available', message: lines.join('\n') };
  }
  if (deleting(plane)) lines.push('* Control plane metadata.deletionTimestamp is set');
  if (stacked && well < quorum) {
    lines.push(`* ${well === 0 ? 'There are no healthy etcd member' : members(well, etcd.length)}, ${needs}`);
  }
  if (serving < 1) lines.push('* There are no Machines with healthy control plane components, at least 1 required');
  return { type, status: 'False', reason: 'NotAvailable', message: lines.join('\n') };
}

/** What keeps a control plane from growing or shrinking; `missing` is the kind of a template that is not there. */
export function slowness(
  machines: readonly Machine[],
  held: readonly string[],
  missing: string | undefined,
  since: Since,
): Slowness {
  const lacks = missing === undefined ? undefined : `${missing} does not exist`;
  const late = lateMachines(machines, since);
  return {
    up: blockedBecause([...held, ...(lacks ? [lacks] : [])]),
    down: blockedBecause([...held, ...(late ? [late] : [])]),
    wouldBe: lacks ? `Scaling up would be blocked because ${lacks}` : '',
  };
}

/** The condition Deleting of a control plane; `workers` are waited for first. */
export function planeDeleting(
  plane: KubeadmControlPlane,
  machines: readonly Machine[],
  workers: readonly string[],
  since: Since,
): Saying {
  const type = 'Deleting';
  if (!deleting(plane)) return deletingSaying(false, 0);
  if (machines.length === 0) {
    return { type, status: 'True', reason: 'DeletionCompleted', message: 'Deletion completed' };
  }
  if (workers.length > 0) {
    const message = `KubeadmControlPlane deletion blocked because following objects still exist:\n* Machines: ${names(workers)}`;
    return { type, status: 'True', reason: 'WaitingForWorkersDeletion', message };
  }
  const late = lateMachines(machines, since);
  const { message } = deletingSaying(true, machines.length, late ? ` and ${late}` : '');
  return { type, status: 'True', reason: 'WaitingForMachineDeletion', ...(message ? { message } : {}) };
}
