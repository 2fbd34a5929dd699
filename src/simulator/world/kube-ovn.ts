/** The network plugin of clusters at rest: rolled out when they were made. */

import { type AppRelease, newRelease, setRelease } from '../controllers/kubeovn/app-release.ts';
import { versionAnnotation } from '../controllers/kubeovn/controller.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';

const hour = 3_600_000;

/** The release of every Cluster among `objects` that names a version, by the Cluster's name. */
export function seededReleases(objects: readonly KubeObject[]): Map<string, AppRelease> {
  const releases = new Map<string, AppRelease>();
  for (const { kind, metadata } of objects) {
    const version = kind === 'Cluster' ? metadata.annotations?.[versionAnnotation] : undefined;
    if (!version) continue;
    const at = timestamp((Date.parse(metadata.creationTimestamp ?? '') || 0) + hour);
    const release = newRelease(version);
    release.metadata = { ...release.metadata, uid: `sim-release-${metadata.name}`, creationTimestamp: at };
    setRelease(release, 'Success', at);
    releases.set(metadata.name, release);
  }
  return releases;
}
