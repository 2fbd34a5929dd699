/** How far the network plugin of a cluster is: what its AppRelease says, or what the management cluster has heard of it. */
import { KUBE_OVN_VERSION } from '../../domain/annotations.ts';
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import { compareVersions, versionOf } from '../../domain/forecast/versions.ts';
import type { Known, ReleaseFact } from '../contract.ts';

export const RELEASE = 'cni-kube-ovn';
/** Phases in which a release stands still until somebody helps (provider documentation, upgrade). */
const STOPPED = /^(DownloadFailed|DeployFailed|NotReady)$/;
const PHASE = /\b(DownloadFailed|DeployFailed|NotReady|Upgrading|HealthChecking|Success)\b/;

export interface Release {
  /** `settled`: all of it is there and healthy. `stopped`: it will not come by itself. `unknown`: nobody has said. */
  state: 'settled' | 'moving' | 'stopped' | 'unknown';
  /** `Success on v4.3.11`. */
  figure: string;
  at?: number;
  /** Not from the workload cluster itself. */
  secondHand: boolean;
}

/** The chart's name changed with v4.4 (provider documentation, upgrade). */
export function chartName(revision: string): string {
  const since = versionOf('v4.4.0');
  const own = versionOf(revision);
  return own && since && compareVersions(own, since) >= 0 ? 'acp/chart-kube-ovn' : 'acp/chart-cpaas-kube-ovn';
}

function judged(release: ReleaseFact, revision: string): Omit<Release, 'secondHand'> {
  const { phase = 'no phase yet', target, installed, sync, health, chart } = release;
  const figure = `${phase}, wants ${target ?? 'nothing'}, has ${installed ?? 'nothing'}`;
  if (STOPPED.test(phase))
    return { state: 'stopped', figure: release.message ? `${figure}: ${release.message}` : figure };
  if (target === revision && chart !== undefined && chart !== chartName(revision)) {
    return { state: 'stopped', figure: `its chart is ${chart}, not ${chartName(revision)}` };
  }
  const settled = phase === 'Success' && target === revision && installed === revision && sync && health;
  return settled ? { state: 'settled', figure: `Success on ${revision}` } : { state: 'moving', figure };
}

/** The last that an Event of the Cluster said of a release. */
function heard({ fleet }: Known, cluster: ClusterRow, revision: string): Omit<Release, 'secondHand'> | undefined {
  for (const { about, reason = '', message = '', lastSeen, firstSeen } of fleet.events.list) {
    if (about?.apiKind !== 'Cluster' || about.name !== cluster.name) continue;
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

/** How far the plugin is on its way to a revision. */
export function releaseOn(known: Known, cluster: ClusterRow, revision: string): Release {
  const facts = known.workload.get(cluster.name);
  const release = facts?.releases?.find(({ name }) => name === RELEASE);
  if (facts && release) return { ...judged(release, revision), at: facts.at, secondHand: false };
  const told = heard(known, cluster, revision);
  if (told) return { ...told, secondHand: true };
  const figure = facts?.releases ? `there is no AppRelease ${RELEASE}` : `its AppRelease ${RELEASE} was not seen`;
  return { state: 'unknown', figure, secondHand: true };
}

/** Whether the provider rolls the plugin out at all. */
export function isManaged({ infrastructure }: ClusterRow): boolean {
  return infrastructure?.networkType === 'kube-ovn';
}

/** The revision a cluster asks for. */
export function askedRevision({ object }: ClusterRow): string | undefined {
  return object.annotations[KUBE_OVN_VERSION];
}

/** Whether a cluster asks for this revision or for a newer one. */
export function asksFor(cluster: ClusterRow, revision: string): boolean {
  const asked = askedRevision(cluster);
  if (asked === revision) return true;
  const [a, b] = [versionOf(asked), versionOf(revision)];
  return a !== undefined && b !== undefined && compareVersions(a, b) > 0;
}
