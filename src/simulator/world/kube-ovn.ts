/** The network plugin of clusters at rest: rolled out when they were made. */

import {
  type AppRelease,
  kubeOvnSpec,
  newRelease,
  releaseName,
  setRelease,
} from '../controllers/kubeovn/app-release.ts';
import { versionAnnotation } from '../controllers/kubeovn/controller.ts';
import { Random } from '../controllers/random.ts';
import type { Cluster } from '../controllers/shapes/capi.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { registry } from './releases.ts';

const hour = 3_600_000;

/** The release of every Cluster among `objects` that names a version, by the Cluster's name. */
export function seededReleases(objects: readonly KubeObject[]): Map<string, AppRelease> {
  const releases = new Map<string, AppRelease>();
  for (const object of objects) {
    const { kind, metadata } = object;
    const version = kind === 'Cluster' ? metadata.annotations?.[versionAnnotation] : undefined;
    if (!version) continue;
    const at = timestamp((Date.parse(metadata.creationTimestamp ?? '') || 0) + hour);
    const where = metadata.annotations?.['cpaas.io/registry-address'] ?? registry;
    const release = newRelease(releaseName, kubeOvnSpec(object as Cluster, where, version));
    const uid = new Random('release', metadata.uid ?? metadata.name).uuid();
    release.metadata = { ...release.metadata, uid, creationTimestamp: at, generation: 1 };
    setRelease(release, 'Success', at);
    releases.set(metadata.name, release);
  }
  return releases;
}
