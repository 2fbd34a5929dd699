/** Names hosts that have registered in the answers, in the order in which they came. */
import { type HostAnswer, wants } from './answers.ts';
import type { KnownHost } from './known.ts';
import { unnamedMembers } from './rules/hosts.ts';
import { unnamed } from './stages.ts';
import type { Wish } from './wish.ts';

export interface Filled {
  controlPlane: readonly HostAnswer[];
  workers: readonly HostAnswer[];
  /** Names of those that were put in. */
  added: readonly string[];
  /** How many nodes still have no host. */
  open: number;
}

/**
 * The hosts of both pools with those that are members already, and those that registered and serve nobody: first the
 * control plane up to its number, then the workers, as many as there are. Each gets a hostname by its place:
 * `depot-cp-1`, `depot-worker-1`; a member keeps the one it has.
 */
export function fill({ answers, known }: Pick<Wish, 'answers' | 'known'>): Filled {
  const free = unnamed(answers, known.hosts ?? []).filter(
    ({ ready, planSecret, owner, storage, deleting }) => ready && planSecret && !owner && !storage && !deleting,
  );
  const taken = new Set([...answers.controlPlane.hosts, ...answers.workers.hosts].map(({ hostname }) => hostname));
  const added: string[] = [];
  const named = (host: KnownHost, role: string, from: number): HostAnswer => {
    let place = from;
    while (taken.has(`${answers.cluster}-${role}-${place}`)) place += 1;
    const hostname = `${answers.cluster}-${role}-${place}`;
    taken.add(hostname);
    added.push(host.name);
    return { inventory: host.name, hostname };
  };
  const members = (role: 'controlPlane' | 'workers'): HostAnswer[] => {
    const names = unnamedMembers(answers, known).flatMap((one) => (one.role === role ? one.members : []));
    added.push(...names);
    return names.map((inventory) => {
      const hostname = known.hosts?.find(({ name }) => name === inventory)?.hostname;
      if (hostname !== undefined) taken.add(hostname);
      return { inventory, ...(hostname === undefined ? {} : { hostname }) };
    });
  };
  const controlPlane = [...answers.controlPlane.hosts, ...members('controlPlane')];
  const workers = [...answers.workers.hosts, ...members('workers')];
  while (wants(answers, 'controlPlane') && controlPlane.length < answers.controlPlane.replicas && free.length > 0)
    controlPlane.push(named(free.shift()!, 'cp', controlPlane.length + 1));
  while (free.length > 0) workers.push(named(free.shift()!, 'worker', workers.length + 1));
  const open =
    Math.max(0, wants(answers, 'controlPlane') ? answers.controlPlane.replicas - controlPlane.length : 0) +
    Math.max(0, wants(answers, 'workers') ? answers.workers.replicas - workers.length : 0);
  return { controlPlane, workers, added, open };
}
