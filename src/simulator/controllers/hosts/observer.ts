/**
 * The storage observer of a host: reports disks and boot to `status.observedStorage`. The real one reports every minute.
 * Here a report is written at boot, when something has changed, every minute while a storage operation waits for one,
 * and besides at the pace of a heartbeat, if there is one: a minute's pace would be a storm for thousands of hosts.
 */

import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import { checksum, type Plan, planTypeOf, text } from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory, StorageDevice } from '../shapes/elemental.ts';
import type { Hosts } from './body.ts';
import { installedDevices, isLiveReport, withFilesystems, withMounts } from './disks.ts';
import { volumesOf } from './volumes.ts';

/** Writes the first report after a boot, for the reason `why`. Says whether it could be written. Throws KubeError. */
export async function reportBoot(hosts: Hosts, name: string, why: string, secret: Secret, plan: Plan) {
  const { rt } = hosts;
  if (rt.faults.ofHost(name).unauthorized) return false;
  await report(hosts, name, secret, plan, (observed, epoch) => {
    const bootID = rt.random('boot', name, why, epoch).uuid();
    rt.boots.reported(name, bootID);
    return { bootID, reportEpoch: epoch + 1, sequence: 1, installed: why !== 'network boot', observed };
  });
  return true;
}

/** Reports if a report is due; gives the ms until the next one. `heartbeat` in ms; none where left out. */
export async function observe(
  hosts: Hosts,
  inventory: MachineInventory,
  secret: Secret,
  plan: Plan,
  heartbeat: number | undefined,
): Promise<number | undefined> {
  const { rt } = hosts;
  const name = inventory.metadata.name;
  const awaited = awaitsReport(inventory);
  const pace = awaited ? durations.report : heartbeat;
  // A wait keeps the length it began with: whoever begins to wait for a report does not wait for the heartbeat.
  const wait = awaited ? 'awaited report' : 'report';
  hosts.forget(name, awaited ? 'report' : 'awaited report');
  if (!inventory.status?.observedStorage || pace === undefined || rt.faults.ofHost(name).unauthorized) {
    hosts.forget(name, wait);
    return undefined;
  }
  const rest = hosts.left(name, wait, pace);
  if (rest > 0) return rest;
  hosts.forget(name, wait);
  await reportNow(hosts, name, secret, plan);
  return hosts.left(name, wait, pace);
}

/** Writes a report within the running session. Throws KubeError. */
export async function reportNow(hosts: Hosts, name: string, secret: Secret, plan: Plan): Promise<void> {
  await report(hosts, name, secret, plan, (observed, epoch) => ({
    bootID: observed.bootID,
    reportEpoch: epoch,
    sequence: (observed.sequence ?? 0) + 1,
    installed: false,
    observed,
  }));
}

/** Whether somebody waits for what the host has to say about its disks. */
export function awaitsReport(inventory: MachineInventory): boolean {
  const storage = inventory.status?.storage;
  if (storage?.operation && /^(Pending|Running)$/.test(storage.operation.phase)) return true;
  const declared = (inventory.spec?.storage?.volumes?.length ?? 0) > 0;
  return declared && /^(Unmanaged|Observed|Validating|Degraded)?$/.test(storage?.phase ?? '');
}

interface Session {
  bootID?: string;
  reportEpoch: number;
  sequence: number;
  /** Whether the host runs the installed system since this boot. */
  installed: boolean;
  observed: NonNullable<NonNullable<MachineInventory['status']>['observedStorage']>;
}

async function report(
  hosts: Hosts,
  name: string,
  secret: Secret,
  plan: Plan,
  session: (observed: Session['observed'], epoch: number) => Session,
): Promise<void> {
  const { rt } = hosts;
  // The informer keeps no devices.
  const inventory = await rt.client.get(kinds.MachineInventory, name);
  if (!inventory) return;
  const observed = inventory.status?.observedStorage ?? {};
  const { bootID, reportEpoch, sequence, installed } = session(observed, observed.reportEpoch ?? 0);
  const devices = devicesNow(hosts, name, observed.devices ?? [], secret, plan, installed);
  await rt.client.change(kinds.MachineInventory, inventory, (draft) => {
    draft.status = {
      ...draft.status,
      observedStorage: { bootID, reportEpoch, sequence, observedAt: rt.timestamp(), devices },
    };
  });
}

function devicesNow(
  hosts: Hosts,
  name: string,
  before: readonly StorageDevice[],
  secret: Secret,
  plan: Plan,
  installed: boolean,
): StorageDevice[] {
  let devices = [...before];
  if (installed && isLiveReport(devices)) devices = installedDevices(devices, hosts.rt.random('install', name));
  const sum = checksum(secret);
  const applied = text(secret, 'applied-checksum') === sum;
  const type = planTypeOf(secret);
  const volumes = volumesOf(plan);
  if (applied && type === 'storage-prepare') devices = withFilesystems(devices, volumes, name);
  // A reprovision plan mounts at the boot after it; any other plan that has been applied leaves nothing mounted.
  const mounts = type === 'reprovision' && applied && !hosts.rt.faults.ofHost(name).mountFails;
  if (applied) devices = withMounts(devices, mounts ? volumes : []);
  return devices;
}
