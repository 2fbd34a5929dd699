/**
 * Which hosts run the live system they registered from: known from their reports, since nobody else says so. Whether one
 * restarts by itself after its installation is known from the registration, and forgotten when the simulator restarts.
 */

import type { Runtime } from '../runtime.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { isLiveReport } from './disks.ts';

interface Names {
  live: Set<string>;
  staying: Set<string>;
}

const known = new WeakMap<Runtime, Names>();

function namesOf(rt: Runtime): Names {
  const names = known.get(rt) ?? { live: new Set(), staying: new Set() };
  known.set(rt, names);
  return names;
}

/** Takes note of what a fresh inventory reports. */
export function noteReport(rt: Runtime, { metadata, status }: MachineInventory): void {
  const { live, staying } = namesOf(rt);
  const devices = status?.observedStorage?.devices;
  // An inventory is made before its first report is written.
  if (!devices?.length) return;
  if (isLiveReport(devices)) {
    live.add(metadata.name);
  } else {
    live.delete(metadata.name);
    staying.delete(metadata.name);
  }
}

/** A host will not restart by itself after its installation. */
export function staysLive(rt: Runtime, name: string): void {
  namesOf(rt).staying.add(name);
}

/** Whether a host runs the live system: its agent takes no plan before the installation is through. */
export const isLive = (rt: Runtime, { metadata }: MachineInventory): boolean => namesOf(rt).live.has(metadata.name);

/** Whether a host that runs the live system will restart into the installed one by itself. */
export const willRestart = (rt: Runtime, { metadata }: MachineInventory): boolean =>
  !namesOf(rt).staying.has(metadata.name);
