/**
 * AppReleases: what is asked of the platform's release operator, and what it reports. Their shape, names and words are
 * those of the platform's public code: its Cluster API providers write and read `cni-kube-ovn`, its load balancer's
 * migration reads `status.charts`, which is a map by the chart's name.
 */

import { find, type Saying, say } from '../conditions.ts';
import type { Kind } from '../kinds.ts';
import type { Cluster } from '../shapes/capi.ts';
import type { Condition, KubeObject } from '../shapes/meta.ts';

export const releaseName = 'cni-kube-ovn';
export const releaseNamespace = 'cpaas-system';

/** Phases as the documentation names them; the last three end a roll-out until their cause is gone. */
export type ReleasePhase = 'Upgrading' | 'HealthChecking' | 'Success' | 'DownloadFailed' | 'DeployFailed' | 'NotReady';

export interface ChartStatus {
  installedRevision?: string;
  phase?: ReleasePhase;
  releaseName?: string;
  /** What was asked for when it was last looked at. */
  revision?: string;
}

export interface AppRelease extends KubeObject {
  spec?: {
    destination?: { cluster?: string; namespace?: string };
    source?: {
      repoURL?: string;
      charts?: { name?: string; releaseName?: string; targetRevision?: string }[];
    };
    timeout?: number;
    values?: Record<string, unknown>;
  };
  status?: {
    observedGeneration?: number;
    /** By the chart's name. */
    charts?: Record<string, ChartStatus>;
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

/** What is wanted: the name of the first chart and its revision. */
export function wantedOf({ spec }: AppRelease): { chart: string; revision: string } {
  const { name = '', targetRevision = '' } = spec?.source?.charts?.[0] ?? {};
  return { chart: name, revision: targetRevision };
}

/** What is reported of the chart that is wanted; of the one before where that is not known yet. */
export function reportOf(release: AppRelease): ChartStatus | undefined {
  const charts = release.status?.charts ?? {};
  return charts[wantedOf(release).chart] ?? Object.values(charts)[0];
}

/** The spec of Kube-OVN's release in a cluster. */
export function kubeOvnSpec(cluster: Cluster, registry: string, revision: string): NonNullable<AppRelease['spec']> {
  const { name, annotations = {} } = cluster.metadata;
  const host = cluster.spec?.controlPlaneEndpoint?.host || name;
  const network = cluster.spec?.clusterNetwork;
  return {
    destination: { cluster: '', namespace: '' },
    source: {
      repoURL: registry,
      charts: [{ name: chartOf(revision), releaseName: 'cpaas-kube-ovn', targetRevision: revision }],
    },
    timeout: 120,
    values: {
      global: {
        cluster: { isGlobal: false, name, networkType: 'kube-ovn', type: 'Imported' },
        host,
        labelBaseDomain: 'cpaas.io',
        namespace: 'cpaas-system',
        platformUrl: `https://${host}`,
        region: name,
        registry: { address: registry },
        replicas: 1,
        scheme: 'https',
      },
      ipv4: {
        JOIN_CIDR: annotations['cpaas.io/kube-ovn-join-cidr'] ?? '',
        POD_CIDR: network?.pods?.cidrBlocks?.[0] ?? '',
        POD_GATEWAY: '',
        SVC_CIDR: network?.services?.cidrBlocks?.[0] ?? '',
      },
      networking: { NETWORK_TYPE: 'geneve', NET_STACK: 'ipv4' },
    },
  };
}

/** A new release of that name in the platform's namespace. */
export function newRelease(name: string, spec: NonNullable<AppRelease['spec']>): AppRelease {
  return {
    apiVersion: appReleaseKind.apiVersion,
    kind: appReleaseKind.kind,
    metadata: {
      name,
      namespace: releaseNamespace,
      annotations: { 'auto-recycle': 'true', 'interval-sync': 'true' },
    },
    spec,
  };
}

const sentence: Record<ReleasePhase, [sync: boolean, health: boolean, message: string]> = {
  Upgrading: [false, false, 'the chart is being deployed'],
  HealthChecking: [true, false, 'waiting for the workloads of the chart'],
  Success: [true, true, 'chart synced'],
  DownloadFailed: [false, false, 'the chart could not be downloaded'],
  DeployFailed: [false, false, 'the chart could not be deployed'],
  NotReady: [true, false, 'workloads of the chart are not ready'],
};

/**
 * Writes phase, installed revision and conditions into `draft` at a time as Kubernetes writes it. The installed revision
 * changes once the chart is deployed, before its health is known. Only the words of a release that is settled are known.
 */
export function setRelease(draft: AppRelease, phase: ReleasePhase, at: string): void {
  const [sync, health, message] = sentence[phase];
  const { chart, revision } = wantedOf(draft);
  const before = reportOf(draft);
  const saying = (type: string, holds: boolean, reason: string): Saying => ({
    ...{ type, status: holds ? 'True' : 'False', reason: holds ? reason : `Sim${phase}` },
    message: holds ? (type === 'Sync' ? 'chart synced' : '') : message,
  });
  draft.status = {
    ...draft.status,
    observedGeneration: draft.metadata.generation ?? 1,
    charts: {
      [chart]: {
        installedRevision: sync ? revision : (before?.installedRevision ?? ''),
        phase,
        releaseName: draft.spec?.source?.charts?.[0]?.releaseName,
        revision,
      },
    },
    conditions: say(draft.status?.conditions, [saying('Sync', sync, 'Synced'), saying('Health', health, 'Ready')], at),
  };
}

/** Whether what is wanted is there, and well. */
export function isSettled(release: AppRelease): boolean {
  const { chart, revision } = wantedOf(release);
  const { installedRevision, phase } = release.status?.charts?.[chart] ?? {};
  const holds = (type: string) => find(release.status?.conditions, type)?.status === 'True';
  return installedRevision === revision && phase === 'Success' && holds('Sync') && holds('Health');
}
