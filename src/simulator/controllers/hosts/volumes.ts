/** The volumes a plan of the simulated provider is about: how the provider tells the host. */

import { type Plan, parseObject } from '../plan-secret.ts';
import type { PlannedVolume } from './disks.ts';

/** Where a plan of the simulated provider lists the volumes it is about. */
export const volumesPath = '/etc/sim/volumes.json';

/** The volumes in a plan; empty where it is about none. */
export function volumesOf(plan: Plan): PlannedVolume[] {
  const file = plan.files?.find(({ path }) => path === volumesPath);
  if (!file) return [];
  const { volumes } = parseObject(Buffer.from(file.content, 'base64').toString('utf8'));
  if (!Array.isArray(volumes)) return [];
  return volumes.filter(
    (one): one is PlannedVolume => typeof one?.deviceID === 'string' && typeof one?.path === 'string',
  );
}
