/** The AppRelease of Kube-OVN in a workload cluster: what is asked of the platform's release operator, what it reports. */

import { type Saying, say } from '../conditions.ts';
import type { Kind } from '../kinds.ts';
import type { Condition, KubeObject } from '../shapes/meta.ts';

export const releaseName = 'cni-kube-ovn';
export const releaseNamespace = 'cpaas-system';

/** Phases as the documentation names them; the last three end a roll-out until their cause is gone. */
export type ReleasePhase = 'Upgrading' | 'HealthChecking' | 'Success' | 'DownloadFailed' | 'DeployFailed' | 'NotReady';

export interface AppRelease extends KubeObject {
  spec?: { source?: { charts?: { name?: string; releaseName?: string; targetRevision?: string }[] } };
  status?: {
    phase?: ReleasePhase;
    charts?: { name?: string; installedRevision?: string }[];
    conditions?: Condition[];
  };
}

export const appReleaseKind: Kind<AppRelease> = {
  apiVersion: 'operator.alauda.io/v1alpha1',
  kind: 'AppRelease',
  plural: 'appreleases',
  namespaced: true,
  status: true,
};

/** The chart's name: it changed with v4.4 (upgrade documentation of the platform). */
export function chartOf(revision: string): string {
  const [major = 0, minor = 0] = revision.replace(/^v/, '').split('.').map(Number);
  return major > 4 || (major === 4 && minor >= 4) ? 'acp/chart-kube-ovn' : 'acp/chart-cpaas-kube-ovn';
}

/** What a release wants: chart and revision in the shape of `spec`. */
export function wantedCharts(revision: string) {
  return { source: { charts: [{ name: chartOf(revision), releaseName, targetRevision: revision }] } };
}

/** A new release that wants this revision. */
export function newRelease(revision: string): AppRelease {
  return {
    apiVersion: appReleaseKind.apiVersion,
    kind: appReleaseKind.kind,
    metadata: { name: releaseName, namespace: releaseNamespace },
    spec: wantedCharts(revision),
  };
}

const sentence: Record<ReleasePhase, [sync: boolean, health: boolean, message: string]> = {
  Upgrading: [false, false, 'the chart is being deployed'],
  HealthChecking: [true, false, 'waiting for the workloads of the chart'],
  Success: [true, true, ''],
  DownloadFailed: [false, false, 'the chart could not be downloaded'],
  DeployFailed: [false, false, 'the chart could not be deployed'],
  NotReady: [true, false, 'workloads of the chart are not ready'],
};

/**
 * Writes phase, installed revision and conditions into `draft` at a time as Kubernetes writes it. The installed revision
 * changes once the chart is deployed, before its health is known.
 */
export function setRelease(draft: AppRelease, phase: ReleasePhase, at: string): void {
  const [sync, health, message] = sentence[phase];
  const { name, targetRevision } = draft.spec?.source?.charts?.[0] ?? {};
  const saying = (type: string, holds: boolean): Saying => ({
    type,
    status: holds ? 'True' : 'False',
    reason: `Sim${phase}`,
    message: holds ? '' : message,
  });
  draft.status = {
    ...draft.status,
    phase,
    charts: sync ? [{ name, installedRevision: targetRevision }] : (draft.status?.charts ?? []),
    conditions: say(draft.status?.conditions, [saying('Sync', sync), saying('Health', health)], at),
  };
}
