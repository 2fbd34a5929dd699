/** What is around them: Events, and the charts the platform installs. */
import type { Condition, Meta } from './meta.ts';

/** A Kubernetes Event. */
export interface EventRecord extends Meta {
  kind: 'event';
  type?: string;
  reason?: string;
  message?: string;
  about?: { apiKind: string; name: string; uid?: string };
  source?: string;
  occurrences: number;
  firstSeen?: number;
  lastSeen?: number;
}

/** A chart of an AppRelease: what is wanted of it, and what is there. */
export interface ReleaseChart {
  name?: string;
  targetRevision?: string;
  /** Changes before the health of what was installed is known. */
  installedRevision?: string;
}

/** An AppRelease: charts the platform installs and keeps, here or in a workload cluster. */
export interface AppRelease extends Meta {
  kind: 'appRelease';
  charts: readonly ReleaseChart[];
  /** `Upgrading`, `HealthChecking`, `Success`, `DownloadFailed`, `DeployFailed`, `NotReady`, or whatever was sent. */
  phase?: string;
  /** When what is wanted was last written, epoch ms, where the server tells. */
  written?: number;
  conditions: readonly Condition[];
}
