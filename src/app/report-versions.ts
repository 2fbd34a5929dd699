/** What runs where, for a report: whoever reads it cannot ask. */
import type { Fleet } from '../domain/fleet/rows.ts';
import type { ReleaseChart } from '../domain/objects.ts';
import { networkRelease } from '../domain/workload.ts';

const chartText = ({ name, targetRevision: target, installedRevision: installed }: ReleaseChart): string =>
  `${name ?? 'a chart without a name'} ${installed ?? 'not installed'}${target === installed ? '' : `, wanted ${target ?? '?'}`}`;

/** What the platform's release, the clusters and their hosts run, as far as they were seen. */
export function fleetVersions({ appReleases, clusters, workloads, hosts, groups }: Fleet): string[] {
  const systems = new Map<string, number>();
  for (const { object } of hosts.list) if (object.os) systems.set(object.os, (systems.get(object.os) ?? 0) + 1);
  return [
    ...appReleases.list.flatMap(({ name, charts }) => charts.map((chart) => `AppRelease ${name}: ${chartText(chart)}`)),
    ...clusters.list.flatMap(({ name }) => {
      const plane = groups.list.find((group) => group.controlPlane && group.cluster === name);
      const release = networkRelease(workloads.get(name));
      const kubelets = [
        ...new Set((workloads.get(name)?.nodes ?? []).flatMap(({ kubeletVersion }) => kubeletVersion ?? [])),
      ].sort();
      return [
        `cluster ${name}: ${plane?.version ?? 'version not known'}`,
        ...(kubelets.length === 0 ? [] : [`kubelets of ${name}: ${kubelets.join(', ')}`]),
        ...(release?.charts ?? []).map((chart) => `Kube-OVN of ${name}: ${chartText(chart)}`),
      ];
    }),
    ...[...systems].map(([os, count]) => `hosts with ${os}: ${count}`),
  ];
}
