/** How the network plugin of a cluster stands: from its AppRelease where that was seen, else from Events. */
import { KUBE_OVN_VERSION } from '../../annotations.ts';
import { networkDaemons } from '../../daemon-sets.ts';
import type { AppRelease, EventRecord } from '../../objects.ts';
import { isKnown, networkRelease } from '../../workload.ts';
import { releaseText } from '../../workload-text.ts';
import { annotationOf, conditionOf, eventOf, fieldOf } from '../evidence.ts';
import { type ClusterFacts, eventsAbout } from '../facts.ts';
import { clusterRef } from '../lookup.ts';
import type { Evidence } from '../types.ts';
import { reachEvidence, workloadOf } from '../workload-evidence.ts';

/** Phases of an AppRelease (provider documentation, upgrade). */
const PHASE = /(DownloadFailed|DeployFailed|NotReady|Upgrading|HealthChecking|Success)/;

/** Our word for a release that is wanted and not begun. */
export const NOT_TAKEN_UP = 'NotTakenUp';

const isApart = ({ charts: [chart] }: AppRelease): boolean =>
  chart?.targetRevision !== undefined && chart.targetRevision !== chart.installedRevision;

export interface ReleaseState {
  phase: string;
  /** When the phase began, as far as conditions or Events tell. */
  since?: number;
  release?: AppRelease;
  event?: EventRecord;
}

/** The last that was said of the release: an earlier failure is past. */
function lastEvent({ fleet, row }: ClusterFacts): ReleaseState | undefined {
  for (const event of eventsAbout(fleet, { uid: row.uid, name: row.name, apiKind: 'Cluster' })) {
    const said = `${event.reason ?? ''} ${event.message ?? ''}`;
    const phase = /kube-?ovn/i.test(said) ? PHASE.exec(said)?.[1] : undefined;
    if (phase === undefined) continue;
    const failed = /Failed|NotReady/.test(phase);
    return { phase, event, since: failed ? (event.firstSeen ?? event.lastSeen) : event.lastSeen };
  }
  return undefined;
}

/** What is known of the release now; its own word counts for more than Events about it. */
export function releaseState(facts: ClusterFacts): ReleaseState | undefined {
  const workload = workloadOf(facts.fleet, facts.row.name);
  const event = lastEvent(facts);
  if (!isKnown(workload, 'appRelease')) return event;
  const release = networkRelease(workload);
  if (!release?.phase) return event;
  const { verifiedAt } = workload.freshness.appRelease;
  // The cluster went silent, and the management cluster has heard something since.
  if (verifiedAt !== undefined && (event?.event?.lastSeen ?? 0) > verifiedAt) return event;
  // All well with what was there before, and nobody takes up what is wanted now.
  if (release.phase === 'Success' && isApart(release)) {
    const times = [event?.event?.lastSeen, release.written].filter((time) => time !== undefined);
    return {
      phase: NOT_TAKEN_UP,
      since: times.length === 0 ? undefined : Math.max(...times),
      release,
      event: event?.event,
    };
  }
  const open = release.conditions.filter(({ status }) => status !== 'True').flatMap(({ since }) => since ?? []);
  const since = open.length > 0 ? Math.max(...open) : event?.since;
  return { phase: release.phase, since, release, event: event?.event };
}

/** The release with its conditions, what the Cluster asks for, and the last Event. */
export function releaseEvidence(facts: ClusterFacts): (Evidence | undefined)[] {
  const { row, fleet } = facts;
  const of = clusterRef(row);
  const { release, event, since } = releaseState(facts) ?? {};
  const daemons = networkDaemons(workloadOf(fleet, row.name));
  return [
    release && fieldOf(of, `AppRelease ${release.name}`, releaseText(release), since),
    ...(release?.conditions ?? []).flatMap((each) => (each.status === 'True' ? [] : (conditionOf(of, each) ?? []))),
    reachEvidence(of, workloadOf(fleet, row.name), 'appRelease'),
    daemons.state === 'waiting' ? fieldOf(of, 'DaemonSets', daemons.text) : undefined,
    eventOf(event),
    annotationOf(of, KUBE_OVN_VERSION, row.object.annotations[KUBE_OVN_VERSION]),
  ];
}
