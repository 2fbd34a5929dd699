/**
 * How far the network plugin of a cluster is: what its AppRelease says, or what the management cluster has heard of it, and whether its
 * DaemonSets bear that out.
 */
import { type NetworkDaemons, networkDaemons } from './daemon-sets.ts';
import type { Fleet } from './fleet/rows.ts';
import { compareVersions, versionOf } from './forecast/versions.ts';
import type { AppRelease } from './objects.ts';
import { isKnown, isLive, NETWORK_RELEASE, networkRelease, reachOf, releaseLacks } from './workload.ts';

/** Phases in which a release stands still until somebody helps (provider documentation, upgrade). */
const STOPPED = /^(DownloadFailed|DeployFailed|NotReady)$/;
const PHASE = /\b(DownloadFailed|DeployFailed|NotReady|Upgrading|HealthChecking|Success)\b/;

export interface NetworkState {
  /** `settled`: all of it is there and healthy. `stopped`: it will not come by itself. `unknown`: nobody has said. */
  state: 'settled' | 'moving' | 'stopped' | 'unknown';
  /** `Success on v4.3.11`. */
  figure: string;
  /** When it was said, where it is not said now; epoch ms. */
  at?: number;
  /** Not from the workload cluster itself. */
  secondHand: boolean;
  /** What is not certain of it though it is settled, as a sentence: DaemonSets that nobody may see. */
  doubt?: string;
}

/** The chart's name changed with v4.4 (provider documentation, upgrade). */
export function networkChart(revision: string): string {
  const [own, since] = [versionOf(revision), versionOf('v4.4.0')];
  return own && since && compareVersions(own, since) >= 0 ? 'acp/chart-kube-ovn' : 'acp/chart-cpaas-kube-ovn';
}

function judged(release: AppRelease, revision: string): Pick<NetworkState, 'state' | 'figure'> {
  const { phase = '', charts } = release;
  const lacks = releaseLacks(release, revision);
  if (STOPPED.test(phase)) return { state: 'stopped', figure: `its phase is ${phase}` };
  const { name, targetRevision } = charts[0] ?? {};
  const chart = networkChart(revision);
  if (targetRevision === revision && name !== undefined && name !== chart) {
    return { state: 'stopped', figure: `its chart is ${name}, where ${revision} is one of ${chart}` };
  }
  return lacks === undefined
    ? { state: 'settled', figure: `Success on ${revision}` }
    : { state: 'moving', figure: lacks };
}

/** The last that an Event of the Cluster said of its plugin. */
function heard(fleet: Fleet, cluster: string, revision: string): Omit<NetworkState, 'secondHand'> | undefined {
  for (const { about, reason = '', message = '', lastSeen, firstSeen } of fleet.events.list) {
    if (about?.apiKind !== 'Cluster' || about.name !== cluster) continue;
    const said = `${reason} ${message}`;
    const phase = /kube-?ovn/i.test(said) ? PHASE.exec(said)?.[1] : undefined;
    if (phase === undefined) continue;
    const at = lastSeen ?? firstSeen;
    const when = at === undefined ? {} : { at };
    if (STOPPED.test(phase)) return { state: 'stopped', figure: `an Event says ${phase}`, ...when };
    const meant = said.includes(revision);
    if (phase === 'Success' && meant)
      return { state: 'settled', figure: `an Event says Success on ${revision}`, ...when };
    return { state: 'moving', figure: `an Event says ${phase}${meant ? '' : ' of another revision'}`, ...when };
  }
  return undefined;
}

/** What is said of the plugin of a cluster on its way to a revision of its chart, whatever its DaemonSets say. */
export function releaseOn(fleet: Fleet, cluster: string, revision: string): NetworkState {
  const workload = fleet.workloads.get(cluster);
  const release = networkRelease(workload);
  if (isLive(workload, 'appRelease') && release) return { ...judged(release, revision), secondHand: false };
  const told = heard(fleet, cluster, revision);
  if (told) return { ...told, secondHand: true };
  if (isLive(workload, 'appRelease')) {
    return { state: 'unknown', figure: `there is no AppRelease ${NETWORK_RELEASE}`, secondHand: false };
  }
  const { word, verifiedAt } = reachOf(workload, 'appRelease');
  const old = isKnown(workload, 'appRelease') && release ? `; last: ${judged(release, revision).figure}` : '';
  return {
    state: 'unknown',
    figure: `its AppRelease is not known: ${word}${old}`,
    ...(verifiedAt === undefined ? {} : { at: verifiedAt }),
    secondHand: true,
  };
}

/**
 * How far the plugin of a cluster is on its way to a revision of its chart. It is settled when its AppRelease says so and, where
 * they can be seen, its DaemonSets are rolled out.
 */
export function networkOn(fleet: Fleet, cluster: string, revision: string): NetworkState & { daemons: NetworkDaemons } {
  const daemons = networkDaemons(fleet.workloads.get(cluster));
  const told = { ...releaseOn(fleet, cluster, revision), daemons };
  const { state, text, doubt } = daemons;
  // Whoever heard of the release at second hand says so already.
  if (text === undefined || (state === 'unknown' && told.secondHand)) return told;
  if (told.state !== 'settled') return state === 'waiting' ? { ...told, figure: `${told.figure}; ${text}` } : told;
  const figure = `${told.figure}; ${text}`;
  if (state === 'waiting') return { ...told, state: 'moving', figure };
  if (state === 'unknown') return { ...told, state: 'unknown', figure: `${told.figure}; its DaemonSets: ${text}` };
  return { ...told, figure, ...(doubt === undefined ? {} : { doubt }) };
}
