/**
 * The verification set after a rollout (domain §6.13): what must be true of a cluster's machines, hosts, pools, storage,
 * network plugin and Nodes. Looked at, never waited for. A spare host that was never reprovisioned, or on which a clean
 * plan is left, is no fault.
 */
import { findCondition } from '../domain/conditions.ts';
import type { Fleet, GroupRow, HostRow, MachineRow } from '../domain/fleet/rows.ts';
import { isKnown, isReady, networkRelease, releaseLacks } from '../domain/workload.ts';
import type { Gate, GateEvidence, Session } from './contract.ts';
import { notesOf } from './session.ts';

/** Several names are shown up to so many. */
const SHOWN = 5;

function gate(name: string, title: string, bad: readonly GateEvidence[], fine: string): Gate {
  const shown = bad.slice(0, SHOWN).map(({ of, says }) => `${of}: ${says}`);
  const more = bad.length > SHOWN ? ` and ${bad.length - SHOWN} more` : '';
  return {
    name,
    title,
    result: bad.length > 0 ? 'block' : 'pass',
    figure: bad.length > 0 ? shown.join('; ') + more : fine,
    evidence: bad,
    override: 'never',
  };
}

const unknown = (name: string, title: string, figure: string): Gate => ({
  name,
  title,
  result: 'unknown',
  figure,
  evidence: [],
  override: 'never',
});

const says = (of: string, text: string): GateEvidence => ({ of, says: text });

function machinesOf(rows: readonly MachineRow[]): Gate {
  const bad = rows.flatMap(({ name, deleting, phase, baremetal, version }) => {
    if (deleting) return [says(name, 'it is being deleted')];
    if (phase !== 'Running') return [says(name, `its phase is ${phase}`)];
    if (baremetal?.ready !== true) return [says(name, 'its BaremetalMachine is not ready')];
    return version === undefined ? [says(name, 'its version is not known')] : [];
  });
  return gate('machines', 'machines', bad, `${rows.length} Running and ready`);
}

/** One version in every group, and the whole group of it. */
function versions(groups: readonly GroupRow[], rows: readonly MachineRow[]): Gate {
  const plane = groups.find(({ controlPlane }) => controlPlane)?.version;
  const bad = groups.flatMap((group) => {
    const own = rows.filter(({ groupUid }) => groupUid === group.uid);
    const odd = own.filter(({ version }) => version !== group.version);
    const { desired } = group.replicas;
    return [
      ...(group.version === plane
        ? []
        : [says(group.name, `${group.version ?? '?'}, its control plane is of ${plane ?? '?'}`)]),
      ...(group.rolling ? [says(group.name, 'it replaces machines')] : []),
      ...(desired === own.length ? [] : [says(group.name, `${own.length} of ${desired ?? '?'} machines`)]),
      ...odd.map(({ name, version }) => says(name, `it is of ${version ?? 'no known version'}`)),
    ];
  });
  return gate('versions', 'versions', bad, `all of ${plane ?? '?'}`);
}

function plans(fleet: Fleet, rows: readonly MachineRow[]): Gate {
  const bad = rows.flatMap(({ name, hostUid }) => {
    const host = hostUid === undefined ? undefined : fleet.hosts.byUid.get(hostUid);
    if (!host) return [says(name, 'its host is not known')];
    const { type, state } = host.plan ?? {};
    if (type !== 'reprovision') return [says(host.name, `its plan is ${type ?? 'not known'}`)];
    return state?.word === 'applied' ? [] : [says(host.name, `its reprovision plan is ${state?.word ?? 'not known'}`)];
  });
  return gate('plans', 'plans of the hosts in use', bad, `${rows.length} reprovision plans applied`);
}

function pools(fleet: Fleet, cluster: string): Gate {
  const own = fleet.pools.list.filter((pool) => pool.cluster === cluster);
  const bad = own.flatMap(({ name, counted, sumOk }) => [
    ...(counted.preparing > 0 ? [says(name, `${counted.preparing} still cleaned`)] : []),
    ...(counted.reprovisioning > 0 ? [says(name, `${counted.reprovisioning} still reprovisioned`)] : []),
    ...(sumOk === false ? [says(name, 'its figures do not add up')] : []),
  ]);
  const spare = own.reduce((sum, { counted }) => sum + counted.available, 0);
  return gate('pools', 'pools', bad, `at rest, ${spare} spare`);
}

function storage(fleet: Fleet, session: Session): Gate[] {
  const kept = notesOf(session, 'saw').filter(({ key }) => key.startsWith('storage/'));
  if (kept.length === 0) return [];
  const bad = kept.flatMap(({ key, data }) => {
    const name = key.slice('storage/'.length);
    const host = fleet.hosts.list.find((one) => one.name === name);
    if (!host) return [says(name, 'it is not there any more')];
    return compared(host, data);
  });
  const hosts = kept.length === 1 ? '1 host has' : `${kept.length} hosts have`;
  return [gate('storage', 'filesystems against those before', bad, `${hosts} the same UUIDs`)];
}

function compared({ name, object, machine }: HostRow, before: Readonly<Record<string, unknown>>): GateEvidence[] {
  const now = new Map((object.storage?.volumes ?? []).map((volume) => [volume.name, volume.filesystemUuid]));
  const other = Object.entries(before).flatMap(([volume, uuid]) => {
    const found = now.get(volume);
    return found === uuid ? [] : [says(name, `${volume} was ${String(uuid)} and is ${found ?? 'not known'}`)];
  });
  // What is free is prepared, and not mounted: only a host in use has active storage.
  if (machine === undefined || other.length > 0) return other;
  if (object.storagePhase !== 'Active') return [says(name, `its storage is ${object.storagePhase ?? 'not reported'}`)];
  const ready = findCondition(object.storage?.conditions, 'StorageActive');
  return ready?.status === 'True' ? [] : [says(name, `StorageActive is ${ready?.status ?? 'not reported'}`)];
}

function workload(fleet: Fleet, cluster: string, version: string | undefined): Gate[] {
  const asked = fleet.workloads.get(cluster);
  const nodes = isKnown(asked, 'node')
    ? gate(
        'nodes',
        'Nodes',
        asked.nodes.flatMap((node) => [
          ...(isReady(node) ? [] : [says(node.name, 'it is not Ready')]),
          ...(node.kubeletVersion === version
            ? []
            : [says(node.name, `its kubelet is ${node.kubeletVersion ?? 'not known'}`)]),
        ]),
        `${asked.nodes.length} Ready with kubelet ${version ?? '?'}`,
      )
    : unknown('nodes', 'Nodes', 'the workload cluster could not be asked');
  const release = networkRelease(asked);
  if (!isKnown(asked, 'appRelease')) {
    return [
      nodes,
      unknown('app-release', 'AppRelease of the network plugin', 'the workload cluster could not be asked'),
    ];
  }
  if (!release) return [nodes];
  const lacks = releaseLacks(release);
  const bad = lacks === undefined ? [] : [says(release.name, lacks)];
  return [nodes, gate('app-release', 'AppRelease of the network plugin', bad, 'Success, synced and healthy')];
}

/** The set, for the cluster a session is about; empty where it is about none. */
export function verified(fleet: Fleet, session: Session): Gate[] {
  const target = session.ask.targets.find(({ kind }) => kind === 'cluster');
  const cluster = target && fleet.clusters.byUid.get(target.uid);
  if (!cluster) return [];
  const rows = fleet.machines.list.filter((row) => row.cluster === cluster.name);
  const groups = fleet.groups.list.filter((row) => row.cluster === cluster.name);
  const plane = groups.find(({ controlPlane }) => controlPlane)?.version;
  return [
    machinesOf(rows),
    versions(groups, rows),
    plans(fleet, rows),
    pools(fleet, cluster.name),
    ...storage(fleet, session),
    ...workload(fleet, cluster.name, plane),
  ];
}
