/** What a detail screen says of a cluster. */
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { type DetailLine, field, section } from './line.ts';
import { endpointText, problemLines } from './shared.ts';
import { clusterWorkload } from './workload.ts';

export function clusterLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.clusters.byUid.get(ref.uid);
  if (!row) return [];
  const infra = row.infrastructure;
  return [
    ...problemLines(row),
    ...field('phase', row.phase),
    ...field('paused', row.paused ? 'yes: nothing moves until it is resumed' : undefined, { tone: 'warn' }),
    ...field(
      'version',
      row.version && row.nextVersion ? `${row.version}, on its way to ${row.nextVersion}` : row.version,
    ),
    ...field('endpoint', row.endpoint),
    ...field(
      'load balancer',
      infra?.loadBalancer &&
        [
          infra.loadBalancer.type,
          endpointText(infra.loadBalancer),
          infra.loadBalancer.vrid === undefined ? '' : `vrid ${infra.loadBalancer.vrid}`,
        ]
          .filter(Boolean)
          .join(' '),
    ),
    ...field('network', infra?.networkType),
    ...field('pods', row.object.podCidrs.join(' ')),
    ...field('services', row.object.serviceCidrs.join(' ')),
    ...field('hosts', `${row.hosts} in its pools`),
    ...section(
      'GROUPS',
      row.groups.flatMap((uid) => {
        const group = fleet.groups.byUid.get(uid);
        if (!group) return [];
        const text = [
          `${group.replicas.ready ?? '?'}/${group.replicas.desired ?? '?'} ready`,
          group.version,
          group.rolling ? 'rolling' : '',
          group.problem?.text ?? group.waiting,
        ]
          .filter(Boolean)
          .join('  ');
        return [
          {
            id: uid,
            label: group.name,
            text,
            ref: {
              kind: group.controlPlane ? ('controlPlane' as const) : ('deployment' as const),
              uid,
              name: group.name,
            },
          },
        ];
      }),
    ),
    ...clusterWorkload(fleet, row.name),
  ];
}
