/** Which generation of the system agent a host runs: it comes with the OS, whose version the host registers with. */

import type { MachineInventory } from '../shapes/elemental.ts';

export const osVersionAnnotation = 'elemental.cattle.io/os.version';

/** The first version of the simulated OS whose agent knows `plan-state`. */
const firstNew = [6, 2] as const;

/** Whether a host's agent follows `plan-state`. Hosts that do not say what they run have the older one. */
export function isNewAgent(inventory: MachineInventory): boolean {
  const match = /^(\d+)\.(\d+)/.exec(inventory.metadata.annotations?.[osVersionAnnotation] ?? '');
  if (!match) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > firstNew[0] || (major === firstNew[0] && minor >= firstNew[1]);
}
