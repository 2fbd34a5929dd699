import type { Pool, PoolCounters, PoolMember } from '../objects.ts';
import { at, get, list, name, num, word } from '../read.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

export const POOL_FIGURES = [
  'total',
  'available',
  'allocated',
  'preparing',
  'reprovisioning',
  'unavailable',
] as const satisfies readonly (keyof PoolCounters)[];

/** Members in declaration order; one given as a bare string (an old install example has it so) is a member too. */
function readMembers(value: unknown): PoolMember[] {
  const members: PoolMember[] = [];
  for (const item of list(value)) {
    const host = name(item) ?? name(get(item, 'name'));
    if (host === undefined) continue;
    const hostname = name(get(item, 'hostname'));
    members.push(hostname === undefined ? { name: host } : { name: host, hostname });
  }
  return members.slice();
}

function readReported(status: unknown): Partial<PoolCounters> | undefined {
  const reported: Partial<PoolCounters> = {};
  let any = false;
  for (const figure of POOL_FIGURES) {
    const value = num(get(status, figure));
    if (value === undefined) continue;
    reported[figure] = value;
    any = true;
  }
  return any ? reported : undefined;
}

/** A MachineInventoryPool as served; `undefined` without uid or name. */
export function projectPool(raw: unknown): Pool | undefined {
  const meta = readMeta('pool', raw);
  if (!meta) return undefined;
  return withConditions(
    {
      ...meta,
      clusterName: word(at(raw, 'spec', 'clusterName')),
      members: readMembers(at(raw, 'spec', 'machineInventories')),
      reported: readReported(get(raw, 'status')),
    },
    readConditions(at(raw, 'status', 'conditions')),
  );
}
