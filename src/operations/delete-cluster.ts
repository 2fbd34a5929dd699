/**
 * Take a cluster down (domain §6.0, rollback of a create): the Cluster is deleted, and Cluster API deletes workers, then
 * the control plane; every host is cleaned and goes back to its pool. Inventories, pools and finalizers are left alone.
 */
import { findCondition } from '../domain/conditions.ts';
import { explain } from '../domain/explain/explain.ts';
import { isLate, LIMITS } from '../domain/explain/limits.ts';
import type { ClusterRow, GroupRow, MachineRow } from '../domain/fleet/rows.ts';
import type { Expectation, Plan, Sent, World } from './contract.ts';
import { check, defineOperation, refused } from './define.ts';
import { firstTarget, goingAway, refOf } from './find.ts';
import { goneSight, progressOf, releasedSight, releasedTitle, type Sight, writtenSight } from './progress.ts';
import { deleteStep } from './write.ts';

/** The management cluster's own name. */
const MANAGEMENT = 'global';
const STUCK = 'cluster-stuck-deleting';
/** What explains a deletion. Of all else a cluster that goes may well be ill. */
const OF_DELETION = [STUCK, 'cluster-deletion-slow', 'clean-failed'];

interface Found {
  row: ClusterRow;
  groups: readonly GroupRow[];
  machines: readonly MachineRow[];
}

interface Going {
  uid: string;
  name: string;
  host?: string;
}

function offer(world: World, row: ClusterRow | undefined): string | undefined {
  if (!row) return 'the cluster is not known';
  const going = goingAway(row.object);
  if (going !== undefined) return going;
  if (row.name === MANAGEMENT) return `${MANAGEMENT} is the management cluster itself`;
  if (row.paused) return `${row.name} is paused: nothing would be cleaned, and its deletion would hang`;
  const paused = groupsOf(world, row).find((group) => group.paused);
  return paused && `${paused.name} is paused: its deletion would hang`;
}

function groupsOf({ fleet }: World, row: ClusterRow): GroupRow[] {
  return row.groups.flatMap((uid) => fleet.groups.byUid.get(uid) ?? []);
}

function draft(world: World, { row, groups, machines }: Found): Plan {
  const { fleet } = world;
  const step = deleteStep(
    { id: `delete ${row.name}`, title: `Delete Cluster ${row.name}`, why: 'all that belongs to it goes after it' },
    row.object,
  );
  const held = machines.filter(({ host }) => host !== undefined);
  const failed = held.filter(({ hostUid }) => fleet.hosts.byUid.get(hostUid ?? '')?.plan?.state.word === 'failed');
  const stored = held.filter(({ hostUid }) => (fleet.hosts.byUid.get(hostUid ?? '')?.object.storageDeclared ?? 0) > 0);
  const nodes = machines.filter(({ machine }) => machine?.node !== undefined).length;
  return {
    title: `Delete cluster ${row.name}`,
    checks: [
      check('machines', `${machines.length} go, ${nodes} of them run a Node`, machines.length > 0 ? 'warn' : undefined),
      check('hosts', `${held.length} are cleaned and go back to their pools`),
      ...(failed.length > 0
        ? [
            check(
              'hosts with a failed plan',
              `${names(failed)}: the clean plan may fail as well, and would hold the deletion`,
              'warn',
            ),
          ]
        : []),
      ...(stored.length > 0
        ? [check('managed storage', `${names(stored)}: deactivated, not released; volumes stay`, 'warn')]
        : []),
    ],
    steps: [step],
    expected: [...goes(groups, machines), ...stays(world, row)],
    severity: 'destructive',
    confirm: [row.name],
    // Whoever goes on making it would make it anew.
    alone: { what: 'create', of: row.name },
    undo: 'It cannot be taken back: what ran there is gone. The hosts can serve a new cluster',
    memo: { steps: [step.id], ...memoOf(row, machines) },
  };
}

const names = (rows: readonly MachineRow[]) => rows.map(({ host, name }) => host ?? name).join(', ');

function goes(groups: readonly GroupRow[], machines: readonly MachineRow[]): Expectation[] {
  const order = [...groups].sort((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
  return [
    ...order.map(
      ({ name, object, controlPlane, machines: { length } }): Expectation => ({
        text: `${name} goes${controlPlane ? ', after the workers' : ''}: ${length} ${length === 1 ? 'machine' : 'machines'}`,
        tone: 'bad',
        about: refOf(object),
      }),
    ),
    ...machines.flatMap(({ name, host, pool, machine }): Expectation[] =>
      host === undefined
        ? []
        : [
            {
              text: `${name} goes: ${host} is cleaned, and goes back to ${pool ?? 'its pool'}`,
              tone: 'bad',
              ...(machine ? { about: refOf(machine) } : {}),
            },
          ],
    ),
  ];
}

function stays({ fleet }: World, row: ClusterRow): Expectation[] {
  const pools = fleet.pools.list.filter(({ cluster }) => cluster === row.name).map(({ name }) => name);
  return [
    {
      text: `${pools.length > 0 ? `Pools stay: ${pools.join(', ')}. ` : ''}Registration, ISO and hosts stay as well`,
      tone: 'info',
    },
    { text: 'A clean plan stops Kubernetes on the host; data on its disks is not wiped', tone: 'warn' },
  ];
}

/** A deletion that was begun elsewhere, or by a process that ended since: the same checklist, with the machines that are left. */
export function begunDeletion({ fleet }: Pick<World, 'fleet'>, row: ClusterRow): Sent {
  const left = inOrder(fleet.machines.list.filter(({ cluster }) => cluster === row.name));
  return {
    request: { operation: deleteCluster.id, targets: [refOf(row.object)], values: {} },
    memo: { ...memoOf(row, left), steps: [] },
    at: row.object.deleting ?? 0,
    written: [],
  };
}

/** In the order in which they go: what holds up the others is told before them. */
function inOrder(machines: readonly MachineRow[]): MachineRow[] {
  return machines.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
}

function memoOf(row: ClusterRow, machines: readonly MachineRow[]) {
  return {
    name: row.name,
    machines: machines.map(({ uid, name, host }) => ({ uid, name, ...(host ? { host } : {}) })),
  };
}

function goingOf(sent: Sent): Going[] {
  const { machines } = sent.memo;
  return Array.isArray(machines)
    ? machines.filter((one): one is Going => typeof one?.uid === 'string' && typeof one.name === 'string')
    : [];
}

function done(world: World, sent: Sent) {
  const target = firstTarget(sent);
  const row = target && world.fleet.clusters.byUid.get(target.uid);
  const machines = goingOf(sent);
  const workers = machines.some(({ uid }) => world.fleet.machines.byUid.get(uid)?.controlPlane === false);
  const each = machines.flatMap(({ uid, name, host }): Sight[] => {
    const gone = world.fleet.machines.byUid.get(uid);
    if (gone && !gone.deleting) {
      // Neither the machine nor its host is late with anything before it is asked to go.
      const detail = gone.controlPlane && workers ? 'goes after the workers' : 'not asked to go yet';
      const still = { title: `${name} gone`, seen: false, detail };
      return host === undefined ? [still] : [still, { title: releasedTitle(host), seen: false, detail: 'in use' }];
    }
    const sight = goneSight(world, uid, name);
    return host === undefined ? [sight] : [sight, releasedSight(world, host, name)];
  });
  return progressOf([writtenSight(sent), ...each, clusterSight(world, sent, row)]);
}

function clusterSight(world: World, sent: Sent, row: ClusterRow | undefined): Sight {
  const name = String(sent.memo['name'] ?? firstTarget(sent)?.name ?? 'the cluster');
  const title = `Cluster ${name} gone`;
  if (!row) return { title, seen: true };
  const found = explain(world.fleet, { kind: 'cluster', uid: row.uid, name: row.name }, world.now);
  const told = found && OF_DELETION.includes(found.id) ? found : undefined;
  const deleting = findCondition(row.object.conditions, 'Deleting');
  // A finalizer that nobody takes off is for people to look at: metaldeck names it and leaves it. The platform comes last
  // in every deletion, and takes its time: what it has not done at once has not failed.
  const words = told && [told.what.replace(/\.$/, ''), ...told.next.slice(0, 1).map(({ text }) => text)].join('; ');
  const held = told?.id === STUCK;
  const stuck = held && isLate(row.object.deleting, 2 * LIMITS.clean, world.now) ? { bad: words } : {};
  return {
    title,
    seen: false,
    since: row.object.deleting,
    detail: (held ? words : told?.what) ?? deleting?.message ?? row.waiting,
    ...stuck,
  };
}

/** The operation. */
export const deleteCluster = defineOperation<Found>({
  id: 'delete-cluster',
  title: 'Delete cluster',
  about: 'Take a cluster down; its hosts are cleaned and go back to their pools',
  on: ['cluster'],
  many: false,
  fields: [],
  kinds: ['cluster', 'controlPlane', 'deployment', 'machine', 'baremetalMachine', 'host', 'plan', 'pool'],
  offer: (world, [target]) => offer(world, target && world.fleet.clusters.byUid.get(target.uid)),
  examine(world, _request, [target]) {
    const row = target && world.fleet.clusters.byUid.get(target.uid);
    if (!row) return refused('the cluster is not known');
    const machines = world.fleet.machines.list.filter(({ cluster }) => cluster === row.name);
    return { row, groups: groupsOf(world, row), machines: inOrder(machines) };
  },
  draft: (world, _request, found) => draft(world, found),
  done,
});
