/** What a KubeadmControlPlane says about the components on its Machines, on each of them and in sum. */

import { find, type Saying, saySorted } from '../conditions.ts';
import { findLegacy, type LegacySaying, no, sayLegacy, yes } from '../legacy-conditions.ts';
import { type MachineMessage, machineMessages } from '../messages.ts';
import type { Machine } from '../shapes/capi.ts';
import { deleting, hasNode } from './common.ts';
import { componentConditions } from './machine-status.ts';

const etcd = componentConditions.filter((type) => type.startsWith('Etcd'));
const plane = componentConditions.filter((type) => !type.startsWith('Etcd'));

/** Writes the component conditions of one Machine into `draft`, in both generations. */
export function setComponents(draft: Machine, at: string): void {
  draft.status ??= {};
  const status = draft.status;
  const say = (of: (type: string) => Omit<Saying, 'type'>): Saying[] =>
    componentConditions.map((type) => ({ type, ...of(type) }));
  const ready = find(status.v1beta2?.conditions, 'NodeReady');
  let sayings: Saying[];
  let legacy: LegacySaying[] = [];
  if (deleting(draft)) {
    sayings = say(() => ({ status: 'False', reason: 'Deleting', message: 'Machine is deleting' }));
    legacy = componentConditions.map((type) => no(type, 'Deleting', 'Info'));
  } else if (!hasNode(draft) || !ready) {
    const message = ready?.message ?? 'Waiting for BaremetalMachine to report spec.providerID';
    sayings = say(() => ({ status: 'Unknown', reason: 'InspectionFailed', message }));
  } else if (ready.status === 'True') {
    sayings = say((type) => ({ status: 'True', reason: type === 'EtcdMemberHealthy' ? 'Healthy' : 'Running' }));
    legacy = componentConditions.map(yes);
  } else {
    const message = `Node ${draft.status?.nodeRef?.name ?? ''} is unreachable`;
    sayings = say(() => ({ status: 'Unknown', reason: 'InspectionFailed', message }));
    legacy = componentConditions.map((type) => ({ type, status: 'Unknown', reason: 'PodInspectionFailed', message }));
  }
  if (legacy.length > 0) status.conditions = sayLegacy(status.conditions, legacy, at);
  const old = status.v1beta2;
  const generation = draft.metadata.generation;
  const said = sayings.filter(({ type, status: is, reason, message = '' }) => {
    const known = find(old?.conditions, type);
    return known?.status !== is || known.reason !== reason || known.message !== message;
  });
  if (said.length > 0) status.v1beta2 = { ...old, conditions: saySorted(old?.conditions, said, at, generation) };
}

const allTrue = (machine: Machine, types: readonly string[]): boolean =>
  types.every((type) => find(machine.status?.v1beta2?.conditions, type)?.status === 'True');

export const planeHealthy = (machine: Machine): boolean => allTrue(machine, plane);
export const etcdHealthy = (machine: Machine): boolean => allTrue(machine, etcd);

function sumUp(type: string, machines: readonly Machine[], of: readonly string[], title: string): Saying {
  let status: Saying['status'] = 'True';
  const messages: MachineMessage[] = [];
  for (const machine of machines) {
    const bad = of
      .map((name) => find(machine.status?.v1beta2?.conditions, name))
      .find((condition) => condition?.status !== 'True');
    if (of.every((name) => find(machine.status?.v1beta2?.conditions, name)?.status === 'True')) continue;
    const grave = bad?.status === 'False';
    if (grave) status = 'False';
    else if (status === 'True') status = 'Unknown';
    const message = `* ${title}: ${bad?.message ?? 'Conditions not yet reported'}`;
    messages.push({ name: machine.metadata.name, message, grave });
  }
  const reason = status === 'True' ? 'Healthy' : status === 'False' ? 'NotHealthy' : 'HealthUnknown';
  return { type, status, reason, message: machineMessages(messages) };
}

/** `EtcdClusterHealthy` and `ControlPlaneComponentsHealthy` in the second generation. */
export function componentSayings(machines: readonly Machine[]): Saying[] {
  return [
    sumUp('EtcdClusterHealthy', machines, etcd, 'EtcdMemberHealthy'),
    sumUp('ControlPlaneComponentsHealthy', machines, plane, 'Control plane components'),
  ];
}

/** The same two in the first generation. */
export function legacyComponents(machines: readonly Machine[]): LegacySaying[] {
  const sum = (type: string, reason: string, of: readonly string[], what: string): LegacySaying => {
    const names = machines
      .filter((machine) => of.some((name) => findLegacy(machine.status?.conditions, name)?.status === 'False'))
      .map((machine) => machine.metadata.name);
    if (names.length === 0) return yes(type);
    return no(type, reason, 'Info', `Following Machines are reporting ${what} info: ${names.sort().join(', ')}`);
  };
  return [
    sum('ControlPlaneComponentsHealthy', 'ControlPlaneComponentsUnhealthy', plane, 'control plane'),
    sum('EtcdClusterHealthy', 'EtcdClusterUnhealthy', etcd, 'etcd member'),
  ];
}
