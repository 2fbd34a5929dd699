/** Roll-outs of the network plugin, whose AppRelease lives in the workload cluster. */
import { KUBE_OVN_VERSION } from '../../annotations.ts';
import { shortDaemons } from '../../daemon-sets.ts';
import { providerRelease, releaseLacks } from '../../workload.ts';
import { releaseText } from '../../workload-text.ts';
import { fieldOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { refTo } from '../lookup.ts';
import { kubectlIn } from '../steps.ts';
import type { Failure, Told } from '../types.ts';
import { workloadOf } from '../workload-evidence.ts';
import { NOT_TAKEN_UP, releaseEvidence, releaseState } from './kube-ovn-state.ts';

/** The revision that is asked for. */
function wanted({ row }: ClusterFacts): string | undefined {
  return row.object.annotations[KUBE_OVN_VERSION];
}

/** Whether the AppRelease wants what the Cluster asks for: then the provider has done its part. */
function isPassedOn(facts: ClusterFacts): boolean {
  const target = releaseState(facts)?.release?.charts[0]?.targetRevision;
  return target !== undefined && target === wanted(facts);
}

function tell(facts: ClusterFacts, what: string, causes: readonly string[]): Told {
  const { row, fleet } = facts;
  const provider = providerRelease(fleet.appReleases.list);
  const lacks = provider && releaseLacks(provider);
  return {
    what,
    evidence: [
      ...releaseEvidence(facts),
      // Only where it may be the cause: a provider that is done is no news.
      provider && lacks !== undefined
        ? fieldOf(refTo(provider), 'provider', `${releaseText(provider)}: ${lacks}`)
        : undefined,
    ],
    causes,
    next: [
      {
        text: `read the AppRelease cni-kube-ovn (in ${row.name}): its conditions Sync and Health, targetRevision and installedRevision`,
        command: kubectlIn(row.object, 'get', 'apprelease', '-A', '-o', 'yaml'),
      },
      {
        text: `do not touch the control plane until ${wanted(facts) ?? 'what is wanted'} is installed, and it is Success`,
      },
    ],
  };
}

export const releaseFailed: Failure<ClusterFacts> = {
  id: 'kube-ovn-failed',
  mode: 'F16',
  test(facts) {
    const { phase, since } = releaseState(facts) ?? {};
    if (!phase || !/Failed|NotReady/.test(phase)) return undefined;
    return { severity: 'bad', text: `Kube-OVN is ${phase}`, since };
  },
  tell(facts) {
    const phase = releaseState(facts)?.phase;
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
    const { phase, since } = releaseState(facts) ?? {};
    if (phase !== 'Upgrading' && phase !== 'HealthChecking' && phase !== NOT_TAKEN_UP) return undefined;
    const severity = lateness(since, LIMITS.release, facts.now);
    const text = phase === NOT_TAKEN_UP ? 'nobody installs the Kube-OVN that is asked for' : `Kube-OVN stays ${phase}`;
    return severity && { severity, text, since };
  },
  tell: (facts) =>
    tell(
      facts,
      `The upgrade of ${facts.row.name} waits for its network plugin: what is wanted and what is installed do not meet.`,
      [
        ...(shortDaemons(workloadOf(facts.fleet, facts.row.name)).length > 0
          ? ['Pods of the plugin do not become ready on some nodes: images, kernel modules, node trouble']
          : []),
        ...(isPassedOn(facts) ? [] : ['the provider is older than v0.0.1 and does not act on the annotation']),
        'nobody works on the AppRelease: its controller in the cluster is not running',
        'chart name or revision of the AppRelease was changed by hand',
      ],
    ),
};
