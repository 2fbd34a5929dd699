/** How far the DaemonSets of a workload cluster's network are rolled out, from what the cluster itself says of them. */
import { isLive, isReady, reachOf, type Workload } from './workload.ts';

/** A DaemonSet of kube-system. It has no resourceVersion, nor its Pods: what counts is how many there are. */
export interface DaemonSet {
  kind: 'daemonSet';
  uid: string;
  name: string;
  /** Of Kube-OVN's chart. */
  network: boolean;
  /** Its Pods are replaced when somebody deletes them, and not by its controller. */
  onDelete: boolean;
  generation: number;
  /** Which generation its controller has seen; 0 where it has seen none. */
  observed: number;
  desired: number;
  updated: number;
  available: number;
  /** It lacks something, and nothing of it was seen to change since then, epoch ms: as far as somebody has looked on. */
  stillSince?: number;
}

/**
 * What a DaemonSet lacks to be rolled out, as `kubectl rollout status` judges it, but that no Pod is waited for on so many Nodes
 * as are `away`: `kube-ovn-cni 3 of 5 updated`. Undefined where it lacks nothing.
 */
export function daemonLacks(set: DaemonSet, away = 0): string | undefined {
  const { name, generation, observed, desired, updated, available, onDelete } = set;
  const wanted = desired - away;
  if (observed < generation) return `${name}: its controller has not seen the change yet`;
  // Kube-OVN before 1.12 has ovs-ovn replaced so, by a job of its chart or by hand (its chart, updateStrategy).
  if (!onDelete && updated < wanted) return `${name} ${updated} of ${desired} updated`;
  return available < wanted ? `${name} ${available} of ${desired} available` : undefined;
}

/** How many Nodes are not Ready: nobody waits for Pods there. */
function awayIn(workload: Workload): number {
  return isLive(workload, 'node') ? workload.nodes.filter((node) => !isReady(node)).length : 0;
}

/**
 * The DaemonSets that each Node needs, the network's and kube-proxy, that lack Pods on Nodes that are Ready, with what each lacks.
 * None where they or the Nodes are not seen at the moment.
 */
export function shortDaemons(workload: Workload | undefined): { set: DaemonSet; lacks: string }[] {
  if (!isLive(workload, 'daemonSet') || !isLive(workload, 'node')) return [];
  const away = awayIn(workload);
  return workload.daemonSets.flatMap((set) => {
    const lacks = set.network || set.name === 'kube-proxy' ? daemonLacks(set, away) : undefined;
    return lacks === undefined ? [] : [{ set, lacks }];
  });
}

/** How far the network's DaemonSets are. */
export interface NetworkDaemons {
  /** `alone`: they cannot be seen, or there are none; the AppRelease has to do. `unknown`: they may be seen soon. */
  state: 'through' | 'waiting' | 'alone' | 'unknown';
  /** Who waits for what, or why nothing is known; absent where all is as it should be. */
  text?: string;
  /** What is not certain though it is taken for done. */
  doubt?: string;
}

/** What is to be seen of them, as a milestone: where nobody can see them it must not read as if somebody had. */
export const daemonsTitle = ({ state }: NetworkDaemons): string =>
  state === 'alone' || state === 'unknown' ? 'DaemonSets not seen' : 'DaemonSets rolled out';

/** How far the DaemonSets of Kube-OVN in a cluster are. On nothing but a live picture anything is called through. */
export function networkDaemons(workload: Workload | undefined): NetworkDaemons {
  const open = workload?.access === 'open';
  if (!isLive(workload, 'daemonSet')) {
    const { word } = reachOf(workload, 'daemonSet');
    if (!open || (word !== 'FORBIDDEN' && word !== 'NOT SERVED')) return { state: 'unknown', text: word };
    const doubt = `its DaemonSets may not be seen (${word}): this is the AppRelease's word alone`;
    return { state: 'alone', text: doubt, doubt };
  }
  const own = workload.daemonSets.filter(({ network }) => network);
  if (own.length === 0) {
    return { state: 'alone', text: "kube-system has no DaemonSet of Kube-OVN: this is the AppRelease's word alone" };
  }
  const away = awayIn(workload);
  const waiting = own.flatMap((set) => daemonLacks(set, away) ?? []);
  if (waiting.length > 0) return { state: 'waiting', text: waiting.join(', ') };
  const missing = own.flatMap((set) => daemonLacks(set) ?? []);
  if (missing.length === 0) return { state: 'through' };
  const doubt = `${missing.join(', ')}: as many as Nodes are not Ready`;
  return { state: 'through', text: doubt, doubt };
}
