/** The network plugin of clusters at rest: the platform imported them when their first Node was there, and rolled it out. */

import {
  type AppRelease,
  kubeOvnSpec,
  newRelease,
  releaseName,
  setRelease,
} from '../controllers/kubeovn/app-release.ts';
import { versionAnnotation } from '../controllers/kubeovn/controller.ts';
import type { Cluster } from '../controllers/shapes/capi.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { type Network, networkOf } from '../workload/kube-ovn/network.ts';
import { Beginning } from './beginning.ts';
import { foundingOf, releaseUid } from './founding.ts';
import { registry } from './releases.ts';
import type { World } from './seed.ts';

/** What a workload cluster began with; without Nodes there is no beginning, without Kube-OVN no release. */
interface Founded {
  cluster: string;
  nodes: Node[];
  beginning: Beginning | undefined;
  release: AppRelease | undefined;
  network: Network | undefined;
}

/** All workload clusters of a world, as they began. */
export function foundings({ nodes, objects }: Pick<World, 'nodes' | 'objects'>): Founded[] {
  const clusters = new Map<string, Cluster>();
  for (const object of objects) if (object.kind === 'Cluster') clusters.set(object.metadata.name, object as Cluster);
  return [...nodes].map(([name, its]) => {
    const cluster = clusters.get(name);
    const first = its.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0];
    if (!cluster || first === undefined) {
      return { cluster: name, nodes: its, beginning: undefined, release: undefined, network: undefined };
    }
    const founding = foundingOf(cluster, Date.parse(first));
    const release = releaseOf(cluster, founding.release, founding.settled);
    const { annotations } = cluster.metadata;
    const network = networkOf({
      pods: cluster.spec?.clusterNetwork?.pods?.cidrBlocks?.[0],
      services: cluster.spec?.clusterNetwork?.services?.cidrBlocks?.[0],
      join: annotations?.['cpaas.io/kube-ovn-join-cidr'],
    });
    return { cluster: name, nodes: its, beginning: new Beginning(founding), release, network: release && network };
  });
}

/** Kube-OVN's release of a cluster that names a version, made and settled at Unix times in ms. */
function releaseOf(cluster: Cluster, made: number, settled: number): AppRelease | undefined {
  const { metadata } = cluster;
  const version = metadata.annotations?.[versionAnnotation];
  if (!version) return undefined;
  const where = metadata.annotations?.['cpaas.io/registry-address'] ?? registry;
  const release = newRelease(releaseName, kubeOvnSpec(cluster, where, version));
  const uid = releaseUid(cluster);
  release.metadata = { ...release.metadata, uid, creationTimestamp: timestamp(made), generation: 1 };
  setRelease(release, 'Success', timestamp(settled));
  return release;
}
