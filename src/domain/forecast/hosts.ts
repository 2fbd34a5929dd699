/** Which hosts the new Machines will get. */
import type { Fleet, PoolMemberRow } from '../fleet/rows.ts';
import type { Machine } from '../objects.ts';
import { isFree, poolNamed, viewPool } from './pool.ts';

/** The hosts of the new Machines of a pool. */
export interface HostForecast {
  pool: string;
  /** Members free now. */
  free: readonly PoolMemberRow[];
  /** Machines that already wait for one of them. */
  waiting: number;
  /** The hosts of the Machines made at once, in declaration order; fewer than asked for where the pool is short. */
  serve: readonly PoolMemberRow[];
  /**
   * The hosts of those made after others are gone, if the hosts of those come back clean: a freed host stands in its old
   * place of the declaration order.
   */
  serveLater: readonly PoolMemberRow[];
  /** Machines for which there is no host now; they wait (PoolExhausted). */
  short: number;
}

/**
 * The hosts that will serve. `now` Machines are made at once; `later` once the Machines in `going` are gone, whose
 * hosts are then free again. Undefined: the pool is not known.
 */
export function forecastHosts(
  fleet: Fleet,
  poolName: string | undefined,
  now: number,
  later: number,
  going: readonly Machine[],
): HostForecast | undefined {
  const pool = poolNamed(fleet, poolName);
  if (!pool) return undefined;
  const view = viewPool(fleet, pool);
  const left = view.free.slice(view.waiting.length);
  const serve = left.slice(0, now);
  const hostsOfGoing = new Set(going.flatMap((machine) => fleet.machines.byUid.get(machine.uid)?.host ?? []));
  const taken = new Set(view.free.slice(0, view.waiting.length + now).map(({ name }) => name));
  const after = pool.members.filter(
    ({ name, host }) => host && !taken.has(name) && (isFree(host, pool.name) || hostsOfGoing.has(name)),
  );
  // Machines still unserved take the hosts that come back before later ones do.
  const unserved = Math.max(0, view.waiting.length + now - view.free.length);
  return {
    pool: pool.name,
    free: view.free,
    waiting: view.waiting.length,
    serve,
    serveLater: after.slice(unserved, unserved + later),
    short: now - serve.length,
  };
}
