/** The objects one story is about: a host with its plan, and the machine that has it. */
import { findMachine } from '../fleet/find.ts';
import type { Fleet, HostRow, MachineRow, ObjectRef } from '../fleet/rows.ts';
import type { DomainObject } from '../objects.ts';

export interface Subjects {
  host?: HostRow;
  machine?: MachineRow;
}

/** The host and machine that an object belongs to; empty for an object of another kind. */
export function subjectsOf(fleet: Fleet, ref: ObjectRef): Subjects {
  if (ref.kind === 'host' || ref.kind === 'plan') {
    const hostUid = ref.kind === 'host' ? ref.uid : fleet.plans.byUid.get(ref.uid)?.hostUid;
    const host = hostUid === undefined ? undefined : fleet.hosts.byUid.get(hostUid);
    return { host, machine: host?.machineUid === undefined ? undefined : fleet.machines.byUid.get(host.machineUid) };
  }
  if (ref.kind !== 'machine' && ref.kind !== 'baremetalMachine') return {};
  const machine = findMachine(fleet, ref);
  return { host: machine?.hostUid === undefined ? undefined : fleet.hosts.byUid.get(machine.hostUid), machine };
}

/** Every object of a story, and what to call it in one word. */
export function objectsOf({ host, machine }: Subjects): { word: string; object: DomainObject }[] {
  const found: { word: string; object: DomainObject | undefined }[] = [
    { word: 'host', object: host?.object },
    { word: 'plan', object: host?.plan?.object },
    { word: 'provider', object: machine?.baremetal },
    { word: 'machine', object: machine?.machine },
  ];
  return found.flatMap(({ word, object }) => (object ? [{ word, object }] : []));
}
