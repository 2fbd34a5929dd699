/** Roll-outs of the network plugin. Their AppRelease lives in the workload cluster: what is seen here are Events. */
import { KUBE_OVN_VERSION } from '../../annotations.ts';
import type { EventRecord } from '../../objects.ts';
import { annotationOf, eventOf } from '../evidence.ts';
import { type ClusterFacts, eventsAbout } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { clusterRef } from '../lookup.ts';
import { kubectl } from '../steps.ts';
import type { Failure, Told } from '../types.ts';

/** Phases of an AppRelease (provider documentation, upgrade). */
const PHASE = /(DownloadFailed|DeployFailed|NotReady|Upgrading|HealthChecking|Success)/;

/** The last that was said of the release: an earlier failure is past. */
function last({ fleet, row }: ClusterFacts): { event: EventRecord; phase: string } | undefined {
  for (const event of eventsAbout(fleet, { uid: row.uid, name: row.name, apiKind: 'Cluster' })) {
    const said = `${event.reason ?? ''} ${event.message ?? ''}`;
    const phase = /kube-?ovn/i.test(said) ? PHASE.exec(said)?.[1] : undefined;
    if (phase !== undefined) return { event, phase };
  }
  return undefined;
}

function tell(facts: ClusterFacts, what: string, causes: readonly string[]): Told {
  const { row } = facts;
  return {
    what,
    evidence: [
      eventOf(last(facts)?.event),
      annotationOf(clusterRef(row), KUBE_OVN_VERSION, row.object.annotations[KUBE_OVN_VERSION]),
    ],
    causes,
    next: [
      {
        text: `read the AppRelease cni-kube-ovn (in ${row.name}): its conditions Sync and Health, targetRevision and installedRevision`,
        command: kubectl('', 'get', 'apprelease', '-A', '-o', 'yaml'),
      },
      { text: 'do not touch the control plane until it is Success' },
    ],
  };
}

export const releaseFailed: Failure<ClusterFacts> = {
  id: 'kube-ovn-failed',
  mode: 'F16',
  test(facts) {
    const { phase, event } = last(facts) ?? {};
    if (!phase || !/Failed|NotReady/.test(phase)) return undefined;
    return { severity: 'bad', text: `Kube-OVN is ${phase}`, since: event?.firstSeen ?? event?.lastSeen };
  },
  tell(facts) {
    const phase = last(facts)?.phase;
    const causes: Record<string, readonly string[]> = {
      DownloadFailed: [
        'the chart is not in the platform registry, or the registry cannot be reached',
        'the version in the annotation is not a published one',
      ],
      DeployFailed: [
        'the chart cannot be applied: a webhook, a conflict, or values that do not fit',
        'the API of the cluster was away meanwhile',
      ],
      NotReady: ['Pods of the plugin do not become ready on some nodes: images, kernel modules, node trouble'],
    };
    return tell(
      facts,
      `The upgrade of ${facts.row.name} waits for its network plugin, whose release is ${phase}.`,
      causes[phase ?? ''] ?? [],
    );
  },
};

export const releaseStuck: Failure<ClusterFacts> = {
  id: 'kube-ovn-not-converging',
  mode: 'F17',
  test(facts) {
    const { phase, event } = last(facts) ?? {};
    if (phase !== 'Upgrading' && phase !== 'HealthChecking') return undefined;
    const severity = lateness(event?.lastSeen, LIMITS.release, facts.now);
    return severity && { severity, text: `Kube-OVN stays ${phase}`, since: event?.lastSeen };
  },
  tell: (facts) =>
    tell(
      facts,
      `The upgrade of ${facts.row.name} waits for its network plugin, which stays ${last(facts)?.phase}: what is wanted and what is installed do not meet.`,
      [
        'the provider is older than v0.0.1 and does not act on the annotation',
        'nobody works on the AppRelease: its controller is not running',
        'chart name or revision of the AppRelease was changed by hand',
      ],
    ),
};
