/** Hosts and pools: nobody shares a host, no host is in two pools, and the counters of a pool make up its total. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { Complain } from '../invariants.ts';

/** From which phase of a BaremetalMachine which may follow. */
const phases: Record<string, readonly string[]> = {
  '': ['Pending'],
  Pending: ['Allocated', 'Preparing'],
  Allocated: ['Reprovisioning', 'Failed', 'Preparing'],
  Reprovisioning: ['Running', 'Failed', 'Preparing'],
  Running: ['Preparing'],
  Failed: ['Reprovisioning', 'Allocated', 'Preparing'],
  Preparing: [],
};

const prefix = 'baremetal.alauda.io';
const owned = new Set(['Allocated', 'Reprovisioning', 'Preparing']);

/** Complains about what does not hold. */
export function watchHosts(runtime: Runtime, complain: Complain): void {
  const infras = runtime.informer(kinds.BaremetalMachine);
  const pools = runtime.informer(kinds.MachineInventoryPool);
  const inventories = runtime.informer(kinds.MachineInventory);
  const phaseOf = new Map<string, string>();
  const userOf = new Map<string, string>();
  const hostOf = new Map<string, string>();
  const poolOf = new Map<string, string | undefined>();
  const stateOf = new Map<string, string | undefined>();

  infras.onChange((infra, change) => {
    const { name } = infra.metadata;
    const host = change === 'deleted' ? undefined : infra.status?.machineInventoryRef?.name;
    const before = hostOf.get(name);
    if (before !== undefined && before !== host) {
      hostOf.delete(name);
      if (userOf.get(before) === name) userOf.delete(before);
      if (change !== 'deleted') complain(`${name} moved from ${before} to ${host ?? 'nowhere'}`);
    }
    if (host !== undefined && before === undefined) {
      const user = userOf.get(host);
      if (user !== undefined) complain(`${host} serves ${user} and ${name}`);
      userOf.set(host, name);
      hostOf.set(name, host);
      const claimed = inventories.get(host)?.metadata.annotations?.[`${prefix}/pool`];
      const wanted = infra.spec?.machineInventoryPoolRef?.name;
      if (claimed !== wanted) complain(`${name} draws from ${wanted} and was given ${host} of ${claimed}`);
    }

    const to = infra.status?.phase ?? '';
    const from = phaseOf.get(name) ?? (change === 'added' ? to : '');
    if (change === 'deleted') phaseOf.delete(name);
    else {
      if (from !== to && !phases[from]?.includes(to)) complain(`${name} went from ${from || 'nothing'} to ${to}`);
      phaseOf.set(name, to);
    }
  });

  inventories.onChange((inventory, change) => {
    const { name, annotations } = inventory.metadata;
    const state = annotations?.[`${prefix}/allocation-state`];
    const owner = annotations?.[`${prefix}/owner-baremetalmachine`];
    const pool = annotations?.[`${prefix}/pool`] || undefined;
    const before = poolOf.get(name);
    if (change === 'deleted') {
      poolOf.delete(name);
      stateOf.delete(name);
      return;
    }
    poolOf.set(name, pool);
    const was = stateOf.get(name);
    stateOf.set(name, state);
    if (was === 'Available' && state === 'Allocated') checkTurn(name, pool);
    const still = pools.get(before)?.spec?.machineInventories?.some((member) => member.name === name);
    if (before !== pool && still) complain(`${name} left ${before}, which still lists it, for ${pool ?? 'no pool'}`);
    if (state && state !== 'Unavailable' && owned.has(state) !== Boolean(owner)) {
      complain(`${name} is ${state} with owner ${owner ?? 'none'}`);
    }
  });

  pools.onChange((pool, change) => {
    if (change === 'deleted' || pool.status?.total === undefined) return;
    const { total, available, allocated, preparing, reprovisioning, unavailable } = pool.status;
    const parts = [available, allocated, preparing, reprovisioning, unavailable];
    const sum = parts.reduce<number>((a, b) => a + (b ?? 0), 0);
    const members = pool.spec?.machineInventories?.length ?? 0;
    if (sum !== total && !runtime.faults.isMiscounted(pool.metadata.name)) {
      complain(`${pool.metadata.name} counts ${sum} of ${total}`);
    }
    // Members that have just been taken out are counted until the provider has looked.
    const seen = pool.status.conditions?.every((one) => one.observedGeneration === pool.metadata.generation);
    if (change === 'modified' && seen && total > members)
      complain(`${pool.metadata.name} counts ${total} of ${members}`);
  });

  /** Hosts are taken in the order in which their pool lists them. */
  function checkTurn(name: string, pool: string | undefined): void {
    for (const member of pools.get(pool)?.spec?.machineInventories ?? []) {
      if (member.name === name) return;
      const other = inventories.get(member.name);
      const ready = other?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
      const claimed = other?.metadata.annotations?.[`${prefix}/pool`] === pool;
      // Hosts whose volumes are being worked on, or not prepared yet, are passed over.
      const { phase, operation } = other?.status?.storage ?? {};
      const declares = (other?.spec?.storage?.volumes?.length ?? 0) > 0;
      const atWork = operation !== undefined || phase === 'Releasing' || (declares && phase !== 'Prepared');
      if (ready && claimed && !atWork && stateOf.get(member.name) === 'Available')
        complain(`${name} was taken before ${member.name}`);
    }
  }
}
