/** Where a scenario may take place: the clusters and groups a world began with, and those people have made since. */

import { kinds } from '../controllers/kinds.ts';
import { clusterOf } from '../controllers/owners.ts';
import type { Runtime } from '../controllers/runtime.ts';
import type { ClusterLayout, GroupLayout, Layout } from '../world/layout.ts';

/** What a scenario makes to be rid of it again is no place for others. */
export const scratch = 'sim-scratch';

/**
 * Tells the layout of a world as it is whenever it is asked. Call it before the runtime starts: it reads its informers.
 * What was deleted since stays in: scenarios ask the API for what they take.
 */
export function livingLayout(rt: Runtime, begun: Layout): () => Layout {
  const clusters = rt.informer(kinds.Cluster);
  const planes = rt.informer(kinds.KubeadmControlPlane);
  const deployments = rt.informer(kinds.MachineDeployment);
  const templates = rt.informer(kinds.BaremetalMachineTemplate);

  const group = (name: string, template = '', replicas = 0): GroupLayout => {
    const pool = templates.get(template)?.spec?.template?.spec?.machineInventoryPoolRef?.name ?? '';
    return { name, template, pool, replicas, hosts: [] };
  };

  function groupsOf(cluster: string, known: readonly GroupLayout[]): GroupLayout[] {
    const names = new Set(known.map(({ name }) => name));
    const made = deployments
      .list()
      .filter((one) => (one.spec?.clusterName ?? clusterOf(one)) === cluster && !names.has(one.metadata.name))
      .map(({ metadata, spec }) =>
        group(metadata.name, spec?.template?.spec?.infrastructureRef?.name, spec?.replicas ?? 0),
      );
    return [...known, ...made.sort(byName)];
  }

  function madeSince(): ClusterLayout[] {
    const names = new Set([scratch, ...begun.clusters.map(({ name }) => name)]);
    return clusters.list().flatMap(({ metadata: { name }, spec }): ClusterLayout[] => {
      const plane = planes.get(spec?.controlPlaneRef?.name);
      if (names.has(name) || !plane) return [];
      const { machineTemplate, replicas, version = '' } = plane.spec ?? {};
      return [
        {
          ...{ name, version, naming: 'rack', vip: spec?.controlPlaneEndpoint?.host ?? '', vrid: 0 },
          plane: group(plane.metadata.name, machineTemplate?.infrastructureRef?.name, replicas),
          workers: groupsOf(name, []),
          reserves: [],
        },
      ];
    });
  }

  return () => ({
    unpooled: begun.unpooled,
    clusters: [
      ...begun.clusters.map((one) => ({ ...one, workers: groupsOf(one.name, one.workers) })),
      ...madeSince().sort(byName),
    ],
  });
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
