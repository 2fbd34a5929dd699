/** What follows from a cause: the rows around it that have no cause of their own. */
import { refOf } from '../fleet/attention.ts';
import type { Fleet, GroupRow, MachineRow, ObjectRef } from '../fleet/rows.ts';
import { clusterNamed, clusterRef, groupRef, hostRef, machineRef, machinesOf, poolRef } from './lookup.ts';
import type { Consequence } from './types.ts';

interface Near {
  machines: MachineRow[];
  groups: GroupRow[];
  others: ObjectRef[];
}

/** The most machines that are looked at: a group of thousands waits in a list, not in a sentence. */
const MOST = 500;
const NAMED = 5;

const restless = ({ problem, waiting }: { problem?: unknown; waiting?: string }) =>
  problem !== undefined || waiting !== undefined;

function groupsOf(fleet: Fleet, cluster: string | undefined): GroupRow[] {
  return (clusterNamed(fleet, cluster)?.groups ?? []).flatMap((uid) => fleet.groups.byUid.get(uid) ?? []);
}

function aroundMachine(fleet: Fleet, row: MachineRow | undefined): Near {
  if (!row) return { machines: [], groups: [], others: [] };
  const cluster = clusterNamed(fleet, row.cluster);
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  const own = row.groupUid === undefined ? undefined : fleet.groups.byUid.get(row.groupUid);
  return {
    machines: [row],
    groups: own ? [own] : [],
    others: [
      ...(host && restless(host) ? [hostRef(host)] : []),
      ...(cluster && restless(cluster) ? [clusterRef(cluster)] : []),
    ],
  };
}

function near(fleet: Fleet, root: ObjectRef): Near {
  const none: Near = { machines: [], groups: [], others: [] };
  switch (root.kind) {
    case 'host': {
      const host = fleet.hosts.byUid.get(root.uid);
      const machine = host?.machineUid === undefined ? undefined : fleet.machines.byUid.get(host.machineUid);
      const found = aroundMachine(fleet, machine);
      const pools = fleet.pools.list.filter(
        (pool) => pool.problem && pool.members.some((member) => member.name === root.name),
      );
      const rivals = fleet.machines.list.filter((row) => row.hostUid === root.uid && row.uid !== machine?.uid);
      return {
        ...found,
        machines: [...found.machines, ...rivals],
        others: [...found.others, ...pools.map(poolRef)],
      };
    }
    case 'machine':
    case 'baremetalMachine':
      return aroundMachine(fleet, fleet.machines.byUid.get(root.uid));
    case 'deployment':
    case 'controlPlane': {
      const row = fleet.groups.byUid.get(root.uid);
      const cluster = clusterNamed(fleet, row?.cluster);
      return {
        machines: machinesOf(fleet, row),
        groups: row?.controlPlane ? groupsOf(fleet, row.cluster) : [],
        others: cluster && restless(cluster) ? [clusterRef(cluster)] : [],
      };
    }
    case 'cluster': {
      const groups = groupsOf(fleet, root.name);
      return { machines: groups.flatMap((group) => machinesOf(fleet, group)), groups, others: [] };
    }
    case 'registration':
      return {
        ...none,
        others: fleet.seedImages.list
          .filter((each) => each.problem && each.object.registration === root.name)
          .map((row) => refOf(row)),
      };
    default:
      return none;
  }
}

function sentence(refs: readonly ObjectRef[], noun: string): Consequence[] {
  if (refs.length === 0) return [];
  const names = refs.slice(0, NAMED).map(({ name }) => name);
  const more = refs.length > NAMED ? `, and ${refs.length - NAMED} more` : '';
  const many = refs.length === 1 ? `1 ${noun} waits` : `${refs.length} ${noun}s wait`;
  return [{ text: `${many} for this: ${names.join(', ')}${more}`, refs }];
}

const NOUNS: Partial<Record<ObjectRef['kind'], string>> = {
  host: 'host',
  pool: 'pool',
  cluster: 'cluster',
  seedImage: 'seed image',
};

/** The consequences of a cause; `follows` says whether an object's own cause is this one. */
export function consequencesOf(fleet: Fleet, root: ObjectRef, follows: (ref: ObjectRef) => boolean): Consequence[] {
  const { machines, groups, others } = near(fleet, root);
  const mine = (ref: ObjectRef) => ref.uid !== root.uid && follows(ref);
  const rest = others.filter(mine);
  return [
    ...sentence(machines.filter(restless).slice(0, MOST).map(machineRef).filter(mine), 'machine'),
    ...sentence(groups.filter(restless).map(groupRef).filter(mine), 'group'),
    ...[...new Set(rest.map(({ kind }) => kind))].flatMap((kind) =>
      sentence(
        rest.filter((ref) => ref.kind === kind),
        NOUNS[kind] ?? 'object',
      ),
    ),
  ];
}
