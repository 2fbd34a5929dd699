/** The pool controller: checks the members, claims them, and counts what they do. */

import { type Saying, say } from '../conditions.ts';
import type { Informer } from '../informer.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { MachineInventoryPool, PoolCounters } from '../shapes/provider.ts';
import { inventoryInformer, marks, poolOf, setMarks, stateOf, unfitness } from './inventory.ts';

/** The informer of pools, which finds them by their members too. */
export function poolInformer(rt: Runtime): Informer<MachineInventoryPool> {
  const pools = rt.informer(kinds.MachineInventoryPool);
  pools.index('member', (pool) => (pool.spec?.machineInventories ?? []).map(({ name }) => name));
  return pools;
}

/** What another pool has is looked at so often, in simulated ms: it may list it no longer. */
const look = 60_000;

/** Registers the controller. */
export function poolController(rt: Runtime): void {
  const pools = poolInformer(rt);
  const inventories = inventoryInformer(rt);
  const controller = rt.controller('machineinventorypool', reconcile);
  pools.onChange((pool) => controller.enqueue(pool.metadata.name));
  inventories.onChange((inventory) => {
    for (const pool of pools.by('member', inventory.metadata.name)) controller.enqueue(pool.metadata.name);
  });
  rt.faults.onCounters((pool) => controller.enqueue(pool));

  async function reconcile(name: string): Promise<number | undefined> {
    const pool = pools.get(name);
    if (!pool || pool.metadata.deletionTimestamp) return undefined;
    const problems: string[] = [];
    // A list without a map key may name a host twice: it is one host all the same.
    const listed = [...new Set((pool.spec?.machineInventories ?? []).map((member) => member.name))];
    for (const member of listed) {
      const inventory = inventories.get(member);
      const problem = claimedElsewhere(inventory, name) ?? unfitness(inventory);
      if (problem) problems.push(`inventory ${member} ${problem}`);
      if (inventory && !claimedElsewhere(inventory, name)) await claim(inventory, name, problem === undefined);
    }
    const members = listed.map((member) => {
      const inventory = inventories.get(member);
      return claimedElsewhere(inventory, name) ? undefined : inventory;
    });
    const draft = copy(pool);
    setPoolStatus(draft, members, problems, rt.timestamp());
    if (rt.faults.isMiscounted(name)) draft.status!.available = pool.status?.available;
    await rt.client.replace(kinds.MachineInventoryPool, pool, draft);
    return members.some((inventory, place) => !inventory && inventories.get(listed[place])) ? look : undefined;
  }

  /** A host is in one pool: the first that claimed it and still lists it. */
  function claimedElsewhere(inventory: MachineInventory | undefined, name: string): string | undefined {
    const other = inventory && poolOf(inventory);
    if (!other || other === name) return undefined;
    const lists = pools.by('member', inventory.metadata.name).some((pool) => pool.metadata.name === other);
    return lists ? `belongs to pool ${other}` : undefined;
  }

  async function claim(inventory: MachineInventory, name: string, fit: boolean): Promise<void> {
    const state = stateOf(inventory);
    if (poolOf(inventory) === name && state) return;
    await setMarks(rt, inventory, { [marks.pool]: name, ...(state || !fit ? {} : { [marks.state]: 'Available' }) });
  }
}

/** What the members of a pool do; an undefined one is missing or another's. */
export function countMembers(members: readonly (MachineInventory | undefined)[]): PoolCounters {
  const counters = {
    total: members.length,
    available: 0,
    allocated: 0,
    preparing: 0,
    reprovisioning: 0,
    unavailable: 0,
  };
  for (const inventory of members) {
    const state = inventory ? stateOf(inventory) : 'Unavailable';
    if (state === 'Allocated') counters.allocated++;
    else if (state === 'Preparing') counters.preparing++;
    else if (state === 'Reprovisioning') counters.reprovisioning++;
    else if (state === 'Unavailable' || unfitness(inventory)) counters.unavailable++;
    else counters.available++;
  }
  return counters;
}

/** Writes counters and conditions of a pool into `draft`. */
export function setPoolStatus(
  draft: MachineInventoryPool,
  members: readonly (MachineInventory | undefined)[],
  problems: readonly string[],
  at: string,
): void {
  const message = problems.join('; ');
  const valid = problems.length === 0;
  const sayings: Saying[] = [
    valid
      ? { type: 'MembersValid', status: 'True', reason: 'SimAllMembersValid' }
      : { type: 'MembersValid', status: 'False', reason: 'SimInvalidMembers', message },
    valid
      ? { type: 'Ready', status: 'True', reason: 'SimPoolReady' }
      : { type: 'Ready', status: 'False', reason: 'SimInvalidMembers', message },
  ];
  draft.status = {
    ...draft.status,
    ...countMembers(members),
    conditions: say(draft.status?.conditions, sayings, at, draft.metadata.generation),
  };
}
