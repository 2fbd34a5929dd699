/** What a cluster asks of its network plugin. */
import { KUBE_OVN_VERSION } from '../../domain/annotations.ts';
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import { compareVersions, versionOf } from '../../domain/forecast/versions.ts';

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
