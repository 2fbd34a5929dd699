/** Hosts and pools: the right number, nobody's else, and fit to serve. */
import { type HostAnswer, hostText } from '../answers.ts';
import type { Known, KnownHost } from '../known.ts';
import { namesOf } from '../names.ts';
import { resolveHost } from '../resolve.ts';
import { isWhole } from './endpoint.ts';
import { pools } from './name.ts';
import { error, type Finding, type Given, type Rule, wanted, warning } from './rule.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

/** Every host of the answers with where it stands. */
function each(given: Given): { path: string; pool: string; host: HostAnswer }[] {
  const names = namesOf(given.cluster ?? '');
  return pools(given).flatMap(({ role, path, hosts }) => {
    const pool = role === 'controlPlane' ? names.controlPlanePool : names.workerPool;
    return hosts.map((host) => ({ path, pool, host }));
  });
}

/** A rule about hosts that have registered. */
const registered = (rule: (host: KnownHost, pool: string) => string | undefined, comes = false): Rule['check'] => {
  return (given, { hosts = [] }) =>
    each(given).flatMap(({ path, pool, host: answer }): Finding[] => {
      const { host } = resolveHost(given.cluster, answer, hosts);
      const problem = host && rule(host, pool);
      if (problem === undefined) return [];
      // Hosts that arrive are waited for; into a pool they come when they are fit.
      return [comes && wanted(given, 'registration') ? warning(path, problem) : error(path, problem)];
    });
};

/** Whether the host serves the pool it is to be in already: going on must not refuse what it has made. */
const serves = (host: KnownHost, pool: string) => host.pool === pool;

export const hostRules: readonly Rule[] = [
  {
    id: 'replicas-odd',
    about: 'The control plane has an odd number of nodes, at least 3',
    check(given) {
      if (!wanted(given, 'controlPlane')) return [];
      const replicas = given.controlPlane?.replicas;
      const path = 'controlPlane.replicas';
      if (!isWhole(replicas, 3, 99))
        return [error(path, 'at least 3 nodes: with fewer, neither etcd nor the address survives one')];
      return replicas % 2 === 1 ? [] : [error(path, `${replicas} is even: etcd wants an odd number`)];
    },
  },
  {
    id: 'replicas-workers',
    about: 'The number of workers is 0 or more',
    check: (given) =>
      wanted(given, 'workers') && !isWhole(given.workers?.replicas, 0, 5_000)
        ? [error('workers.replicas', 'the number of workers must be 0 or more')]
        : [],
  },
  {
    id: 'pool-size',
    about: 'A pool holds as many hosts as it has to bring up',
    check(given) {
      if (!wanted(given, 'pools')) return [];
      return pools(given).flatMap(({ role, path, hosts }) => {
        const replicas = wanted(given, role) ? given[role]?.replicas : 0;
        if (!isWhole(replicas, 0, 5_000) || hosts.length >= replicas) return [];
        const short = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} for ${replicas} nodes: ${replicas - hosts.length} more are needed`;
        // Hosts that have yet to register may be named when they have.
        return [wanted(given, 'registration') ? warning(path, short) : error(path, short)];
      });
    },
  },
  {
    id: 'host-known',
    about: 'Each host is named by its inventory, or by serial, UUID or MAC',
    check: (given) =>
      each(given).flatMap(({ path, host }) => {
        const { inventory, serial, uuid, mac, hostname } = host;
        if (!(inventory ?? serial ?? uuid ?? mac))
          return [
            error(
              path,
              `which host ${hostname ? `"${hostname}"` : 'this'} is is not said: inventory, serial, uuid or mac`,
            ),
          ];
        if (uuid !== undefined && !UUID.test(uuid)) return [error(path, `"${uuid.slice(0, 60)}" is no UUID`)];
        if (mac !== undefined && !MAC.test(mac))
          return [error(path, `"${mac.slice(0, 60)}" is no MAC such as b4:96:91:0a:0b:0c`)];
        return [];
      }),
  },
  {
    id: 'host-twice',
    about: 'No host is in two pools, or twice in one',
    check(given, { hosts = [] }) {
      const seen = new Map<string, string>();
      return each(given).flatMap(({ path, host }) => {
        const { name } = resolveHost(given.cluster, host, hosts);
        const keys = [
          name,
          ...(['serial', 'uuid', 'mac'] as const).map((key) => host[key] && `${key} ${host[key].toLowerCase()}`),
        ];
        const known = keys.filter((key) => key !== undefined && key !== '');
        const before = known.find((key) => seen.has(key!));
        const there = before === undefined ? undefined : seen.get(before);
        for (const key of known) seen.set(key!, path);
        if (there === undefined) return [];
        return [error(path, `${hostText(host)} is listed twice${there === path ? '' : ', in both pools'}`)];
      });
    },
  },
  {
    id: 'host-exists',
    about: 'A host named by its inventory has registered, or will by this registration',
    from: ['hosts'],
    check: (given, { hosts = [] }) =>
      each(given).flatMap(({ path, host }) => {
        if (host.inventory === undefined || hosts.some(({ name }) => name === host.inventory)) return [];
        const text = `there is no MachineInventory ${host.inventory}`;
        return wanted(given, 'registration') && host.inventory.startsWith(`${given.cluster}-`)
          ? [warning(path, `${text} yet`)]
          : [error(path, text)];
      }),
  },
  {
    id: 'host-differs',
    about: 'A host that has registered is the one that was expected',
    from: ['hosts'],
    check: (given, { hosts = [] }) =>
      each(given).flatMap(({ path, host: answer }) => {
        const { host, differs } = resolveHost(given.cluster, answer, hosts);
        return differs.map((text) => error(path, `${host?.name}: ${text}`));
      }),
  },
  {
    id: 'host-free',
    about: 'A host is in no other pool, and nobody holds it',
    from: ['hosts', 'pools'],
    check: (given, known) =>
      registered((host, pool) => {
        const other = known.pools?.find(({ name, members }) => name !== pool && members.includes(host.name))?.name;
        if (other) return `${host.name} is in pool ${other}`;
        if (host.pool && !serves(host, pool)) return `${host.name} still belongs to pool ${host.pool}`;
        if (host.owner && !serves(host, pool)) return `${host.name} is held by ${host.owner}`;
        return host.deleting ? `${host.name} is being deleted` : undefined;
      })(given, known),
  },
  {
    id: 'pool-members',
    about: 'Whoever is a member of the pools already is named too: nobody is taken out of a pool',
    from: ['hosts', 'pools'],
    check: (given, known) =>
      unnamedMembers(given, known).map(({ path, pool, members }) =>
        warning(
          path,
          `${pool} also has ${members.slice(0, 3).join(', ')}${members.length > 3 ? ` and ${members.length - 3} more` : ''}: nobody is taken out of a pool, name them too ("metaldeck create fill" does)`,
        ),
      ),
  },
  {
    id: 'host-ready',
    about: 'A host is Ready and has its plan Secret',
    from: ['hosts'],
    check: registered((host, pool) => {
      if (serves(host, pool)) return undefined;
      if (!host.planSecret) return `${host.name} has no plan Secret yet`;
      return host.ready ? undefined : `${host.name} is not Ready${host.readyReason ? `: ${host.readyReason}` : ''}`;
    }, true),
  },
  {
    id: 'host-storage',
    about: 'Storage that is declared on a host is prepared',
    from: ['hosts'],
    check: registered((host, pool) =>
      host.storage !== undefined && !serves(host, pool)
        ? `the storage of ${host.name} is ${host.storage}, not Prepared`
        : undefined,
    ),
  },
];

/** Members of the pools of the answers that the answers do not name: applied as they are, they would be taken out. */
export function unnamedMembers(
  given: Given,
  { pools: all = [], hosts = [] }: Pick<Known, 'pools' | 'hosts'>,
): { role: 'controlPlane' | 'workers'; path: string; pool: string; members: string[] }[] {
  if (!wanted(given, 'pools')) return [];
  const names = namesOf(given.cluster ?? '');
  return pools(given).flatMap(({ role, path, hosts: listed }) => {
    const pool = role === 'controlPlane' ? names.controlPlanePool : names.workerPool;
    const answered = listed.map((host) => resolveHost(given.cluster, host, hosts).name);
    const members = all.find(({ name }) => name === pool)?.members.filter((name) => !answered.includes(name)) ?? [];
    // A pool for which nobody is named is not rendered, and so not touched.
    return members.length > 0 && listed.length > 0 ? [{ role, path, pool, members }] : [];
  });
}
