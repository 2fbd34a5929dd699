/** Which workload clusters are asked: those on screen, operated on, on their way to another version, or in trouble. */
import { findMachine } from '../domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import { here, type State } from '../store/state.ts';

/** Connections at once. Each costs one probe in ten seconds and two watches. */
export const MOST = 8;
/** An Event of the network plugin means that it is rolled out; so long afterwards somebody waits for the end, ms. */
const ROLL_OUT_MS = 30 * 60_000;

/** The cluster an object belongs to. */
export function clusterOf(fleet: Fleet, ref: ObjectRef | undefined): string | undefined {
  switch (ref?.kind) {
    case 'cluster':
      return ref.name;
    case 'machine':
    case 'baremetalMachine':
      return findMachine(fleet, ref)?.cluster;
    case 'deployment':
    case 'controlPlane':
      return fleet.groups.byUid.get(ref.uid)?.cluster;
    case 'host':
      return fleet.hosts.byUid.get(ref.uid)?.cluster;
    case 'plan': {
      const host = fleet.plans.byUid.get(ref.uid)?.hostUid;
      return host === undefined ? undefined : fleet.hosts.byUid.get(host)?.cluster;
    }
    case 'machineSet':
      return fleet.machineSets.byUid.get(ref.uid)?.clusterName;
    case 'baremetalCluster':
      return fleet.clusters.list.find(({ infrastructure }) => infrastructure?.uid === ref.uid)?.name;
    default:
      return undefined;
  }
}

/** Names of Clusters, the most wanted first, at most `MOST`. Only such as exist and have an endpoint to be asked at. */
export function wantedWorkloads(state: State): string[] {
  const { fleet, now } = state;
  if (state.settledAt === undefined || fleet.clusters.list.length === 0) return [];
  const askable = new Set(fleet.clusters.list.flatMap(({ name, endpoint }) => (endpoint === undefined ? [] : [name])));
  const found = new Set<string>();
  const add = (name: string | undefined) => {
    if (name !== undefined && askable.has(name)) found.add(name);
  };
  for (const name of state.asked ?? []) add(name);
  const { ref, screen, cursor } = here(state);
  add(clusterOf(fleet, ref));
  for (const target of state.operating?.request.targets ?? []) add(clusterOf(fleet, target));
  for (const each of state.tray) if (each.state === 'running') add(clusterOf(fleet, each.target));
  for (const row of fleet.groups.list) if (row.rolling) add(row.cluster);
  for (const { about, lastSeen, message } of fleet.events.list) {
    if (about?.apiKind !== 'Cluster' || lastSeen === undefined || now - lastSeen > ROLL_OUT_MS) continue;
    if (/kube-?ovn/i.test(message ?? '')) add(about.name);
  }
  for (const row of fleet.clusters.list) if (row.problem !== undefined) add(row.name);
  for (const item of fleet.attention) {
    if (found.size >= MOST) break;
    add(clusterOf(fleet, item.ref));
  }
  if (screen === 'clusters' || screen === 'tree') {
    add(fleet.clusters.list.find(({ uid }) => uid === cursor)?.name);
    for (const row of fleet.clusters.list.slice(0, MOST)) add(row.name);
  }
  return [...found].slice(0, MOST);
}
